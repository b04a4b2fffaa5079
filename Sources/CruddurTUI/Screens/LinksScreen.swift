import TerminalText

/// The links of a message, each whole, before one of them is opened.
enum LinksScreen {
    static func draw(_ choice: Overlay.LinkChoice, _ keys: Keymap, on canvas: inout Canvas) {
        let width = max(1, min(canvas.width - 4, 100))
        var rows: [[Cluster]] = []
        var places: [Range<Int>] = []
        for (position, link) in choice.links.enumerated() {
            let wrapped = Wrapping.rows(of: link, width: max(1, width - 2))
            let pointer = position == choice.selected ? "› " : "  "
            places.append(rows.count..<rows.count + wrapped.count)
            rows += wrapped.enumerated().map { Lines.single($0.offset == 0 ? pointer : "  ") + $0.element }
        }
        func way(_ command: Command) -> String { keys.way(to: command, in: .links) }
        let ways = Wrapping.rows(
            of: tr(
                """
                \(way(.choice(.take))) opens it in your browser, \(way(.choice(.close))) goes back, \
                \(way(.message(.copy))) copies it.
                """), width: width)
        let room = max(1, canvas.height - 3 - ways.count)
        let place = places[choice.selected]
        // The chosen one is seen to its end, as far as there is room.
        let first = max(0, min(place.lowerBound, place.upperBound - room))
        let links = rows.dropFirst(first).prefix(room)
        var choices: [Int: Int] = [:]
        for (link, place) in places.enumerated() {
            for row in place.clamped(to: first..<first + links.count) { choices[row - first] = link }
        }
        OverlayBox.draw(
            title: tr("Links"), rows: links + ways, cursor: 0, focus: place.lowerBound - first, choices: choices,
            on: &canvas)
    }
}

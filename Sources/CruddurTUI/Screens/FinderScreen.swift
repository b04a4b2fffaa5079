import ChatClient
import TerminalText

/// The search for a conversation by name or handle.
enum FinderScreen {
    private static var label: String { tr("Find ") }

    static func draw(_ finder: Overlay.Finder, _ state: AppState, on canvas: inout Canvas) {
        let found = state.found(finder)
        let room = max(1, canvas.height - 6)
        let first = max(0, min(finder.selected - room / 2, found.count - room))
        var lines = [Lines.single(label + finder.input.text), []]
        var focus = 0
        var choices: [Int: Int] = [:]
        if found.isEmpty {
            let new = state.way(to: .conversations(.new))
            lines.append(Lines.single(tr("Nobody here is called so. \(new) writes to somebody new.")))
        }
        for (position, group) in found.enumerated().dropFirst(first).prefix(room) {
            if position == finder.selected, finder.isChoosing { focus = lines.count }
            let pointer = position == finder.selected ? "› " : "  "
            let unread = group.unread > 0 ? "  (\(group.unread)\(group.hasMoreUnread ? "+" : ""))" : ""
            let away = group.keeping.contains(.archived) ? "  (\(tr("away")))" : ""
            choices[lines.count] = position
            lines.append(Lines.single("\(pointer)\(group.title.displayName) @\(group.title.handle)\(unread)\(away)"))
        }
        OverlayBox.draw(
            title: tr("Find a conversation"), rows: lines,
            cursor: focus > 0 ? 0 : OverlayBox.cursorColumn(label, finder.input), focus: focus, choices: choices,
            on: &canvas)
    }
}

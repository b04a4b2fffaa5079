import ChatClient
import CruddurDemo
import TerminalText

/// The step of the tour, below everything else: what to look at and what the key does; then what came of it, and why.
enum TourScreen {
    /// From here on, what the seed does and what is done here stand side by side.
    private static let wide = 100

    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        guard let tour = state.tour, let top = layout.tour.first else { return }
        let width = canvas.width
        canvas.fill(x: 0..<width, y: layout.tour)
        canvas.fill(x: 0..<width, y: top..<top + 1, with: Cluster("─", width: 1), style: Theme.border)
        title(tour, state.keys, y: top, on: &canvas)
        for (row, line) in fitted(rows(tour, state, width: width), layout.tour.count - 1, width: width - 2).enumerated()
        {
            canvas.put(line.clusters, x: 1, y: top + 1 + row, style: line.style, limit: width)
        }
    }

    /// Where there is no room for all of it, what the key does is said nevertheless, and it is seen that there is more.
    private static func fitted(_ rows: [Row], _ room: Int, width: Int) -> [Row] {
        guard rows.count > room, room > 0 else { return rows }
        let key = room > 1 ? rows.firstIndex { $0.style == Theme.strong } : nil
        let said = key.map { min($0, room - 1) } ?? room
        let gap = rows[said - 1].clusters.last?.text == " " ? "" : " "
        let cut = rows[said - 1].clusters + Lines.single(gap) + rows[said].clusters
        let last = Row(clusters: Lines.fit(cut, width: width), style: rows[said - 1].style)
        let isWhole = key == said
        return rows.prefix(said - 1) + [isWhole ? rows[said - 1] : last] + (key.map { [rows[$0]] } ?? [])
    }

    private static func title(_ tour: Tour, _ keymap: Keymap, y: Int, on canvas: inout Canvas) {
        let title = tr(key: tour.step.text.title)
        let name = " \(tr("Tour")) \(tour.position + 1)/\(TourStep.all.count) · \(title) "
        let end = canvas.put(
            Lines.fit(Lines.single(name), width: canvas.width - 1), x: 1, y: y, style: Theme.strong, limit: canvas.width
        )
        let keys = keys(tour, keymap)
        let key = keys.first { Lines.width(Lines.single($0)) < canvas.width - end } ?? ""
        canvas.put(
            Lines.single(key), x: canvas.width - Lines.width(Lines.single(key)) - 1, y: y, style: Theme.strong,
            limit: canvas.width)
    }

    /// In wordings from long to short.
    private static func keys(_ tour: Tour, _ keymap: Keymap) -> [String] {
        let (forward, back) = (keymap.way(to: .tour(.forward)), keymap.way(to: .tour(.back)))
        let isLast = tour.position + 1 == TourStep.all.count && tour.done == tour.step.acts.count
        let next = isLast ? tr("ends") : tr("goes on")
        return [
            " \(tr("\(forward) \(next) · \(back) back · /tour ends")) ", " \(tr("\(forward) \(next) · \(back) back")) ",
            " \(forward) ",
        ]
    }

    // MARK: What it says

    struct Row: Equatable {
        let clusters: [Cluster]
        let style: Style
    }

    static func rows(_ tour: Tour, _ state: AppState, width: Int) -> [Row] {
        let text = tour.step.text
        let room = max(1, width - 2)
        func wrapped(_ text: String, _ style: Style = Theme.text) -> [Row] {
            Wrapping.rows(of: text, width: room).map { Row(clusters: $0, style: style) }
        }
        let facts = facts(tour, state)
        var rows =
            tour.done == 0 ? wrapped(tr(key: text.look)) : facts.lines.flatMap { wrapped("▸ \($0)", Theme.found) }
        // What has come of it is not said before it has. Of these two nothing comes, or later.
        let isSeenBefore = tour.step.fault == .streamOff || tour.step.fault == .moveGap
        if tour.done > 0, facts.outcome == .came || isSeenBefore {
            rows += wrapped(tr(key: text.acts[tour.done - 1].then))
        }
        if tour.done == 1, let seed = text.seed, let here = text.here {
            rows += contrast(tr(key: seed), tr(key: here), width: room)
        }
        if tour.done < text.acts.count {
            let key = state.way(to: .tour(.forward))
            rows += wrapped("\(key): \(tr(key: text.acts[tour.done].does)).", Theme.strong)
        }
        return rows
    }

    private static func facts(_ tour: Tour, _ state: AppState) -> TourFacts {
        TourFacts(
            tour, state.inspector.latestCalls, state.table.rows(state.now).filter { $0.change != .left }.map(\.row),
            group: state.tourPartner?.group, me: state.snapshot.me, state.localTime, state.prices)
    }

    private static func contrast(_ seed: String, _ here: String, width: Int) -> [Row] {
        guard width >= wide else {
            return [(tr("The seed"), seed), (tr("Here"), here)].flatMap { name, text in
                Wrapping.rows(of: "\(name): \(text)", width: width).map { Row(clusters: $0, style: Theme.text) }
            }
        }
        let half = (width - 3) / 2
        let left = Wrapping.rows(of: "\(tr("The seed")): \(seed)", width: half)
        let right = Wrapping.rows(of: "\(tr("Here")): \(here)", width: half)
        return (0..<max(left.count, right.count)).map { row in
            // The space at which a row was broken hangs behind it.
            let one = Array((row < left.count ? left[row] : []).reversed().drop { $0 == .space }.reversed())
            let gap = String(repeating: " ", count: max(0, half - Lines.width(one)))
            let other = row < right.count ? right[row] : []
            return Row(clusters: one + Lines.single(gap + " │ ") + other, style: Theme.text)
        }
    }
}

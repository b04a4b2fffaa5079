import ChatClient
import CruddurDemo
import TerminalText

/// In place of the list: the item collections of the selected conversation, as they change; and one item whole.
enum TableScreen {
    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        let columns = layout.groups
        guard columns.count > 1 else { return }
        if !layout.listTitle.isEmpty {
            let count = state.table.rows.count { $0.change != .left }
            let what = count < DemoTable.most ? tr("\(count) items") : tr("its first \(count) items")
            canvas.put(
                Lines.fit(Lines.single(" \(tr("Table")) · \(what)"), width: columns.count), x: columns.lowerBound, y: 0,
                style: Theme.strong, limit: columns.upperBound)
        }
        if layout.listTitle.count == 2 {
            canvas.fill(x: columns, y: 1..<2, with: Cluster("─", width: 1), style: Theme.border)
            LagGraph.draw(state.inspector.lags, columns: columns, y: 1, on: &canvas)
        }
        let lines = TableLines.lines(
            state.table, of: state.summary?.group, room: layout.list.count,
            reads: TableLines.reads(state.inspector.calls(limit: 50), now: state.now), now: state.now)
        for (row, line) in lines.prefix(layout.list.count).enumerated() {
            canvas.put(
                Lines.fit(Lines.single(line.text), width: columns.count - 1), x: columns.lowerBound,
                y: layout.list.lowerBound + row, style: style(line.kind), limit: columns.upperBound)
        }
    }

    private static func style(_ kind: TableLine.Kind) -> Style {
        switch kind {
        case .partition: Theme.strong
        case .row: Theme.text
        case .came, .changed: Theme.found
        case .left: Theme.quiet
        }
    }

    // MARK: One of them

    static func draw(_ choice: Overlay.RowChoice, _ state: AppState, on canvas: inout Canvas) {
        let room = Overlay.CallChoice.page(canvas.height)
        let width = max(1, canvas.width - 4)
        if let text = state.longText {
            let more = text.hasMore ? state.keys.more(in: .row) : ""
            return OverlayBox.draw(
                title: tr("An item\(more)  \(state.keys.way(to: .choice(.take), in: .row)): all"), rows: text.seen,
                width: text.width, cursor: 0, on: &canvas)
        }
        let all = state.table.rows
        guard !all.isEmpty else {
            return OverlayBox.draw(
                title: tr("Items"), rows: OverlayBox.rows(tr("The table is empty."), canvas), cursor: 0, on: &canvas)
        }
        let place = min(choice.place, all.count - 1)
        let first = max(0, min(place - room / 2, all.count - room))
        var (rows, choices): ([[Cluster]], [Int: Int]) = ([], [:])
        for (position, seen) in all.enumerated().dropFirst(first).prefix(room) {
            choices[rows.count] = position
            let pointer = position == place ? "› " : "  "
            let text = "\(CallWording.shortened(seen.row.partition)) \(seen.row.sort) \(seen.row.text)"
            rows.append(Lines.fit(Lines.single(pointer + text), width: width))
        }
        OverlayBox.draw(
            title: tr("Items  \(state.keys.way(to: .choice(.take), in: .row)): whole"), rows: rows, cursor: 0,
            focus: place - first, choices: choices, on: &canvas)
    }
}

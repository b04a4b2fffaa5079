import TerminalText
import Traces

/// In place of the list: the calls as they happen, the newest at the bottom.
enum InspectorScreen {
    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        let columns = layout.groups
        guard columns.count > 1 else { return }
        if !layout.listTitle.isEmpty {
            let titles = titles(state)
            let title = titles.first { Lines.width(Lines.single($0)) <= columns.count } ?? " \(tr("Calls"))"
            canvas.put(Lines.single(title), x: columns.lowerBound, y: 0, style: Theme.strong, limit: columns.upperBound)
        }
        if layout.listTitle.count == 2 {
            canvas.fill(x: columns, y: 1..<2, with: Cluster("─", width: 1), style: Theme.border)
            LagGraph.draw(state.inspector.lags, columns: columns, y: 1, on: &canvas)
        }
        let rows = layout.list.count
        let lines = state.inspector.calls(limit: rows).flatMap { CallWording.lines(of: $0, state.localTime) }.suffix(
            rows)
        for (row, line) in lines.enumerated() {
            canvas.put(
                Lines.fit(Lines.single(line.text), width: columns.count - 1), x: columns.lowerBound,
                y: layout.list.lowerBound + row, style: style(line.kind), limit: columns.upperBound)
        }
    }

    /// From long to short: a price that is cut is another price.
    private static func titles(_ state: AppState) -> [String] {
        let inspector = state.inspector
        let calls =
            " \(tr("Calls"))" + (inspector.letter.map { " \($0)" } ?? "")
            + (inspector.isHeld ? ", \(tr("paused"))" : "")
        // What is left out has been paid for too.
        let head = inspector.letter == nil ? calls : tr("\(calls) · of all")
        let units = inspector.units
        guard units.read + units.write > 0 || inspector.since != nil else { return [calls] }
        let since = inspector.since.map { " " + tr("since \(state.localTime.clockWithSeconds($0))") } ?? ""
        let cost = CallWording.dollars(state.prices.dollars(readUnits: units.read, writeUnits: units.write))
        let (read, write) = (CallWording.number(units.read), CallWording.number(units.write))
        return [
            tr("\(head) · \(read) read, \(write) write units · \(cost)\(since)"),
            "\(head) · \(read) RU, \(write) WU · \(cost)\(since)", "\(head) · \(cost)\(since)", "\(head) · \(cost)",
            calls,
        ]
    }

    private static func style(_ kind: CallLine.Kind) -> Style {
        switch kind {
        case .call: Theme.strong
        case .failure: Theme.problem
        case .operation: Theme.text
        case .record: Theme.found
        }
    }
}

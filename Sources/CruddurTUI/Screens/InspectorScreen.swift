import TerminalText
import Traces

/// In place of the list: the calls as they happen, the newest at the bottom.
enum InspectorScreen {
    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        let columns = layout.groups
        guard columns.count > 1 else { return }
        if !layout.title.isEmpty {
            canvas.put(
                Lines.fit(Lines.single(title(state.calls)), width: columns.count), x: columns.lowerBound, y: 0,
                style: Theme.strong, limit: columns.upperBound)
        }
        if layout.title.count == 2 {
            canvas.fill(x: columns, y: 1..<2, with: Cluster("─", width: 1), style: Theme.border)
        }
        let rows = layout.list.count
        let lines = state.calls.calls(limit: rows).flatMap { CallWording.lines(of: $0, state.localTime) }.suffix(rows)
        for (row, line) in lines.enumerated() {
            canvas.put(
                Lines.fit(Lines.single(line.text), width: columns.count - 1), x: columns.lowerBound,
                y: layout.list.lowerBound + row, style: style(line.kind), limit: columns.upperBound)
        }
    }

    private static func title(_ calls: CallLog) -> String {
        let units = calls.units
        guard units.read + units.write > 0 else { return " Calls" }
        let cost = CapacityPrice.dollars(readUnits: units.read, writeUnits: units.write)
        return " Calls · \(CallWording.number(units.read)) read, \(CallWording.number(units.write)) write units · "
            + CallWording.dollars(cost)
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

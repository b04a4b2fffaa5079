import CruddurDemo
import TerminalText

/// What goes wrong with the seed's code: what of it the demo's backend does now, and what it can do.
enum StageScreen {
    static func draw(_ selected: Int, _ state: AppState, on canvas: inout Canvas) {
        let width = max(1, canvas.width - 4)
        var (rows, choices): ([[Cluster]], [Int: Int]) = ([], [:])
        let all = SeedFault.allCases
        let room = Overlay.CallChoice.page(canvas.height)
        let first = max(0, min(selected - room / 2, all.count - room))
        for (position, fault) in all.enumerated().dropFirst(first).prefix(room) {
            choices[rows.count] = position
            let pointer = position == selected ? "› " : "  "
            let box = state.stage?.contains(fault) == true ? "[x]" : "[ ]"
            let name = fault.rawValue.padded(to: 13)
            rows.append(Lines.fit(Lines.single("\(pointer)\(box) \(name) \(tr(key: fault.says))"), width: width))
        }
        OverlayBox.draw(
            title: tr("As the seed does it  \(state.keys.way(to: .choice(.take), in: .stage)): on or off"), rows: rows,
            cursor: 0, focus: selected - first,
            choices: choices,
            on: &canvas)
    }
}

import TerminalText

/// The calls, one line each, the newest at the bottom; and one of them whole.
enum CallsScreen {
    static func draw(_ choice: Overlay.CallChoice, _ state: AppState, on canvas: inout Canvas) {
        let calls = state.inspector.calls
        guard let chosen = choice.call(in: calls) else {
            let text =
                state.inspector.letter.map {
                    tr("No call of pattern \($0) yet. \(state.keys.way(to: .call(.only(nil)), in: .calls)) shows all.")
                } ?? tr("No call yet.")
            return OverlayBox.draw(title: tr("Calls"), rows: OverlayBox.rows(text, canvas), cursor: 0, on: &canvas)
        }
        if let text = state.longText {
            draw(text, state.keys, on: &canvas)
        } else {
            draw(calls, chosen: chosen.trace, state, on: &canvas)
        }
    }

    private static func draw(_ calls: [InspectedCall], chosen: String, _ state: AppState, on canvas: inout Canvas) {
        let room = Overlay.CallChoice.page(canvas.height)
        let width = max(1, canvas.width - 4)
        let place = calls.lastIndex { $0.trace == chosen } ?? 0
        let first = max(0, min(place - room / 2, calls.count - room))
        var (rows, choices): ([[Cluster]], [Int: Int]) = ([], [:])
        for (position, call) in calls.enumerated().dropFirst(first).prefix(room) {
            choices[rows.count] = position
            let pointer = call.trace == chosen ? "› " : "  "
            let cost = CallWording.cost(of: call.units, state.prices).map { "  \($0)" } ?? ""
            let head = CallWording.head(of: call, state.localTime).text
            rows.append(Lines.fit(Lines.single(pointer + head + cost), width: width))
        }
        let held = state.inspector.isHeld ? ", \(tr("paused"))" : ""
        let what = state.inspector.letter.map { tr("Calls of pattern \($0)") } ?? tr("Calls")
        OverlayBox.draw(
            title: tr("\(what)\(held)  \(state.keys.way(to: .choice(.take), in: .calls)): whole"), rows: rows,
            cursor: 0, focus: place - first, choices: choices,
            on: &canvas)
    }

    private static func draw(_ text: LongText, _ keys: Keymap, on canvas: inout Canvas) {
        let more = text.hasMore ? keys.more(in: .calls) : ""
        func way(_ command: Command) -> String { keys.way(to: command, in: .calls) }
        OverlayBox.draw(
            title: tr(
                """
                A call\(more)  \(way(.call(.copyAWS))): aws  \(way(.call(.copyCurl))): curl  \
                \(way(.choice(.take))): all
                """),
            rows: text.seen, width: text.width, cursor: 0, on: &canvas)
    }
}

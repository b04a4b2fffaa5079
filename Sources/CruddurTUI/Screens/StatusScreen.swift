import ChatClient

/// The last line: who you are, where, how things stand, and the keys to begin with.
enum StatusScreen {
    private static let hints = ["F1 help", "^N new", "^Q quit", "^F find"]

    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        guard let y = layout.status.first else { return }
        let (text, isProblem) = connection(state)
        let style = isProblem ? Theme.statusProblem : Theme.status
        canvas.fill(x: 0..<canvas.width, y: y..<y + 1, style: style)

        // What is wrong matters most, then the keys, then the rest, as long as there is room.
        var room = canvas.width - 1
        var left = [text]
        room -= Lines.width(Lines.single(text)) + 1
        var right: [String] = []
        for hint in hints where room - hint.count - 2 >= 0 {
            right.append(hint)
            room -= hint.count + 2
        }
        for part in details(state) {
            let width = Lines.width(Lines.single(part)) + 3
            if room - width >= 0 {
                left.append(part)
                room -= width
            }
        }
        canvas.put(
            Lines.fit(Lines.single(" " + left.joined(separator: " · ")), width: canvas.width), x: 0, y: y, style: style)
        let keys = right.joined(separator: "  ")
        if !keys.isEmpty { canvas.put(keys, x: canvas.width - keys.count - 1, y: y, style: style) }
    }

    private static func connection(_ state: AppState) -> (text: String, isProblem: Bool) {
        let connection = state.snapshot.connection
        switch connection.state {
        case .connecting:
            return ("connecting…", false)
        case .online:
            return ("connected", false)
        case .offline(let reason, let since, let nextTry):
            var text = "offline since \(state.localTime.clock(since)): \(reason)"
            if let nextTry { text += ", next try \(state.localTime.clockWithSeconds(nextTry))" }
            return (text, true)
        case .signedOut(let expired):
            let what =
                expired.map { $0 < state.now ? "your access token expired at \(state.localTime.clock($0))" : "" } ?? ""
            return (
                (what.isEmpty ? "the server does not accept your access token" : what)
                    + "; put a new one into the configuration", true
            )
        }
    }

    /// In the order in which they get room.
    private static func details(_ state: AppState) -> [String] {
        var parts: [String] = []
        if let me = state.snapshot.me { parts.append("@\(me)") }
        parts.append(state.snapshot.backend)
        if let refreshed = state.snapshot.connection.lastRefresh {
            parts.append("refreshed \(state.localTime.clockWithSeconds(refreshed))")
        }
        if let lag = state.snapshot.streamLag {
            parts.append("stream lag \(Self.tenths(lag)) s")
        }
        return parts
    }

    private static func tenths(_ seconds: Double) -> String {
        let tenths = Int((min(seconds, 1e6) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

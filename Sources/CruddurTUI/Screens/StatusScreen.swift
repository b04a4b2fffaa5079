import ChatClient

/// The last line: who you are, where, how things stand, and the keys to begin with.
enum StatusScreen {
    private static let hints = ["F1 help", "^N new", "^Q quit", "^F find"]

    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        guard let y = layout.status.first else { return }
        let problem = problem(state)
        let style = problem.isEmpty ? Theme.status : Theme.statusProblem
        canvas.fill(x: 0..<canvas.width, y: y..<y + 1, style: style)

        // What is wrong matters most, then the keys, then the rest, as long as there is room.
        let text = fitting(problem.isEmpty ? [state.isConnecting ? "connecting…" : "connected"] : problem, canvas.width)
        var room = canvas.width - Lines.width(Lines.single(text)) - 2
        var left = [text]
        var right: [String] = []
        for hint in hints {
            guard room - hint.count - 2 >= 0 else { break }
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

    /// The longest wording that leaves room for the first key; else the shortest.
    private static func fitting(_ wordings: [String], _ width: Int) -> String {
        let room = width - 4 - hints[0].count
        return wordings.first { Lines.width(Lines.single($0)) <= room } ?? wordings.last ?? ""
    }

    /// What is wrong, in wordings from long to short; none if nothing is.
    private static func problem(_ state: AppState) -> [String] {
        if state.hasDemoEnded {
            return [
                "the demo has ended in its first terminal; Ctrl-Q quits", "the demo has ended; Ctrl-Q quits",
                "demo ended",
            ]
        }
        switch state.snapshot.connection.state {
        case .connecting, .online:
            return []
        case .offline(let reason, let since, let nextTry):
            let start = "offline since \(state.localTime.clock(since))"
            guard let next = nextTry.map(state.localTime.clockWithSeconds) else {
                return ["\(start): \(reason)", start, "offline"]
            }
            return [
                "\(start): \(reason), next try \(next)", "\(start), next try \(next)", "offline, next \(next)",
                "offline",
            ]
        case .signedOut(let expired):
            let what =
                if let expired, expired < state.now {
                    "your access token expired at \(state.localTime.clock(expired))"
                } else {
                    "the server does not accept your access token"
                }
            return ["\(what); put a new one into the configuration", what, "access token refused", "signed out"]
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
        return parts
    }
}

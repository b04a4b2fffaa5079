import ChatClient
import CruddurDemo
import ExactText
import TerminalText
import Timestamps

/// The last line: who you are, where, how things stand, and the keys to begin with.
enum StatusScreen {
    /// Of the keys, so many get room before anything but what is wrong.
    private static let first = 3

    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        guard let y = layout.status.first else { return }
        let problem = problem(state)
        let style = problem.isEmpty ? Theme.status : Theme.statusProblem
        canvas.fill(x: 0..<canvas.width, y: y..<y + 1, style: style)

        // What is wrong matters most, that real people are there is always said, then come the keys to begin with, then
        // the rest, as far as there is room.
        let mark = mark(state, canvas.width)
        let markWidth = mark.map { width($0) + 3 } ?? 0
        let text = fitting(problem.isEmpty ? well(state) : problem, canvas.width - markWidth, state)
        var room = canvas.width - width(text) - 2 - markWidth
        func takeWhatFits(_ parts: some Sequence<String>, gap: Int) -> [String] {
            parts.prefix { part in
                let width = width(part) + gap
                guard width <= room else { return false }
                room -= width
                return true
            }
        }
        let keys = hints(state)
        var right = takeWhatFits(keys.map(\.text).prefix(first), gap: 2)
        var left = [text] + takeWhatFits(who(state), gap: 3)
        // All keys, before what one need not know all the time.
        right += right.count < first ? [] : takeWhatFits(keys.map(\.text).dropFirst(first), gap: 2)
        left += takeWhatFits([state.snapshot.backend], gap: 3)
        if let refreshed = state.snapshot.connection.lastRefresh.map(state.localTime.clockWithSeconds) {
            let long = takeWhatFits([tr("refreshed \(refreshed)")], gap: 3)
            left += long.isEmpty ? takeWhatFits([tr("at \(refreshed)")], gap: 3) : long
        }
        let start = mark.map { " \($0) · " } ?? " "
        canvas.put(
            Lines.fit(Lines.single(start + left.linked(by: " · ")), width: canvas.width), x: 0, y: y,
            style: style)
        if let mark { canvas.put(Lines.single(mark), x: 1, y: y, style: Theme.statusProduction) }
        let hints = right.linked(by: gap)
        if !hints.isEmpty {
            canvas.put(Lines.single(hints), x: canvas.width - width(hints) - 1, y: y, style: style)
        }
        Self.mark(Array(keys.prefix(right.count)), from: canvas.width - width(hints) - 1, y: y, on: &canvas)
    }

    private static func width(_ text: String) -> Int { Lines.width(Lines.single(text)) }

    /// Between two hints.
    static let gap = "  "

    /// A click on a hint is its key.
    static func mark(_ hints: [Keymap.Hint], from start: Int, y: Int, on canvas: inout Canvas) {
        var x = start
        for hint in hints {
            canvas.mark(.key(hint.key), x: x..<x + width(hint.text), y: y)
            x += width(hint.text) + width(gap)
        }
    }

    /// Those that help now, then those to begin with.
    private static func hints(_ state: AppState) -> [Keymap.Hint] {
        func hint(_ command: Command, _ word: String) -> Keymap.Hint? {
            state.keys.hint(command, word, in: state.context)
        }
        switch state.context {
        case .chat, .normal, .list:
            let isWell = state.snapshot.connection.state == .online && state.silentSince == nil || state.isConnecting
            let now = [
                isWell ? nil : hint(.program(.refresh), tr("try again")),
                state.context == .normal ? hint(.mode(.insert), tr("write")) : nil,
            ]
            return now.compactMap { $0 } + state.keys.hints(in: state.context)
        case .completion:
            return [
                hint(.choice(.take), tr("take it")), hint(.choice(.close), tr("close")),
                hint(.choice(.down), tr("next")),
            ]
            .compactMap { $0 }
        case .links:
            return [
                hint(.choice(.take), tr("go there")), hint(.choice(.close), tr("close")),
                hint(.message(.copy), tr("copy")), hint(.choice(.down), tr("next")),
            ]
            .compactMap { $0 }
        case .prompt, .finder, .search:
            return [
                hint(.choice(.take), tr("go there")), hint(.choice(.close), tr("close")),
                hint(.choice(.down), tr("next")),
            ]
            .compactMap { $0 }
        case .form:
            return [hint(.choice(.take), tr("go on")), hint(.choice(.close), tr("close"))].compactMap { $0 }
        case .calls:
            return [
                hint(.choice(.take), tr("whole")), hint(.choice(.close), tr("close")), hint(.call(.copyAWS), tr("aws")),
                hint(.call(.copyCurl), tr("curl")), hint(.call(.hold), tr("pause")),
            ].compactMap { $0 }
        case .row: return [hint(.choice(.take), tr("whole")), hint(.choice(.close), tr("close"))].compactMap { $0 }
        case .stage:
            return [hint(.choice(.take), tr("on or off")), hint(.choice(.close), tr("close"))].compactMap { $0 }
        case .part:
            return [
                hint(.part(.begin), tr("begin")), hint(.choice(.take), tr("copy")), hint(.choice(.close), tr("close")),
            ].compactMap { $0 }
        case .help, .details:
            let more = state.longText?.hasMore == true ? hint(.choice(.pageDown), tr("more")) : nil
            return [hint(.choice(.close), tr("close")), more].compactMap { $0 }
        case .quit: return [hint(.program(.quit), tr("quit")), hint(.choice(.close), tr("stay"))].compactMap { $0 }
        }
    }

    /// By a word, because not everybody sees colours.
    private static func mark(_ state: AppState, _ width: Int) -> String? {
        if state.snapshot.isProduction { return width < 60 ? tr("PROD") : tr("PRODUCTION") }
        let faults = SeedFault.allCases.filter { state.stage?.contains($0) == true }.map(\.rawValue)
        guard !faults.isEmpty else { return nil }
        // Nobody must take it for what this server does.
        let wordings = [
            tr("as the seed: \(faults.joined(separator: ", "))"), tr("as the seed: \(faults.count) faults"),
        ]
        return wordings.first { self.width($0) <= width / 3 } ?? tr("SEED")
    }

    /// Nothing is wrong with the server; in wordings from long to short.
    private static func well(_ state: AppState) -> [String] {
        let mode = state.context == .normal ? tr("NORMAL · ") : ""
        let start = mode + (state.isConnecting ? tr("connecting…") : tr("connected"))
        guard let waiting = waiting(state) else { return [start] }
        return ["\(start) · \(waiting)", waiting]
    }

    /// The longest wording that leaves room for the first key; else as much of the shortest.
    private static func fitting(_ wordings: [String], _ width: Int, _ state: AppState) -> String {
        let room = width - 4 - self.width(state.keys.hints(in: .chat).first?.text ?? "")
        guard let fitting = wordings.first(where: { self.width($0) <= room }) else {
            // The start of what is wrong says more than that something is.
            return Lines.fit(Lines.single(wordings.last ?? ""), width: max(0, room)).map(\.text).joined()
        }
        return fitting
    }

    /// What is wrong, in wordings from long to short; none if nothing is.
    private static func problem(_ state: AppState) -> [String] {
        if state.hasDemoEnded {
            let quit = state.keys.way(to: .program(.quit), in: state.context)
            return [
                tr("the demo has ended in its first terminal; \(quit) quits"), tr("the demo has ended; \(quit) quits"),
                tr("demo ended"),
            ]
        }
        switch state.snapshot.connection.state {
        case .connecting, .online:
            if let silent = state.silentSince { return silence(since: silent, state) }
            return notKept(state)
        case .offline(let reason, let since, let nextTry):
            // Why comes first: when is no help.
            let reason = tr(reason: reason)
            let long = tr("\(reason); offline since \(state.localTime.clock(since))")
            let next = nextTry.map { tr("\(long), next try \(state.localTime.clockWithSeconds($0))") }
            return [next, long, tr("offline: \(reason)"), reason].compactMap { $0 }
        case .signedOut(let expired, let reason):
            let what =
                if let reason {
                    tr("your sign-in has ended: \(tr(reason: reason))")
                } else if let expired, expired < state.now {
                    tr("your access token expired at \(state.localTime.clock(expired))")
                } else {
                    tr("the server does not accept your access token")
                }
            let how =
                state.snapshot.canSignIn
                ? tr("\(what); \(state.way(to: .program(.signIn))) signs in") : tr("\(what); sign in: cruddur login")
            return [how, what, tr("access token refused"), tr("signed out")]
        }
    }

    private static func silence(since time: Timestamp, _ state: AppState) -> [String] {
        let (exact, clock) = (state.localTime.clockWithSeconds(time), state.localTime.clock(time))
        return [
            tr("the server is silent since \(exact)"), tr("silent since \(exact)"), tr("silent since \(clock)"),
            tr("silent"),
        ]
    }

    /// The disk takes nothing.
    private static func notKept(_ state: AppState) -> [String] {
        guard case .inMemory(let fault) = state.snapshot.keeping else { return [] }
        let reason = tr(reason: "\(fault)")
        return [tr("\(reason): nothing is kept but in memory"), tr("\(reason): not kept"), tr("not kept")]
    }

    /// Messages that go no further by themselves for now. What is just being sent is not worth a word.
    private static func waiting(_ state: AppState) -> String? {
        let count = state.snapshot.unsent
        guard count > 0 else { return nil }
        let isOnline = state.snapshot.connection.state == .online
        let isBlocked = WaitingMessages(state.transcript?.entries ?? []).blocker != nil
        let isElsewhere = state.snapshot.conversations.contains { $0.unsent > 0 && $0.id != state.selected }
        guard !isOnline || isBlocked || isElsewhere else { return nil }
        return count == 1 ? tr("1 message waits") : tr("\(count) messages wait")
    }

    /// In the order in which they get room.
    private static func who(_ state: AppState) -> [String] {
        var parts: [String] = []
        // Behind a connection in trouble, this must not go unsaid.
        switch state.snapshot.connection.state {
        case .connecting, .online: break
        case .offline, .signedOut: parts += notKept(state).suffix(1) + [waiting(state)].compactMap { $0 }
        }
        let unreadable = state.snapshot.unreadableRows
        if unreadable > 0 {
            parts.append(
                unreadable == 1 ? tr("1 unreadable row left out") : tr("\(unreadable) unreadable rows left out"))
        }
        if let profile = state.snapshot.profile { parts.append(profile) }
        if let me = state.snapshot.me { parts.append("@\(me)") }
        return parts
    }
}

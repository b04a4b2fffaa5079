import Timestamps

/// What is shown of the calls, and how.
struct Inspector: Sendable {
    /// In place of the list.
    var isShown = false
    private(set) var log = CallLog()
    /// While nothing moves: what there was when it began.
    private var held: CallLog?
    /// Of these only, A to E; `nil`: all.
    var letter: String?
    private var mark: Mark?
    /// Counts what has changed.
    private(set) var revision = 0

    private struct Mark {
        let read: Double
        let write: Double
        let at: Timestamp
    }

    mutating func show(_ log: CallLog) {
        self.log = log
        revision += 1
    }

    /// The newest calls that are meant, oldest first.
    ///
    /// - Parameter limit: so many at most.
    func calls(limit: Int) -> [InspectedCall] {
        let letter = letter
        return (held ?? log).calls(limit: limit) { letter == nil || $0.letters.contains(letter ?? "") }
    }

    /// The last hundred that have come by now, whichever are meant, oldest first.
    var latestCalls: [InspectedCall] { log.calls(limit: 100) }

    /// All that are kept and meant, oldest first.
    var calls: [InspectedCall] { calls(limit: .max) }

    /// Of the newest messages that have passed through the stream, oldest first.
    var lags: [StreamLag] { log.lags }

    // MARK: Standing still

    var isHeld: Bool { held != nil }

    /// Nothing moves any more, or all does again; what comes meanwhile is there afterwards.
    mutating func hold() {
        held = isHeld ? nil : log
        revision += 1
    }

    // MARK: What it costs

    /// Counts from now on.
    mutating func setMark(_ now: Timestamp) {
        mark = Mark(read: log.units.read, write: log.units.write, at: now)
        revision += 1
    }

    /// Since when `units` count; `nil`: since the calls are watched.
    var since: Timestamp? { mark?.at }

    var units: (read: Double, write: Double) {
        (log.units.read - (mark?.read ?? 0), log.units.write - (mark?.write ?? 0))
    }
}

/// Lets what may wait on a canvas wait for a pause in the typing: the echo of a letter is a letter then, and nothing else.
struct Patience {
    private struct Waiting {
        var canvas: Canvas
        var due: Duration
        let latest: Duration
    }

    private static let pause = Duration.milliseconds(100)
    /// However long somebody types.
    private static let longest = Duration.seconds(1)

    private var waiting: Waiting?

    var deadline: Duration? { waiting?.due }

    /// What to draw of a change now; `nil`: nothing that could not wait has changed.
    ///
    /// - Parameter isTyping: a letter is on the screen already.
    mutating func take(_ change: CanvasChange, isTyping: Bool, at now: Duration) -> CanvasChange? {
        guard let urgent = change.withoutWhatMayWait else { return all(change) }
        let latest = waiting?.latest ?? now + Self.longest
        guard isTyping || !urgent.isNothing else {
            guard let due = waiting?.due, now < due else { return all(change) }
            waiting?.canvas = change.canvas
            return nil
        }
        guard now < latest else { return all(change) }
        waiting = Waiting(canvas: change.canvas, due: min(now + Self.pause, latest), latest: latest)
        return urgent
    }

    /// What has waited by `now`.
    mutating func expire(at now: Duration) -> Canvas? {
        guard let waiting, waiting.due <= now else { return nil }
        self.waiting = nil
        return waiting.canvas
    }

    private mutating func all(_ change: CanvasChange) -> CanvasChange {
        waiting = nil
        return change
    }
}

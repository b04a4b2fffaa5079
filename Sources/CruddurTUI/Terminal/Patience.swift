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

    /// What to draw of `canvas` now; `nil`: nothing that could not wait has changed.
    mutating func take(_ canvas: Canvas, over shown: Canvas?, at now: Duration) -> Canvas? {
        guard let shown, let held = canvas.keepingWhatMayWait(of: shown), held != canvas else { return all(canvas) }
        let latest = waiting?.latest ?? now + Self.longest
        guard held != shown else {
            guard let due = waiting?.due, now < due else { return all(canvas) }
            waiting?.canvas = canvas
            return nil
        }
        guard now < latest else { return all(canvas) }
        waiting = Waiting(canvas: canvas, due: min(now + Self.pause, latest), latest: latest)
        return held
    }

    /// What has waited by `now`.
    mutating func expire(at now: Duration) -> Canvas? {
        guard let waiting, waiting.due <= now else { return nil }
        return all(waiting.canvas)
    }

    private mutating func all(_ canvas: Canvas) -> Canvas {
        waiting = nil
        return canvas
    }
}

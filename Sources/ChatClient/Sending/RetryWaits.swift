/// Conversations whose next message was tried in vain, and when it may be tried again: twice as long as the last time.
struct RetryWaits {
    private struct Wait {
        var tries = 0
        var until = Duration.zero
        var error: APIError?
        /// The answer was lost, or never came: a network that works again is no reason to send it before its time.
        var mayHaveArrived = false
        var sleeper: Task<Void, Never>?
    }

    /// Seconds before a message that certainly did not arrive is tried again; they double, up to `longestPause`.
    private static let pause = 1.0
    private static let longestPause = 60.0

    private var waits: [Int64: Wait] = [:]

    /// Why the last try there failed.
    func fault(in conversation: Int64) -> APIError? { waits[conversation]?.error }

    /// How often in a row it was tried there in vain.
    func tries(in conversation: Int64) -> Int { waits[conversation]?.tries ?? 0 }

    /// What is left at `time`; `nil`: it may be tried now.
    func left(in conversation: Int64, at time: Duration) -> Duration? {
        guard let until = waits[conversation]?.until, until > time else { return nil }
        return until - time
    }

    /// It was tried in vain at `time`.
    ///
    /// - Parameter random: uniform in 0...1, for the jitter.
    mutating func begin(
        in conversation: Int64, _ error: APIError, mayHaveArrived: Bool, at time: Duration, random: Double
    ) {
        var wait = waits[conversation] ?? Wait()
        let grown = min(Self.pause * Double(1 << min(wait.tries, 10)), Self.longestPause)
        let seconds = max(grown * (0.5 + random / 2), error.retryAfter ?? 0)
        wait.tries += 1
        (wait.error, wait.mayHaveArrived) = (error, mayHaveArrived)
        wait.until = time + .seconds(seconds)
        waits[conversation] = wait
    }

    /// What sleeps there until its time; `nil`: nothing does any more.
    mutating func setSleeper(_ sleeper: Task<Void, Never>?, in conversation: Int64) {
        waits[conversation]?.sleeper = sleeper
    }

    /// Nothing is known of tries there any more.
    mutating func forget(_ conversation: Int64) {
        waits.removeValue(forKey: conversation)?.sleeper?.cancel()
    }

    /// What only lacked the network may be tried now.
    mutating func endUnreachable() {
        for (conversation, wait) in waits where !wait.mayHaveArrived && wait.error?.isOfTheNetwork == true {
            end(conversation)
        }
    }

    /// All may be tried now.
    mutating func endAll() {
        for conversation in waits.keys { end(conversation) }
    }

    /// Nobody waits any more.
    func giveUp() {
        for wait in waits.values { wait.sleeper?.cancel() }
    }

    private mutating func end(_ conversation: Int64) {
        waits[conversation]?.until = .zero
        waits[conversation]?.sleeper?.cancel()
    }
}

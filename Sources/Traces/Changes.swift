/// One element whenever something may have changed; those that nobody has taken yet are folded into one. Whoever waits for
/// the next may be let go by others, without a task of its own for each reason.
public struct Changes: AsyncSequence, Sendable {
    public typealias Element = Void

    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    public init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Something may have changed.
    public func tell() { continuation.yield() }

    /// No more come.
    public func finish() { continuation.finish() }

    /// - Parameter body: called once when nobody listens any more, or no more come.
    public func whenOver(_ body: @escaping @Sendable () -> Void) { continuation.onTermination = { _ in body() } }

    public func makeAsyncIterator() -> AsyncStream<Void>.Iterator { stream.makeAsyncIterator() }
}

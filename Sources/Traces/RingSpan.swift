import Synchronization
import Timestamps
import Tracing

/// A step that is being made.
public final class RingSpan: Span {
    private struct State {
        var name: String
        var attributes: SpanAttributes = [:]
        var links: [TraceLink] = []
        var error: String?
        var hasEnded = false
    }

    public let context: ServiceContext
    private let kind: SpanKind
    private let parent: String?
    private let time: any TimeSource
    private let start: Timestamp
    private let begin: Duration
    private let state: Mutex<State>
    private let end: @Sendable (TraceSpan, TraceAudience?) -> Void

    init(
        _ name: String, _ kind: SpanKind, _ context: ServiceContext, parent: String?, _ time: any TimeSource,
        end: @escaping @Sendable (TraceSpan, TraceAudience?) -> Void
    ) {
        self.context = context
        self.kind = kind
        self.parent = parent
        self.time = time
        self.end = end
        start = time.now()
        begin = time.elapsed()
        state = Mutex(State(name: name))
    }

    public var operationName: String {
        get { state.withLock(\.name) }
        set { state.withLock { $0.name = newValue } }
    }

    public var attributes: SpanAttributes {
        get { state.withLock(\.attributes) }
        set { state.withLock { $0.attributes = newValue } }
    }

    public var isRecording: Bool { state.withLock { !$0.hasEnded } }

    public func setStatus(_ status: SpanStatus) {
        guard status.code == .error else { return }
        state.withLock { $0.error = status.message ?? $0.error ?? "failed" }
    }

    public func addEvent(_ event: SpanEvent) {}

    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        // What it says may hold what somebody wrote: its kind must do, or what was set before.
        let kind = error is CancellationError ? TraceSpan.givenUp : "\(type(of: error))"
        state.withLock { $0.error = $0.error ?? kind }
    }

    public func addLink(_ link: SpanLink) {
        guard let trace = link.context.trace else { return }
        state.withLock { $0.links.append(TraceLink(traceID: trace.traceID, spanID: trace.spanID)) }
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let last: State? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return state
        }
        guard let last, let trace = context.trace else { return }
        var attributes: [String: TraceValue] = [:]
        last.attributes.forEach { name, value in attributes[name] = TraceValue(value) }
        let duration = (time.elapsed() - begin) / .microseconds(1)
        end(
            TraceSpan(
                id: 0, traceID: trace.traceID, spanID: trace.spanID, parentSpanID: parent, links: last.links,
                name: last.name, kind: "\(kind)", start: start.microseconds, duration: Int64(duration.rounded()),
                attributes: attributes, error: last.error),
            context.traceAudience)
    }
}

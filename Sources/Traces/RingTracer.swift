import Timestamps
import Tracing

/// A tracer that records each step in a ring, and hands it to whoever else wants it.
public struct RingTracer: Tracer {
    public let ring: TraceRing
    private let time: any TimeSource
    private let sink: (@Sendable (TraceSpan) -> Void)?

    /// - Parameter sink: gets each step too; must not block.
    public init(ring: TraceRing = TraceRing(), time: any TimeSource, sink: (@Sendable (TraceSpan) -> Void)? = nil) {
        self.ring = ring
        self.time = time
        self.sink = sink
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> RingSpan {
        let outer = context()
        var inner = outer
        inner.trace = TraceContext(in: outer.trace)
        if inner.traceAudience == nil { inner.traceAudience = TraceAudience() }
        return RingSpan(operationName, kind, inner, parent: outer.trace?.spanID, time) { span, audience in
            ring.append(span, for: audience)
            sink?(span)
        }
    }

    public func forceFlush() {}

    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.traceparent, forKey: "traceparent", into: &carrier)
    }

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let text = extractor.extract(key: "traceparent", from: carrier) else { return }
        context.trace = TraceContext(traceparent: text) ?? context.trace
    }
}

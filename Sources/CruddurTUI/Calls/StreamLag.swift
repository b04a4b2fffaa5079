import Timestamps
import Traces

/// How long after a message was written the stream had it.
struct StreamLag: Equatable, Sendable {
    /// Those that are kept.
    static let most = 64

    /// Of the message: `MSG#…`.
    let partition: String
    /// When it was written, as its sort key says.
    let at: Timestamp
    let seconds: Double

    /// `nil` for a step that is no record of the stream.
    init?(_ span: TraceSpan) {
        guard span.kind == "consumer", let lag = span.attributes["cruddur.stream.lag_ms"]?.number,
            let partition = span.attributes["cruddur.message.partition"]?.text,
            let at = span.attributes["cruddur.message.sort_key"]?.text.flatMap({ Timestamp($0) })
        else { return nil }
        (self.partition, self.at, seconds) = (partition, at, max(0, lag / 1000))
    }

    /// `0.4 s`
    static func words(_ seconds: Double) -> String {
        let tenths = Int((min(max(0, seconds), 86_400) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

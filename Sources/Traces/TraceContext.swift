import Tracing

/// Where in which trace something happens, as it goes from program to program in the header `traceparent`.
/// Source: W3C Trace Context, version 00.
public struct TraceContext: Hashable, Sendable {
    /// 32 hexadecimal digits.
    public let traceID: String
    /// 16 hexadecimal digits.
    public let spanID: String

    init(traceID: String, spanID: String) {
        self.traceID = traceID
        self.spanID = spanID
    }

    /// A new span: of this trace, or the first of a trace of its own.
    init(in parent: TraceContext?) {
        traceID = parent?.traceID ?? Self.random(16)
        spanID = Self.random(8)
    }

    /// `nil` for everything that is not such a header; of a later version only what version 00 has is read.
    public init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff", Self.isHex(parts[1], 32),
            Self.isHex(parts[2], 16), Self.isHex(parts[3], 2), parts.count == 4 || parts[0] != "00",
            parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
        else { return nil }
        self.init(traceID: String(parts[1]), spanID: String(parts[2]))
    }

    public var traceparent: String { "00-\(traceID)-\(spanID)-01" }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private static func random(_ bytes: Int) -> String {
        // All zero means none.
        let value = (0..<bytes).map { UInt8.random(in: $0 == 0 ? 1 ... .max : 0 ... .max) }
        return value.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension ServiceContext {
    private enum Key: ServiceContextKey {
        typealias Value = TraceContext
        static var nameOverride: String? { "trace" }
    }

    /// The span in which something happens.
    public internal(set) var trace: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}

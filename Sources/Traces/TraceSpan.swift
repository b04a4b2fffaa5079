import Tracing

/// A step that is over: what was done, when, in which trace, and what there is to know of it. No text of a
/// message and no token is ever in it.
public struct TraceSpan: Hashable, Sendable {
    /// A number that grows, in the ring that holds it.
    public var id: Int
    public let traceID: String
    public let spanID: String
    /// `nil`: the first of its trace.
    public let parentSpanID: String?
    /// Steps of other traces that this one came of.
    public let links: [TraceLink]
    public let name: String
    /// `client`, `server`, `consumer` or `internal`.
    public let kind: String
    /// Microseconds since 1970.
    public let start: Int64
    /// Microseconds.
    public let duration: Int64
    /// By the names of OpenTelemetry's semantic conventions; ours begin with `cruddur.`.
    public let attributes: [String: TraceValue]
    /// What failed.
    public let error: String?
}

extension TraceSpan {
    /// The `error` of a step that was wanted no more before it was over: a poll that another one takes the place of.
    static let givenUp = "given up"

    public var wasGivenUp: Bool { error == Self.givenUp }
}

extension TraceSpan: Codable {
    /// Nobody's clock has told a time beyond: microseconds, the end of the year 9999.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_999_999
    /// Microseconds; a year.
    private static let durations: ClosedRange<Int64> = 0...31_622_400_000_000
    private static let mostAttributes = 64
    private static let mostLinks = 16

    /// What somebody else wrote: within bounds, or refused.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String {
            try TraceValue.bounded(values.decode(String.self, forKey: key))
        }
        id = try values.decode(Int.self, forKey: .id)
        traceID = try text(.traceID)
        spanID = try text(.spanID)
        parentSpanID = values.contains(.parentSpanID) ? try text(.parentSpanID) : nil
        links = try values.decode([TraceLink].self, forKey: .links)
        name = try text(.name)
        kind = try text(.kind)
        start = try values.decode(Int64.self, forKey: .start)
        duration = try values.decode(Int64.self, forKey: .duration)
        attributes = try values.decode([String: TraceValue].self, forKey: .attributes)
        error = values.contains(.error) ? try text(.error) : nil
        guard Self.times.contains(start), Self.durations.contains(duration), attributes.count <= Self.mostAttributes,
            links.count <= Self.mostLinks
        else {
            throw DecodingError.dataCorruptedError(forKey: .id, in: values, debugDescription: "beyond all bounds")
        }
    }

    enum CodingKeys: String, CodingKey {
        case id
        case traceID = "trace_id"
        case spanID = "span_id"
        case parentSpanID = "parent_span_id"
        case links
        case name
        case kind
        case start = "start_us"
        case duration = "duration_us"
        case attributes
        case error
    }
}

/// A step of another trace.
public struct TraceLink: Hashable, Sendable, Codable {
    public let traceID: String
    public let spanID: String

    enum CodingKeys: String, CodingKey {
        case traceID = "trace_id"
        case spanID = "span_id"
    }
}

/// What an attribute holds: JSON's own kinds, and lists of strings; as somebody else wrote it, only within bounds.
public enum TraceValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case flag(Bool)
    case texts([String])

    /// `nil` for what no step of ours notes.
    init?(_ attribute: SpanAttribute) {
        switch attribute {
        case .string(let text): self = .text(text)
        case .int32(let number): self = .integer(Int64(number))
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .number(number)
        case .bool(let flag): self = .flag(flag)
        case .stringArray(let texts): self = .texts(texts)
        default: return nil
        }
    }

    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    public var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    public var texts: [String]? { if case .texts(let texts) = self { texts } else { nil } }
    /// A whole number is one too: JSON does not tell them apart.
    public var number: Double? {
        switch self {
        case .number(let number): number
        case .integer(let number): Double(number)
        case .text, .flag, .texts: nil
        }
    }
}

extension TraceValue: Codable {
    /// More units, bytes or milliseconds than any call has.
    private static let most = 1e12
    private static let mostTexts = 100
    private static let longestText = 4096

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Int64.self) {
            self = .integer(number)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(try Self.bounded(text))
        } else {
            self = .texts(try container.decode([String].self).map(Self.bounded))
        }
        let isWithin = (number ?? 0).isFinite && abs(number ?? 0) <= Self.most && (texts ?? []).count <= Self.mostTexts
        guard isWithin else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "beyond all bounds")
        }
    }

    static func bounded(_ text: String) throws -> String {
        guard text.utf8.count <= longestText else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "a text that is too long"))
        }
        return text
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        case .texts(let texts): try container.encode(texts)
        }
    }
}

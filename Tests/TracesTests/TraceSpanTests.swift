import Foundation
import Testing

@testable import Traces

/// Spans as somebody else wrote them.
struct TraceSpanTests {
    private static let good = """
        {"id": 1, "trace_id": "t", "span_id": "s", "links": [], "name": "n", "kind": "server", "start_us": 0,
         "duration_us": 0, "attributes": {}}
        """

    @Test func whatIsWithinBoundsIsRead() throws {
        let span = try JSONDecoder().decode(TraceSpan.self, from: Data(Self.good.utf8))
        #expect(span.name == "n" && span.parentSpanID == nil)
        #expect(try JSONDecoder().decode(TraceSpan.self, from: JSONEncoder().encode(span)) == span)
    }

    @Test(
        "a number or a text beyond all bounds is refused",
        arguments: [
            (#""start_us": 0"#, #""start_us": 9223372036854775807"#), (#""start_us": 0"#, #""start_us": -1"#),
            (#""duration_us": 0"#, #""duration_us": 9223372036854775807"#),
            (#""duration_us": 0"#, #""duration_us": -9223372036854775808"#), (#""id": 1"#, #""id": 1e300"#),
            (#"{}"#, #"{"a": 1e300}"#), (#"{}"#, #"{"a": -1e300}"#), (#"{}"#, #"{"a": 9223372036854775807}"#),
            (#"{}"#, #"{"a": {"b": 1}}"#), (#"{}"#, #"{"a": null}"#),
            (#""n""#, "\"" + String(repeating: "n", count: 5000) + "\""),
            (#"{}"#, #"{"a": ["# + Array(repeating: #""x""#, count: 101).joined(separator: ",") + "]}"),
            (#"{}"#, "{" + (0..<65).map { "\"a\($0)\": 1" }.joined(separator: ",") + "}"),
        ])
    func beyond(_ part: String, _ other: String) {
        let text = Self.good.replacing(part, with: other)
        #expect(text != Self.good)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(TraceSpan.self, from: Data(text.utf8)) }
    }
}

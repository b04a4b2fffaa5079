import Testing

@testable import Traces

struct TraceContextTests {
    private static let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func theHeaderIsReadAndWrittenAsTheStandardHasIt() {
        let context = TraceContext(traceparent: Self.good)
        #expect(context?.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(context?.spanID == "b7ad6b7169203331")
        #expect(context?.traceparent == Self.good)
        // A later version may say more.
        #expect(TraceContext(traceparent: "01" + Self.good.dropFirst(2) + "-more")?.spanID == "b7ad6b7169203331")
    }

    @Test(
        "what is no such header is none",
        arguments: [
            "", "00", good + "-more", "ff" + good.dropFirst(2), good.uppercased(), good.replacing("b7", with: "g7"),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", good + "\u{0}", " " + good,
            good.replacing("-01", with: "-1"), good.replacing("0af7", with: "0aф"),
        ])
    func others(_ text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func aStepOfATraceIsOfItAndHasANameOfItsOwn() throws {
        let parent = try #require(TraceContext(traceparent: Self.good))
        let child = TraceContext(in: parent)
        #expect(child.traceID == parent.traceID && child.spanID != parent.spanID)
        #expect(TraceContext(traceparent: child.traceparent) == child)
        #expect(TraceContext(in: nil).traceID != TraceContext(in: nil).traceID)
    }
}

import TestSupport
import Testing
import Timestamps
import Tracing

@testable import Traces

struct TraceRingTests {
    private let ring = TraceRing(size: 10)

    private func record(_ names: String..., for users: [String] = []) {
        let tracer = RingTracer(ring: ring, time: HeldTime())
        for name in names {
            tracer.withSpan(name) { span in
                for user in users { span.context.traceAudience?.admit(user) }
            }
        }
    }

    @Test func whatIsRecordedIsReadOnceAndInOrder() {
        record("a", "b")
        let first = ring.page(after: 0)
        #expect(first.spans.map(\.name) == ["a", "b"])
        #expect(ring.page(after: first.next).spans.isEmpty)
        record("c")
        #expect(ring.page(after: first.next).spans.map(\.name) == ["c"])
    }

    @Test func aPageEndsAtItsLimitAndTheNextGoesOnThere() {
        for number in 0..<7 { record("\(number)") }
        var (names, after, pages): ([String], Int, Int) = ([], 0, 0)
        while pages < 10 {
            let page = ring.page(after: after, limit: 2)
            if page.spans.isEmpty { break }
            names += page.spans.map(\.name)
            after = page.next
            pages += 1
        }
        #expect(names == (0..<7).map { "\($0)" })
        #expect(pages == 4)
    }

    @Test func theOldestMakeRoomAndWhoMissedThemIsTold() {
        record("a")
        let begun = ring.page(after: 0).next
        for number in 0..<25 { record("\(number)") }
        let page = ring.page(after: begun)
        #expect(page.spans.map(\.name) == (15..<25).map { "\($0)" })
        #expect(page.hasLost)
        #expect(!ring.page(after: page.next).hasLost)
    }

    @Test func aPlaceInAnotherRingIsTheBeginningOfThisOne() {
        record("a")
        #expect(ring.page(after: 4711).spans.map(\.name) == ["a"])
    }

    @Test func eachSeesTheirOwn() {
        record("ada's", for: ["ada"])
        record("nobody's")
        record("both", for: ["ada", "bob"])
        #expect(ring.page(after: 0, for: "ada").spans.map(\.name) == ["ada's", "both"])
        #expect(ring.page(after: 0, for: "bob").spans.map(\.name) == ["both"])
        #expect(ring.page(after: 0, for: "eve").spans.isEmpty)
    }

    @Test func whoWaitsHearsOfMore() async {
        let changes = ring.changes()
        record("a")
        for await _ in changes { break }
        #expect(ring.page(after: 0).spans.count == 1)
    }

    @Test func whoWaitsIsNotWokenByWhatOthersDo() async {
        let changes = ring.changes(for: "ada")
        record("bob's", for: ["bob"])
        async let seen = {
            for await _ in changes { break }
            return ring.page(after: 0, for: "ada").spans.count
        }()
        // Time for whoever was woken too early to have looked.
        for _ in 0..<1000 { await Task.yield() }
        record("ada's", for: ["ada"])
        #expect(await seen == 1)
    }

    @Test func aStepKnowsItsTraceItsParentAndHowLongItTook() throws {
        let time = HeldTime()
        let tracer = RingTracer(ring: ring, time: time)
        tracer.withSpan("outer", ofKind: .server) { outer in
            outer.attributes["db.operation.name"] = "Query"
            outer.attributes["aws.dynamodb.count"] = 20
            outer.attributes["cruddur.read_units"] = 1.5
            outer.attributes["aws.dynamodb.consistent_read"] = true
            outer.attributes["aws.dynamodb.table_names"] = ["t"]
            tracer.withSpan("inner") { _ in time.advance(by: .milliseconds(3)) }
        }
        let spans = ring.page(after: 0).spans
        let (inner, outer) = (try #require(spans.first), try #require(spans.last))
        #expect(inner.name == "inner" && outer.name == "outer")
        #expect(inner.traceID == outer.traceID && inner.parentSpanID == outer.spanID)
        #expect(outer.parentSpanID == nil && outer.kind == "server" && outer.duration == 3000)
        #expect(
            outer.attributes == [
                "db.operation.name": .text("Query"), "aws.dynamodb.count": .integer(20),
                "cruddur.read_units": .number(1.5), "aws.dynamodb.consistent_read": .flag(true),
                "aws.dynamodb.table_names": .texts(["t"]),
            ])
    }

    @Test func whatFailedIsSaidWithoutWhatSomebodyWrote() {
        struct Fault: Error, CustomStringConvertible { var description: String { "secret text" } }
        let tracer = RingTracer(ring: ring, time: HeldTime())
        try? tracer.withSpan("fails") { _ in throw Fault() }
        #expect(ring.page(after: 0).spans.first?.error == "Fault")
    }
}

import ChatClient
import TestSupport
import Testing
import Timestamps

@testable import CruddurTUI
@testable import Traces

/// How late the stream was, beside the messages and as a graph.
struct StreamLagTests {
    private static func record(_ at: Timestamp, _ seconds: Double, group: String = "group-mei") -> TraceSpan {
        TraceSpan(
            id: 1, traceID: "t\(at.microseconds)", spanID: "s\(at.microseconds)", parentSpanID: nil, links: [],
            name: "process stream record", kind: "consumer", start: at.microseconds, duration: 10,
            attributes: [
                "cruddur.stream.lag_ms": .number(seconds * 1000), "cruddur.message.partition": .text("MSG#\(group)"),
                "cruddur.message.sort_key": .text(at.description),
            ], error: nil)
    }

    private func state(_ change: (inout AppState) -> Void = { _ in }) -> AppState {
        Fixture.state(120, 40) { state in
            state.inspector.isShown = true
            change(&state)
        }
    }

    private func own(_ state: AppState) throws -> TranscriptEntry {
        try #require(state.transcript?.entries.last { $0.isOwn && $0.delivery == nil })
    }

    @Test func anOwnMessageSaysHowLateItWasWhileOneWatches() throws {
        var state = state()
        let message = try own(state)
        state.take([Self.record(message.at, 1.84)])
        #expect(Screen.draw(state).lines.contains { $0.contains("1.8 s ✓") })
        // Not that of another conversation, and not while one does not watch.
        var other = self.state()
        other.take([Self.record(message.at, 1.84, group: "another")])
        #expect(!Screen.draw(other).lines.contains { $0.contains("1.8 s ✓") })
        state.inspector.isShown = false
        #expect(!Screen.draw(state).lines.contains { $0.contains("1.8 s ✓") })
    }

    // MARK: A row that tells less than is known

    private func list(_ width: Int, _ seconds: Double, inDemo: Bool = true) -> AppState {
        Fixture.state(width, 24) { state in
            let mei = state.snapshot.conversations[0]
            if inDemo { state.stage = [] }
            state.snapshot.conversations[0] = ConversationSummary(
                id: mei.id, group: mei.group, title: mei.title, preview: "hello", at: mei.at, isPreviewOwn: true,
                staleRow: .init(
                    at: Fixture.now.advanced(bySeconds: -3600), since: Fixture.now.advanced(bySeconds: -seconds)))
        }
    }

    @Test(arguments: [
        (0.0, "0.0 s"), (1.84, "1.8 s"), (9.99, "9.9 s"), (10, "10 s"), (59.9, "59 s"), (60, "over 1m"),
        (1e300, "over 1m"),
        (-7200, "0.0 s"),
    ])
    func aRowThatTheStreamHasNotMovedSaysSo(seconds: Double, age: String) {
        let row = Screen.draw(list(120, seconds)).lines[3]
        #expect(row.contains("You: hello") && row.contains("row still 11:00, \(age) "), "\(row)")
        // Where there is no room for both, it alone.
        let narrow = Screen.draw(list(80, seconds)).lines[3]
        #expect(narrow.contains("row still 11:00, \(age)"), "\(narrow)")
    }

    @Test func onlyADemoSaysSoOfRowsThatAreLate() {
        #expect(!Screen.draw(list(120, 1.8, inDemo: false)).lines.joined().contains("row still"))
        #expect(!Screen.draw(Fixture.state(120, 24) { $0.stage = [] }).lines.joined().contains("row still"))
    }

    @Test func whatIsLateIsDrawnAnewAsOftenAsItReadsOtherwiseAndThenNoMore() {
        func tick(_ seconds: Double, inDemo: Bool = true) -> Double? {
            list(120, seconds, inDemo: inDemo).nextTick.map { $0.seconds(since: Fixture.now) }
        }
        #expect(tick(1.8).map { $0 < 0.11 } == true)
        #expect(tick(30) == 1)
        #expect(tick(90) == 60)
        #expect(tick(1.8, inDemo: false) == 60)
    }

    @Test func theGraphHasTheNewestAtItsEnd() {
        #expect(LagGraph.text([]) == nil)
        #expect(LagGraph.text([0.05]) == " stream lag ▁ 0.1 s ")
        #expect(LagGraph.text([0, 1, 2, 4]) == " stream lag ▁▃▅█ 4.0 s ")
        var state = state()
        state.take((0..<100).map { Self.record(Fixture.now.advanced(bySeconds: Double($0)), Double($0 % 8)) })
        #expect(state.inspector.lags.count == StreamLag.most)
        #expect(Screen.draw(state).lines[1].contains("stream lag ▅▆▇█▁▂▃▄▅▆▇█▁▂▃▄ 3.0 s"))
    }

    @Test(arguments: ["nan", "", "yesterday", "99999999999999999999"])
    func whatIsNoTimeIsNoLag(_ sort: String) {
        let span = TraceSpan(
            id: 1, traceID: "t", spanID: "s", parentSpanID: nil, links: [], name: "", kind: "consumer", start: 0,
            duration: 0,
            attributes: [
                "cruddur.stream.lag_ms": .number(.greatestFiniteMagnitude), "cruddur.message.partition": .text("MSG#g"),
                "cruddur.message.sort_key": .text(sort),
            ], error: nil)
        #expect(StreamLag(span) == nil)
        #expect(StreamLag.words(.infinity) == "86400.0 s" && StreamLag.words(-1) == "0.0 s")
    }

    @Test func theLineBetweenThePanesCanBeMovedThereToo() {
        var state = state()
        let usual = state.layout.groups.count
        let x = state.layout.groups.upperBound
        _ = update(&state, .mouse(Mouse(action: .press, x: x, y: 5), on: nil))
        _ = update(&state, .mouse(Mouse(action: .drag, x: x + 12, y: 5), on: nil))
        #expect(state.layout.groups.count == usual + 12)
        state.inspector.isShown = false
        #expect(state.listWidth == nil)
    }
}

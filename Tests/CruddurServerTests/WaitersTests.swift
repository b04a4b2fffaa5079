import TestSupport
import Testing
import Traces

@testable import CruddurServer

/// Who waits for news is let go at their own time, by one task that sleeps for all.
struct WaitersTests {
    /// Runs `body` beside the one who lets go.
    private func running(_ waiters: Waiters, _ body: () async throws -> Void) async rethrows {
        let task = Task { await waiters.run() }
        defer { task.cancel() }
        try await body()
    }

    private func end(of changes: Changes) async {
        for await _ in changes {}
    }

    @Test func eachEndsAtTheirOwnTimeInWhateverOrderTheyCame() async {
        let time = HeldTime()
        let waiters = Waiters(limit: 5, time: time)
        await running(waiters) {
            let waits = [50, 10, 30].map { (seconds: $0, changes: Changes()) }
            let places = waits.map { waiters.enter("ada", $0.changes, for: .seconds($0.seconds)) }
            for index in [1, 2, 0] {
                let (seconds, changes) = waits[index]
                while time.nextAlarm != .seconds(seconds) - time.elapsed() { await Task.yield() }
                time.advance(by: .seconds(seconds) - time.elapsed())
                await end(of: changes)
                places[index].map(waiters.leave)
            }
            while time.sleeping > 0 { await Task.yield() }
            #expect(waiters.count == 0)
        }
    }

    @Test func atTheEndAllAreLetGoAndNobodyWaitsAnyMore() async {
        let waiters = Waiters(limit: 5, time: HeldTime())
        let changes = Changes()
        await running(waiters) { #expect(waiters.enter("ada", changes, for: .seconds(50)) != nil) }
        await end(of: changes)
        #expect(waiters.enter("ada", Changes(), for: .seconds(50)) == nil)
    }

    @Test func theBoundIsOfEachUserAndAPlaceIsGivenBackOnce() throws {
        let waiters = Waiters(limit: 2, time: HeldTime())
        let place = try #require(waiters.enter("ada", Changes(), for: .seconds(50)))
        #expect(waiters.enter("ada", Changes(), for: .seconds(50)) != nil)
        #expect(waiters.enter("ada", Changes(), for: .seconds(50)) == nil)
        #expect(waiters.enter("bob", Changes(), for: .seconds(50)) != nil)
        waiters.leave(place)
        waiters.leave(place)
        #expect(waiters.enter("ada", Changes(), for: .seconds(50)) != nil)
        #expect(waiters.enter("ada", Changes(), for: .seconds(50)) == nil)
    }
}

import Foundation
import TestSupport
import Testing
import Timestamps

struct ClockTests {
    @Test func theSteadyClockDoesNotGoBackAndTheWallClockIsTheMachines() {
        let time = SystemTime()
        let first = time.elapsed()
        let now = time.now()
        #expect(time.elapsed() >= first)
        #expect(abs(now.seconds - Date().timeIntervalSince1970) < 3600)
    }

    @Test func aSleepThatIsCancelledEnds() async {
        let sleeping = Task { try await SystemTime().sleep(for: .seconds(86_400)) }
        sleeping.cancel()
        let result = await sleeping.result
        #expect(throws: CancellationError.self) { try result.get() }
    }

    /// Programs hand out clocks; libraries are given them.
    @Test func nobodyReadsTheMachinesClocksByThemselves() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        let clocks = [
            "Date()", "Date.now", "timeIntervalSinceNow", "Task.sleep", "Thread.sleep", "usleep", "ContinuousClock",
            "SuspendingClock", "DispatchTime.now", "DispatchWallTime.now", "clock_gettime", "gettimeofday",
        ]
        for case let file as URL in files where file.pathExtension == "swift" {
            guard !file.path.contains("/Sources/Timestamps/") else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            for clock in clocks {
                #expect(!text.contains(clock), "\(file.lastPathComponent): \(clock)")
            }
        }
    }
}

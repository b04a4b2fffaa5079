import HTTPExchange
import Testing
import Timestamps

@testable import GroupProjectorFunction

/// What Lambda's runtime says.
struct RuntimeAPITests {
    private func deadline(_ value: String?) -> Timestamp {
        RuntimeAPI.deadline(
            HTTPAnswer(
                status: 200, headers: value.map { [("lambda-runtime-deadline-ms", $0)] } ?? [],
                received: Timestamp(microseconds: 0)))
    }

    @Test func theDeadlineIsInMilliseconds() {
        #expect(deadline("1764072000123") == Timestamp("2025-11-25T12:00:00.123Z"))
    }

    @Test(
        "a deadline that is no time is as if there were none",
        arguments: [nil, "", "nan", "-1", "1e30", "9223372036854775807", "99999999999999999999", "0x10"])
    func noDeadline(_ value: String?) {
        #expect(deadline(value) > Timestamp("9999-01-01T00:00:00Z")!)
    }
}

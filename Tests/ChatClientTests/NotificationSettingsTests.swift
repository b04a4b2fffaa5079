import Testing

@testable import ChatClient

struct NotificationSettingsTests {
    private func load(_ flags: [String: String]) throws -> NotificationSettings {
        try ClientConfiguration.load(
            flags: ["backend_url": "http://127.0.0.1:1", "tokens.access_token": "t"].merging(flags) { $1 },
            environment: ["HOME": "/nowhere"]
        ).notifications
    }

    @Test func whoSaysNothingIsToldByTheBell() throws {
        #expect(try load([:]) == NotificationSettings(means: .bell, setsTitle: true))
    }

    @Test func aCommandIsNamedWhereItIsToTell() throws {
        #expect(throws: ConfigurationError.self) { try load(["notify.by": "command"]) }
        #expect(try load(["notify.by": "command", "notify.command": "beep"]).command == "beep")
    }

    @Test(arguments: ["", "22:00", "22:00-22:00", "24:00-01:00", "9-17", "22:60-23:00", "-1:00-02:00", "1e1:00-02:00"])
    func whatIsNoPartOfADayIsRefused(_ text: String) {
        #expect(QuietHours(text) == nil)
        if !text.isEmpty { #expect(throws: ConfigurationError.self) { try load(["notify.quiet_hours": text]) } }
    }

    @Test(arguments: [
        ("22:00-07:30", [22 * 60, 23 * 60 + 59, 0, 7 * 60 + 29], [21 * 60 + 59, 7 * 60 + 30, 12 * 60]),
        ("9:00-17:00", [9 * 60, 16 * 60 + 59], [8 * 60 + 59, 17 * 60, 0]),
    ])
    func theyAlsoGoOverMidnight(text: String, quiet: [Int], loud: [Int]) throws {
        let hours = try #require(QuietHours(text))
        for minute in quiet { #expect(hours.contains(minute: minute), "\(minute)") }
        for minute in loud { #expect(!hours.contains(minute: minute), "\(minute)") }
    }
}

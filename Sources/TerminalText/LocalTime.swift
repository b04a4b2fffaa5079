import Glibc
import Timestamps

/// Times as a person reads them, in their own zone.
package struct LocalTime: Sendable {
    /// Seconds east of UTC at an instant.
    package let offset: @Sendable (Timestamp) -> Int
    /// `2:03 pm`, not `14:03`.
    package var hasHalfDays = false
    /// `14:03`, not `5m`.
    package var isAbsolute = false

    package init(offset: @escaping @Sendable (Timestamp) -> Int) { self.offset = offset }

    package func day(_ time: Timestamp) -> CivilDate {
        CivilDate(daysSinceEpoch: Int(localSeconds(time).floor(86_400)))
    }

    /// `14:03`, or `2:03 pm`.
    package func clock(_ time: Timestamp) -> String { clock(time, seconds: "") }

    private func clock(_ time: Timestamp, seconds: String) -> String {
        let (hour, minute) = (minuteOfDay(time) / 60, two(minuteOfDay(time) % 60))
        guard hasHalfDays else { return "\(two(hour)):\(minute)\(seconds)" }
        return "\((hour + 11) % 12 + 1):\(minute)\(seconds) \(hour < 12 ? "am" : "pm")"
    }

    /// Minutes since midnight.
    package func minuteOfDay(_ time: Timestamp) -> Int {
        Int(localSeconds(time) - localSeconds(time).floor(86_400) * 86_400) / 60
    }

    /// `14:03:22`, or `2:03:22 pm`.
    package func clockWithSeconds(_ time: Timestamp) -> String { clock(time, seconds: ":" + second(time)) }

    private func second(_ time: Timestamp) -> String {
        two(Int(localSeconds(time) - localSeconds(time).floor(60) * 60))
    }

    /// `2026-11-24T14:03:22+01:00`
    package func iso8601(_ time: Timestamp) -> String {
        let minutes = offset(time) / 60
        let zone = (minutes < 0 ? "-" : "+") + two(abs(minutes) / 60) + ":" + two(abs(minutes) % 60)
        let minute = minuteOfDay(time)
        return "\(day(time))T\(two(minute / 60)):\(two(minute % 60)):\(second(time))\(zone)"
    }

    private func localSeconds(_ time: Timestamp) -> Int64 {
        // Far outside of any calendar a hostile time must not overflow.
        time.microseconds.floor(1_000_000) + Int64(offset(time))
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Int64 {
    /// Divided by `divisor`, towards minus infinity.
    fileprivate func floor(_ divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}

extension LocalTime {
    /// The zone of this machine, or of `TZ`.
    package static let system = LocalTime { time in
        var seconds = time_t(clamping: time.microseconds / 1_000_000)
        var parts = tm()
        return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
    }
}

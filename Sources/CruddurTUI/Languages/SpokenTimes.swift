import TerminalText
import Timestamps

// Times in words, in the language of the interface.

extension LocalTime {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// As the languages have them.
    static let names = months + weekdays

    /// `now`, `5m`, `3h`, then `21 Nov`, and in another year `2025-11-21`; where times are absolute, `14:03` for today.
    func relative(_ time: Timestamp, now: Timestamp) -> String {
        let age = now.seconds(since: time)
        if isAbsolute, day(time).daysSinceEpoch == day(now).daysSinceEpoch { return clock(time) }
        if isAbsolute { return date(time, now) }
        // Clocks differ: a little ahead is now, not a date.
        if age < 60, age > -3600 { return tr("now") }
        if age >= 0, age < 3600 { return tr("\(Int(age / 60))m") }
        if age >= 0, age < 86_400 { return tr("\(Int(age / 3600))h") }
        return date(time, now)
    }

    private func date(_ time: Timestamp, _ now: Timestamp) -> String {
        let date = day(time)
        guard date.year == day(now).year else { return date.description }
        return tr("\(date.day) \(tr(key: Self.months[date.month - 1]))")
    }

    /// `Today`, `Yesterday`, else `Monday, 3 Nov 2026`.
    func dayName(_ time: Timestamp, now: Timestamp) -> String {
        let date = day(time)
        switch day(now).daysSinceEpoch - date.daysSinceEpoch {
        case 0: return tr("Today")
        case 1: return tr("Yesterday")
        default:
            let (weekday, month) = (tr(key: Self.weekdays[date.weekday]), tr(key: Self.months[date.month - 1]))
            return tr("\(weekday), \(date.day) \(month) \(date.year)")
        }
    }
}

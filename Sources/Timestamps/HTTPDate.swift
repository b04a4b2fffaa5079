import BoundedNumbers

extension Timestamp {
    /// A date in any of the three forms that HTTP has, such as `Sun, 06 Nov 1994 08:49:37 GMT`;
    /// `nil` for anything else. Source: RFC 9110, section 5.6.7.
    ///
    /// - Parameter now: what a year of two digits is near to.
    public init?(httpDate text: String, now: Timestamp) {
        let words = text.split(separator: " ")
        let parts: (day: Substring, month: Substring, year: Substring, time: Substring)
        switch words.count {
        case 6 where words[0].hasSuffix(",") && words[5] == "GMT":  // Sun, 06 Nov 1994 08:49:37 GMT
            parts = (words[1], words[2], words[3], words[4])
        case 4 where words[0].hasSuffix(",") && words[3] == "GMT":  // Sunday, 06-Nov-94 08:49:37 GMT
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, date[2].utf8.count == 2 else { return nil }
            parts = (date[0], date[1], date[2], words[2])
        case 5:  // Sun Nov  6 08:49:37 1994
            parts = (words[2], words[1], words[4], words[3])
        default:
            return nil
        }
        guard let year = Self.year(parts.year, now), let month = Self.months.firstIndex(of: parts.month),
            let day = Int(decimal: parts.day, in: 1...31), let second = Self.secondOfDay(parts.time),
            let date = CivilDate(year: year, month: month + 1, day: day)
        else { return nil }
        self.init(microseconds: (Int64(date.daysSinceEpoch) * 86_400 + Int64(second)) * 1_000_000)
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Two digits that would be more than 50 years ahead are the last such year that was.
    private static func year(_ text: Substring, _ now: Timestamp) -> Int? {
        guard text.utf8.count == 2 else { return text.utf8.count == 4 ? Int(decimal: text, in: 0...9999) : nil }
        let current = CivilDate(daysSinceEpoch: Int(now.microseconds.floorDivided(by: 86_400_000_000))).year
        guard let short = Int(decimal: text, in: 0...99) else { return nil }
        let year = current - current % 100 + short
        return year > current + 50 ? year - 100 : year
    }

    private static func secondOfDay(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }),
            let hour = Int(decimal: parts[0], in: 0...23), let minute = Int(decimal: parts[1], in: 0...59),
            // A leap second is written 60.
            let second = Int(decimal: parts[2], in: 0...60)
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }
}

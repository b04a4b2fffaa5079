import BoundedNumbers

/// An instant in whole microseconds since 1970-01-01T00:00:00Z, as Cruddur writes
/// its `created_at` and the table its sort keys.
///
/// Parses every form that deployments send: with and without a fraction, `Z`, any
/// offset, and naive (read as UTC). Writes one form only, always with six digits,
/// so that sorting the text is sorting the time:
///
///     Timestamp("2026-11-24T05:50:07")?.description   // 2026-11-24T05:50:07.000000+00:00
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the epoch; negative before 1970.
    public var microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// `seconds` since the epoch, rounded to the nearest microsecond. What no microsecond can hold is
    /// the furthest that there is; what is no number is the epoch.
    public init(seconds: Double) {
        microseconds = Int64(saturating: seconds * 1_000_000)
    }

    /// Seconds since the epoch.
    public var seconds: Double { Double(microseconds) / 1_000_000 }

    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.microseconds < rhs.microseconds
    }

    /// This instant moved by `seconds`, but not beyond the furthest that there is.
    public func advanced(bySeconds seconds: Double) -> Timestamp {
        let (sum, isBeyond) = microseconds.addingReportingOverflow(Int64(saturating: seconds * 1_000_000))
        return Timestamp(microseconds: isBeyond ? (seconds < 0 ? .min : .max) : sum)
    }

    /// Seconds from `other` to this instant.
    public func seconds(since other: Timestamp) -> Double {
        let (difference, isBeyond) = microseconds.subtractingReportingOverflow(other.microseconds)
        return (isBeyond ? Double(microseconds) - Double(other.microseconds) : Double(difference)) / 1_000_000
    }
}

extension Timestamp: LosslessStringConvertible {
    /// ISO 8601 in any of the forms above; `nil` for anything else.
    public init?(_ text: String) {
        var reader = DigitReader(text.utf8)
        guard let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(digits: 2), reader.skip(":"),
            let minute = reader.number(digits: 2), reader.skip(":"),
            let second = reader.number(digits: 2),
            let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd,
            let date = CivilDate(year: year, month: month, day: day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let seconds = Int64(date.daysSinceEpoch) * 86400 + Int64(hour * 3600 + minute * 60 + second - offset)
        microseconds = seconds * 1_000_000 + Int64(fraction)
    }

    /// ISO 8601 in UTC with six digits: `2026-11-24T05:50:07.058076+00:00`.
    public var description: String {
        let date = CivilDate(daysSinceEpoch: Int(microseconds.floorDivided(by: 86_400_000_000)))
        // The remainder first: the day's begin may lie before the first microsecond that there is.
        let remainder = microseconds % 86_400_000_000
        let time = Int(remainder < 0 ? remainder + 86_400_000_000 : remainder)
        let second = time / 1_000_000
        return date.description + "T" + padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2)
            + ":" + padded(second % 60, 2) + "." + padded(time % 1_000_000, 6) + "+00:00"
    }
}

func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return text.count < digits ? String(repeating: "0", count: digits - text.count) + text : text
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}

/// Reads fixed runs of digits from the front of a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String.UTF8View) { rest = text[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Microseconds: 0 without a fraction; digits after the sixth are cut.
    mutating func fraction() -> Int? {
        guard skip(".") || skip(",") else { return 0 }
        var value = 0
        var digits = 0
        while let digit = digit() {
            if digits < 6 { value = value * 10 + digit }
            digits += 1
        }
        guard digits > 0 else { return nil }
        while digits < 6 {
            value *= 10
            digits += 1
        }
        return value
    }

    /// Seconds east of UTC: 0 for `Z` and for a naive time.
    mutating func offset() -> Int? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(digits: 2), hours < 24 else { return nil }
        if isAtEnd { return sign * hours * 3600 }
        _ = skip(":")
        guard let minutes = number(digits: 2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func digit() -> Int? {
        guard let first = rest.first, first >= 48, first <= 57 else { return nil }
        rest = rest.dropFirst()
        return Int(first - 48)
    }
}

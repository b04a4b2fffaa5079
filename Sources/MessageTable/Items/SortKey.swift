import Timestamps

/// Times as sort keys: ordered as texts, byte by byte, whatever they mean.
enum SortKey {
    static func isBefore(_ one: String, _ other: String) -> Bool { one.utf8.lexicographicallyPrecedes(other.utf8) }

    /// The first time, as we write it, that stands behind `sort` and is no earlier; `nil` if that is none, or the
    /// last one that there is.
    static func next(after sort: String) -> String? {
        // A time of a zone that is ahead stands behind all that are as early: then what its own clock showed.
        for text in [sort, withoutOffset(sort)] {
            guard let time = Timestamp(text), time.microseconds < .max else { continue }
            let next = Timestamp(microseconds: time.microseconds + 1).description
            if isBefore(sort, next) { return next }
        }
        return nil
    }

    private static func withoutOffset(_ sort: String) -> String {
        String(sort.prefix { $0 != "+" && $0 != "Z" && $0 != "z" })
    }
}

import Foundation
import GRDB
import Timestamps

/// What is typed to be searched: words, and what the messages are to be like.
///
///     noon from:mei after:2026-11-01 has:link
struct SearchQuery: Sendable {
    /// Without the filters.
    private(set) var words = ""
    private var conditions: [String] = []
    private var arguments: [any DatabaseValueConvertible & Sendable] = []

    init(_ typed: String) {
        var words: [Substring] = []
        for word in typed.split(whereSeparator: \.isWhitespace) {
            guard let colon = word.firstIndex(of: ":"), let filter = Filter(rawValue: word[..<colon].lowercased())
            else {
                words.append(word)
                continue
            }
            let value = String(word[word.index(after: colon)...])
            // Of an empty one, what is wanted is about to be written.
            if !value.isEmpty, !add(filter, value) { words.append(word) }
        }
        self.words = words.joined(separator: " ")
    }

    private enum Filter: String {
        case from, `in`, before, after, has
    }

    var hasFilters: Bool { !conditions.isEmpty }
    var isEmpty: Bool { words.isEmpty && conditions.isEmpty }

    /// Of `message`, `person` and `conversation`.
    var condition: String { conditions.joined(separator: " AND ") }
    var values: [any DatabaseValueConvertible & Sendable] { arguments }

    /// - Returns: whether it says something.
    private mutating func add(_ filter: Filter, _ value: String) -> Bool {
        let handle = value.hasPrefix("@") ? String(value.dropFirst()) : value
        switch filter {
        case .from where handle == "me": conditions.append("person.handle != conversation.handle")
        case .from: put("person.handle LIKE ? ESCAPE '!'", Self.start(handle))
        case .in: put("conversation.handle LIKE ? ESCAPE '!'", Self.start(handle))
        case .before, .after:
            guard let midnight = Self.midnight(value) else { return false }
            put(filter == .before ? "message.at < ?" : "message.at >= ?", midnight.microseconds)
        case .has:
            guard value.lowercased() == "link" else { return false }
            conditions.append("(message.text LIKE '%https://%' OR message.text LIKE '%http://%')")
        }
        return true
    }

    private mutating func put(_ condition: String, _ value: any DatabaseValueConvertible & Sendable) {
        conditions.append(condition)
        arguments.append(value)
    }

    /// As far as the handle is written.
    private static func start(_ handle: String) -> String {
        String(handle.flatMap { "%_!".contains($0) ? ["!", $0] : [$0] }) + "%"
    }

    /// When the day begins here.
    private static func midnight(_ day: String) -> Timestamp? {
        guard day.count == 10, let midnight = Timestamp(day + "T00:00:00Z") else { return nil }
        let date = Date(timeIntervalSince1970: midnight.seconds)
        return midnight.advanced(bySeconds: -Double(TimeZone.current.secondsFromGMT(for: date)))
    }
}

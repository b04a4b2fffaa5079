import ChatClient
import Foundation

/// How well a person is meant by a few letters.
enum FuzzyMatch: Int, Comparable {
    /// The whole handle or name; the start of one, or of a word in it; anywhere.
    case exact, start, within
    /// All letters, in their order, with others between. Only those are meant whom nothing better tells.
    case scattered

    static func < (one: FuzzyMatch, other: FuzzyMatch) -> Bool { one.rawValue < other.rawValue }

    /// `nil`: not meant.
    init?(_ wanted: String, _ person: UserShort) {
        let wanted = Self.folded(wanted.drop { $0 == "@" || $0.isWhitespace })
        let texts = [Self.folded(person.handle[...]), Self.folded(person.displayName[...])]
        let words = texts + texts.flatMap { $0.split { !$0.isLetter && !$0.isNumber }.map(String.init) }
        if texts.contains(wanted) {
            self = .exact
        } else if words.contains(where: { $0.hasPrefix(wanted) }) {
            self = .start
        } else if texts.contains(where: { $0.firstRange(of: wanted) != nil }) {
            self = .within
        } else if wanted.count > 1, texts.contains(where: { Self.isScattered(wanted, in: $0) }) {
            self = .scattered
        } else {
            return nil
        }
    }

    private static func folded(_ text: Substring) -> String {
        String(text.prefix(300)).folding(
            options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    }

    private static func isScattered(_ wanted: String, in text: String) -> Bool {
        var rest = text[...]
        return wanted.filter { !$0.isWhitespace }.allSatisfy { letter in
            guard let place = rest.firstIndex(of: letter) else { return false }
            rest = rest[rest.index(after: place)...]
            return true
        }
    }
}

/// The addresses of web pages within a text.
enum Links {
    /// Of a text of megabytes the start is enough.
    private static let longest = 20_000

    /// Each once, in the order of the text.
    static func all(in text: String) -> [String] {
        ranges(in: text).map { String(text[$0]) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Where they stand.
    static func ranges(in text: String) -> [Range<String.Index>] {
        var found: [Range<String.Index>] = []
        var rest = text.prefix(longest)
        while let start = next(in: rest) {
            let link = end(of: rest[start...])
            let end = rest.index(start, offsetBy: max(1, link.count))
            if link.count > prefixLength(link) { found.append(start..<end) }
            rest = rest[end...]
        }
        return found
    }

    private static let schemes = ["https://", "http://"]

    private static func next(in text: Substring) -> Substring.Index? {
        var place = text.startIndex
        while let candidate = text[place...].firstIndex(where: { $0 == "h" || $0 == "H" }) {
            let isLink = schemes.contains { text[candidate...].prefix($0.count).lowercased() == $0 }
            let isWithin = candidate > text.startIndex && isASCIILetter(text[text.index(before: candidate)])
            if isLink, !isWithin { return candidate }
            place = text.index(after: candidate)
        }
        return nil
    }

    /// Japanese and Chinese put no space before an address.
    private static func isASCIILetter(_ character: Character) -> Bool { character.isASCII && character.isLetter }

    private static func prefixLength(_ link: String) -> Int { link.lowercased().hasPrefix("https://") ? 8 : 7 }

    /// Up to a space, or what no address holds; what closes a sentence or a bracket around it is none of it.
    private static func end(of text: Substring) -> String {
        var link = String(text.prefix { $0.unicodeScalars.allSatisfy(mayBeIn) })
        var unopened = link.count { $0 == ")" } - link.count { $0 == "(" }
        while let last = link.last {
            let isUnopened = last == ")" && unopened > 0
            guard isUnopened || ".,;:!?'*_]}".contains(last) else { break }
            if isUnopened { unopened -= 1 }
            link.removeLast()
        }
        return link
    }

    private static func mayBeIn(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        // The last stands where something was that is not shown.
        default: !"<>\"`“”「」\u{FFFD}".unicodeScalars.contains(scalar)
        }
    }
}

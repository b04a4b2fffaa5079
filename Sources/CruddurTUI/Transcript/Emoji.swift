/// Emoji by the words of their names, as Unicode has them, and by what people call them elsewhere.
enum Emoji {
    struct Match: Equatable, Sendable {
        let text: String
        /// In small letters: `grinning face`.
        let name: String
    }

    /// What chats call them that is no word of their names.
    private static let aliases: [(name: String, text: String)] = [
        ("+1", "👍"), ("-1", "👎"), ("ok", "👌"), ("smile", "😄"), ("laughing", "😆"), ("joy", "😂"), ("rofl", "🤣"),
        ("wink", "😉"), ("blush", "😊"), ("cry", "😢"), ("sob", "😭"), ("angry", "😠"), ("heart", "❤️"), ("tada", "🎉"),
        ("fire", "🔥"), ("eyes", "👀"), ("pray", "🙏"), ("clap", "👏"), ("wave", "👋"), ("rocket", "🚀"), ("bug", "🐛"),
        ("thinking", "🤔"), ("shrug", "🤷"), ("100", "💯"), ("check", "✅"), ("x", "❌"), ("warning", "⚠️"),
        ("coffee", "☕"), ("beer", "🍺"), ("sunny", "☀️"), ("poop", "💩"), ("thumbsup", "👍"), ("thumbsdown", "👎"),
    ]

    /// Those of which a word begins with each of the `typed` ones; the shortest names first.
    ///
    /// - Parameters:
    ///   - typed: `smil`, `red_heart`.
    ///   - limit: so many at most.
    static func matches(_ typed: String, limit: Int) -> [Match] {
        let words = typed.lowercased().split { $0 == "_" || $0 == " " }.map(String.init)
        guard !words.isEmpty else { return [] }
        let called = aliases.filter { $0.name.hasPrefix(words.joined(separator: "_")) }
            .sorted { ($0.name.count, $0.name) < ($1.name.count, $1.name) }.map { Match(text: $0.text, name: $0.name) }
        let named = all.filter { match in
            let parts = match.name.split(separator: " ")
            return words.allSatisfy { word in parts.contains { $0.hasPrefix(word) } }
        }.sorted { ($0.name.count, $0.name) < ($1.name.count, $1.name) }
        var found: [Match] = []
        for match in called + named where !found.contains(where: { $0.text == match.text }) {
            found.append(match)
            if found.count == limit { break }
        }
        return found
    }

    /// What is read in the place of a picture: `:grinning face:`; `nil`: it is none.
    ///
    /// - Parameter cluster: as it is drawn.
    static func word(for cluster: String) -> String? {
        let scalars = cluster.unicodeScalars
        guard let first = scalars.first, first.value > 0xA9 || scalars.count > 1 else { return nil }
        let isPicture =
            first.properties.isEmojiPresentation || scalars.contains("\u{FE0F}")
            || isRegional(first) && scalars.count == 2
        guard isPicture else { return nil }
        if isRegional(first) { return ":flag \(String(String.UnicodeScalarView(scalars.compactMap(letter)))):" }
        // What only joins or chooses has no name of its own.
        let names = scalars.filter { !$0.properties.isDefaultIgnorableCodePoint }.compactMap(\.properties.name)
        return names.isEmpty ? nil : ":\(names.joined(separator: ", ").lowercased()):"
    }

    private static func isRegional(_ scalar: Unicode.Scalar) -> Bool { (0x1F1E6...0x1F1FF).contains(scalar.value) }

    private static func letter(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        isRegional(scalar) ? Unicode.Scalar(scalar.value - 0x1F1E6 + 0x41) : nil
    }

    /// Each of one scalar, that is drawn as an emoji by itself. Made when one is first looked for.
    private static let all: [Match] = (UInt32(0x2300)...0x1FAFF).compactMap { value -> Match? in
        guard let scalar = Unicode.Scalar(value), scalar.properties.isEmojiPresentation,
            // Half of a flag.
            !(0x1F1E6...0x1F1FF).contains(value), !scalar.properties.isEmojiModifier,
            let name = scalar.properties.name
        else { return nil }
        return Match(text: String(Character(scalar)), name: name.lowercased())
    }
}

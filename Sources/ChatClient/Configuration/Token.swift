/// What may be a token: something that a header can carry as one word.
enum Token {
    /// `text` without the spaces and line ends around it, as a file or a variable may have them;
    /// `nil` for what is no token.
    static func trimmed(_ text: String) -> String? {
        var scalars = text.unicodeScalars[...]
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        guard !scalars.isEmpty, scalars.allSatisfy({ ("!"..."~").contains($0) }) else { return nil }
        return String(scalars)
    }
}

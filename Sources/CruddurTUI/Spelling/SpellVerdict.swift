/// What a dictionary says of a word.
enum SpellVerdict: Equatable, Sendable {
    case right
    /// What may have been meant, the likeliest first.
    case wrong([String])

    /// - Parameter line: as `ispell -a` and those after it answer: `*`, `+ ROOT`, `-`, `# WORD PLACE`,
    ///   `& WORD COUNT PLACE: ONE, OTHER`.
    init?(line: some StringProtocol) {
        switch line.first {
        case "*", "+", "-": self = .right
        case "#": self = .wrong([])
        case "&", "?":
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let meant = line[line.index(after: colon)...].split(separator: ",")
            self = .wrong(meant.map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty })
        default: return nil
        }
    }
}

/// Why no word can be looked up.
struct SpellFault: Error, Equatable, CustomStringConvertible, Sendable {
    let description: String
}

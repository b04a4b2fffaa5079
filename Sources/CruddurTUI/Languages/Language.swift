/// A language of the interface other than English: what it has for each English text.
struct Language: Sendable {
    private let texts: [String: String]

    init(_ texts: [String: String]) { self.texts = texts }

    /// The one that the interface speaks; `nil`: English, in which texts are written and nothing is looked up.
    ///
    /// It holds within a task, or a thread's call, so that whoever draws or updates needs not be handed it, and tests can
    /// set it, each for itself.
    @TaskLocal static var current: Language?

    /// - Parameters:
    ///   - key: the English text, with `%1`, `%2`… where something is put in.
    ///   - arguments: what is put in there, kept as it is.
    func text(_ key: String, _ arguments: [String] = []) -> String {
        let pattern = texts[key] ?? key
        return arguments.isEmpty ? pattern : Self.fill(pattern, arguments)
    }

    /// What it has for a text; `nil`: nothing.
    func translation(of key: String) -> String? { texts[key] }

    /// A part of a text: as it stands there, or the place, from 0 on, of something that is put in.
    enum Piece: Equatable, Sendable {
        case text(Substring)
        case place(Int)
    }

    /// `Copied: %1` is `Copied: ` and the place 0. A `%` that is followed by no number from 1 to 99 is only that.
    static func pieces(of pattern: String) -> [Piece] {
        var pieces: [Piece] = []
        var (begin, place) = (pattern.startIndex, pattern.startIndex)
        while let sign = pattern[place...].firstIndex(of: "%") {
            place = pattern.index(after: sign)
            let digits = pattern[place...].prefix(2).prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits), number > 0 else { continue }
            pieces += [.text(pattern[begin..<sign]), .place(number - 1)]
            (begin, place) = (digits.endIndex, digits.endIndex)
        }
        return pieces + [.text(pattern[begin...])]
    }

    /// In one go: a `%1` within an argument is somebody's text and stays.
    private static func fill(_ pattern: String, _ arguments: [String]) -> String {
        pieces(of: pattern).reduce(into: "") { filled, piece in
            switch piece {
            case .text(let text): filled += text
            case .place(let place): filled += arguments.indices.contains(place) ? arguments[place] : ""
            }
        }
    }

    /// The places in a pattern: `%1 of %2` has 0 and 1.
    static func places(in pattern: String) -> Set<Int> {
        Set(
            pieces(of: pattern).compactMap { piece in
                if case .place(let place) = piece { return place }
                return nil
            })
    }
}

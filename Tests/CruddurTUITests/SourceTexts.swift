/// The texts that stand in a file of Swift, and which of them are looked up in a language: those that are given to `tr` or
/// `printed`.
struct SourceTexts {
    struct Found {
        /// With `%1`, `%2`… where something is put in.
        let text: String
        let line: Int
        let isLookedUp: Bool
    }

    private(set) var found: [Found] = []
    private let source: [UInt8]

    init(_ text: String) {
        source = Array(text.utf8)
        _ = code(from: 0)
    }

    private func starts(_ mark: String, at place: Int) -> Bool { source[place...].starts(with: mark.utf8) }

    /// - Returns: the place behind `mark`, or the end.
    private func after(_ mark: String, from place: Int) -> Int {
        var place = place
        while place < source.count, !starts(mark, at: place) { place += 1 }
        return min(source.count, place + mark.utf8.count)
    }

    /// - Returns: the place of the `)` that ends it, or the end.
    private mutating func code(from start: Int) -> Int {
        // Of each call that is open, whether it looks up.
        var calls: [Bool] = []
        var place = start
        while place < source.count {
            if starts("//", at: place) {
                place = after("\n", from: place)
            } else if starts("#\"", at: place) {
                place = after("\"#", from: place + 2)
            } else if starts("#/", at: place) {
                place = after("/#", from: place + 2)
            } else if starts("\"", at: place) {
                place = literal(from: place, isLookedUp: calls.last ?? false)
            } else if starts("(", at: place) {
                calls.append(looksUp(at: place))
                place += 1
            } else if starts(")", at: place) {
                guard !calls.isEmpty else { return place }
                calls.removeLast()
                place += 1
            } else {
                place += 1
            }
        }
        return place
    }

    /// Whether the parenthesis at `place` is that of a look-up, of a text that stands in it.
    private func looksUp(at place: Int) -> Bool {
        let name = source[..<place].reversed().prefix { $0 == UInt8(ascii: "_") || isLetter($0) }.reversed()
        guard name.elementsEqual("tr".utf8) || name.elementsEqual("printed".utf8) else { return false }
        return !starts("(key:", at: place) && !starts("(reason:", at: place)
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// - Returns: the place behind it.
    private mutating func literal(from start: Int, isLookedUp: Bool) -> Int {
        let mark = starts("\"\"\"", at: start) ? "\"\"\"" : "\""
        let line = 1 + source[..<start].count { $0 == UInt8(ascii: "\n") }
        var (place, bytes, count) = (start + mark.utf8.count, [UInt8](), 0)
        while place < source.count, !starts(mark, at: place) {
            if starts("\\(", at: place) {
                count += 1
                bytes += Array("%\(count)".utf8)
                place = code(from: place + 2) + 1
            } else if starts("\\u{", at: place) {
                // Whatever it is, it is no word.
                bytes.append(UInt8(ascii: "?"))
                place = after("}", from: place)
            } else if starts("\\", at: place) {
                bytes += escaped(source[place + 1])
                place += 2
            } else {
                bytes.append(source[place])
                place += 1
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        found.append(
            Found(text: mark.utf8.count == 1 ? text : Self.unindented(text), line: line, isLookedUp: isLookedUp))
        return place + mark.utf8.count
    }

    /// A line that goes on is marked by U+0001, as long as lines are indented.
    private func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "n"): [UInt8(ascii: "\n")]
        case UInt8(ascii: "\n"): [1, UInt8(ascii: "\n")]
        default: [byte]
        }
    }

    private static func unindented(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let indent = lines.last?.count ?? 0
        return lines.dropFirst().dropLast().map { $0.dropFirst(indent) }.joined(separator: "\n")
            .replacing("\u{1}\n", with: "")
    }
}

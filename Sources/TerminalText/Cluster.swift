/// One grapheme cluster as it may be drawn: made safe, with the cells that it takes.
@frozen @usableFromInline package struct Cluster: Equatable, Sendable {
    @usableFromInline package let text: String
    /// In a byte: a screen is thousands of them, read at every key.
    @usableFromInline let cells: UInt8
    /// What kind of drawing it needs.
    @usableFromInline package let kind: Kind

    @frozen @usableFromInline package enum Kind: Hashable, Sendable {
        /// ncurses and every terminal agree on its width.
        case plain
        /// They do not: it is drawn at its own place, after everything else.
        case emojiSequence
        case skinTone
        case flag
        case keycap
        case variation
        case letters
    }

    /// 1 or 2; more only for clusters of several spacing letters.
    @inlinable package var width: Int { Int(cells) }

    /// Inlinable: at every key, rows of them are compared.
    @inlinable package static func == (left: Cluster, right: Cluster) -> Bool {
        left.cells == right.cells && left.kind == right.kind && left.text == right.text
    }

    private init(passed text: String, width: Int, kind: Kind = .plain) {
        self.text = text
        cells = UInt8(clamping: width)
        self.kind = kind
    }

    /// A picture of our own. Nothing that was read while the program runs is a `StaticString`.
    package init(_ picture: StaticString, width: Int) { self.init(passed: picture.description, width: width) }

    package static let space = Cluster(" ", width: 1)

    /// The clusters of a text that has nothing but printable ASCII, one for each byte; `nil`: it has more.
    package static func ascii(_ text: String) -> [Cluster]? {
        var clusters: [Cluster] = []
        clusters.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            guard printable.contains(byte) else { return nil }
            clusters.append(letters[Int(byte - printable.lowerBound)])
        }
        return clusters
    }

    private static let printable = UInt8(0x20)..<0x7F
    private static let letters = printable.map {
        Cluster(passed: String(Character(Unicode.Scalar($0))), width: 1)
    }

    /// Whether this is the one byte; comparing strings would ask for canonical equivalence.
    package var isSpace: Bool { isASCII(UInt8(ascii: " ")) }
    package var isHyphen: Bool { isASCII(UInt8(ascii: "-")) }

    private func isASCII(_ byte: UInt8) -> Bool { text.utf8.count == 1 && text.utf8.first == byte }
}

extension Cluster {
    /// More marks on one letter are the work of somebody who wants to write over others.
    private static let maximumMarks = 6
    /// A family of four with skin tones has 11 scalars.
    private static let maximumSequence = 12

    /// A character of hostile text, drawable: what has no picture of its own gets one,
    /// what would change the text around it is taken out; `nil` if nothing is left.
    package init?(sanitizing character: Character) {
        if let ascii = character.asciiValue, Self.printable.contains(ascii) {
            self = Self.letters[Int(ascii - Self.printable.lowerBound)]
            return
        }
        var scalars: [Unicode.Scalar] = []
        var marks = 0
        for scalar in character.unicodeScalars {
            guard let visible = ScalarClass.visible(scalar) else { continue }
            if ScalarClass.isMark(visible) {
                marks += 1
                if marks > Self.maximumMarks { continue }
            }
            if scalars.count < Self.maximumSequence { scalars.append(visible) }
        }
        scalars = Joining.withoutIdle(scalars)
        // A joiner or selector alone draws nothing.
        guard let base = scalars.first, scalars.contains(where: { !ScalarClass.isInvisible($0) }) else { return nil }
        // What is drawn onto a letter has one, or it would be drawn onto the one before.
        if ScalarClass.isMark(base) { scalars.insert("\u{25CC}", at: 0) }
        if ScalarClass.isJamoTail(base) { scalars.insert("\u{115F}", at: 0) }
        self.init(visible: scalars)
    }

    private init(visible scalars: [Unicode.Scalar]) {
        var text = String.UnicodeScalarView()
        for scalar in scalars { text.append(scalar) }
        let (width, kind) = Self.measure(scalars)
        self.init(passed: String(text), width: width, kind: kind)
    }

    private static func measure(_ scalars: [Unicode.Scalar]) -> (width: Int, kind: Kind) {
        let base = scalars[0]
        if scalars.count == 1 {
            // Alone, these two would be joined to what stands before them.
            if ScalarClass.isRegional(base) { return (2, .flag) }
            return (max(1, ScalarClass.width(base)), ScalarClass.isSkinTone(base) ? .letters : .plain)
        }
        if ScalarClass.isRegional(base) { return (2, .flag) }
        if scalars.contains("\u{20E3}") { return (2, .keycap) }
        if base.properties.isEmoji, base.value > 0x7F {
            if scalars.count == 2, scalars[1] == "\u{FE0F}" {
                return (2, ScalarClass.width(base) == 2 ? .emojiSequence : .variation)
            }
            if scalars.count == 2, scalars[1] == "\u{FE0E}" { return (ScalarClass.width(base), .variation) }
            if scalars.count == 2, ScalarClass.isSkinTone(scalars[1]) { return (2, .skinTone) }
            if scalars.dropFirst().contains(where: ScalarClass.joinsEmoji) { return (2, .emojiSequence) }
        }
        let width = max(1, scalars.reduce(0) { $0 + ScalarClass.width($1) })
        // A cell of ncurses holds a letter and four marks.
        let isSimple =
            scalars.count <= 5 && scalars.dropFirst().allSatisfy { ScalarClass.width($0) == 0 }
            && scalars.dropFirst().allSatisfy(ScalarClass.isMark)
        return (width, isSimple ? .plain : .letters)
    }

    /// A narrower picture of the same thing, for a terminal that cannot draw it.
    package var standIn: Cluster {
        let base = text.unicodeScalars.first ?? " "
        switch kind {
        case .plain, .letters:
            return self
        case .flag:
            let letters = text.unicodeScalars.prefix(2).compactMap { Unicode.Scalar($0.value - 0x1F1E6 + 0x41) }
            return Cluster(passed: letters.map(String.init).joined(), width: letters.count)
        case .emojiSequence, .skinTone, .keycap, .variation:
            return Cluster(passed: String(base), width: ScalarClass.width(base))
        }
    }
}

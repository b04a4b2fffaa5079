import Foundation

/// How texts are cut into words for the search, and what is typed into words to look for.
///
/// Letters are folded (case, accents, width). Words of scripts that put no spaces between words are
/// cut into pairs of neighbours. A symbol is a word of its own, and of an emoji each of its pictures
/// and its skin tone are: what one sees of it finds it. What draws nothing counts for nothing.
enum SearchWords {
    /// Counts up when the same text is cut into other words: an index of another version is made anew.
    static let version = 2

    /// The words of a message, with spaces between.
    static func indexed(_ text: String) -> String {
        Run.all(in: text).flatMap { run -> [String] in
            switch run {
            case .word(let word): [word]
            case .symbol(let parts): parts
            case .unspaced(let run): pairs(run) + [String(run.suffix(1))]
            }
        }.joined(separator: " ")
    }

    /// The FTS5 expression for what is typed: every word, the last of each run as far as it is
    /// written. `nil` when there is nothing to look for.
    static func expression(_ typed: String) -> String? {
        let parts = Run.all(in: typed).flatMap { run -> [String] in
            switch run {
            case .word(let word): return ["\"\(word)\" *"]
            case .symbol(let parts): return parts.map { "\"\($0)\"" }
            case .unspaced(let run):
                let pairs = pairs(run)
                return pairs.isEmpty ? ["\"\(run)\" *"] : pairs.map { "\"\($0)\"" }
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: " AND ")
    }

    /// Whether `text` holds what is typed also where its pairs of neighbours, or the parts of an
    /// emoji, were found apart.
    static func isIn(_ text: String, _ typed: String) -> Bool {
        let sought = Run.all(in: typed).filter(\.mayBeFoundApart)
        guard !sought.isEmpty else { return true }
        let runs = Run.all(in: text)
        return sought.allSatisfy { sought in runs.contains { $0.holds(sought) } }
    }

    private static func pairs(_ text: String) -> [String] {
        zip(text, text.dropFirst()).map { "\($0)\($1)" }
    }
}

/// What stands together in a text.
private enum Run {
    case word(String)
    case unspaced(String)
    /// What one sees of it; a skin tone is a part of its own.
    case symbol([String])

    /// In the order of the text.
    static func all(in text: String) -> [Run] {
        // Most texts are letters, spaces and stops of ASCII.
        if text.utf8.allSatisfy({ $0 < 0x80 && !Symbol.isSymbol(ascii: $0) }) { return letters(in: text) }
        var runs: [Run] = []
        var plain = ""
        for character in text {
            guard let parts = Symbol.parts(of: character) else {
                plain.append(character)
                continue
            }
            runs += letters(in: plain)
            plain = ""
            if !parts.isEmpty { runs.append(.symbol(parts)) }
        }
        return runs + letters(in: plain)
    }

    var mayBeFoundApart: Bool {
        switch self {
        case .word: false
        case .unspaced(let run): run.count > 2
        case .symbol(let parts): parts.count > 1
        }
    }

    func holds(_ sought: Run) -> Bool {
        switch (self, sought) {
        case (.unspaced(let run), .unspaced(let sought)): return run.firstRange(of: sought) != nil
        case (.symbol(let parts), .symbol(let sought)):
            // Who types no skin tone means them all.
            let isToned = sought.contains(where: Symbol.isTone)
            return (isToned ? parts : parts.filter { !Symbol.isTone($0) }).contains(sought)
        default: return false
        }
    }

    // MARK: Letters

    private enum Kind { case word, unspaced }

    /// The runs of a text without symbols.
    private static func letters(in text: String) -> [Run] {
        var runs: [(kind: Kind, text: String)] = []
        var isOpen = false
        for character in folded(text) {
            guard let kind = kind(of: character) else {
                isOpen = false
                continue
            }
            if isOpen, runs.last?.kind == kind {
                runs[runs.count - 1].text.append(character)
            } else {
                runs.append((kind, String(character)))
            }
            isOpen = true
        }
        return runs.map { $0.kind == .word ? .word($0.text) : .unspaced($0.text) }
    }

    /// Without case, accents and width, and without what draws nothing.
    private static func folded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var visible = String.UnicodeScalarView()
        visible.append(contentsOf: text.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint })
        return String(visible).folding(
            options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    }

    /// `nil`: between words.
    private static func kind(of character: Character) -> Kind? {
        guard let scalar = character.unicodeScalars.first else { return nil }
        if scalar.value < 0x80 { return character.isLetter || character.isNumber ? .word : nil }
        if isUnspaced(scalar.value) { return .unspaced }
        if character.isLetter || character.isNumber { return .word }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .privateUse: return .word
        default: return nil
        }
    }

    /// Thai, Lao, Myanmar, Khmer, kana, Han and their kin.
    private static func isUnspaced(_ value: UInt32) -> Bool {
        switch value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF,
            0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}

/// A character that is a sign: an emoji, a flag, a keycap, a currency, an arrow.
private enum Symbol {
    private static let keycap: Unicode.Scalar = "\u{20E3}"

    /// `nil`: this is no symbol.
    static func parts(of character: Character) -> [String]? {
        if let ascii = character.asciiValue, !isSymbol(ascii: ascii) { return nil }
        guard let first = character.unicodeScalars.first else { return nil }
        guard isSymbol(first) || character.unicodeScalars.contains(keycap) else { return nil }
        var parts: [String.UnicodeScalarView] = []
        var tags = String.UnicodeScalarView()
        for scalar in character.unicodeScalars {
            if isTag(scalar) {
                tags.append(scalar)
            } else if scalar == keycap || isRegional(scalar) && parts.last?.count == 1, !parts.isEmpty {
                parts[parts.count - 1].append(scalar)
            } else if !isOverlaid(scalar) {
                parts.append(.init([indexable(scalar)]))
            }
        }
        return (tags.isEmpty ? parts : parts + [tags]).map(String.init)
    }

    static func isTone(_ part: String) -> Bool {
        part.unicodeScalars.first.map { (0x1F3FB...0x1F3FF).contains($0.value) } ?? false
    }

    /// Of ASCII: `$`, `+`, `<`, `=`, `>`, `|`, `~`.
    static func isSymbol(ascii byte: UInt8) -> Bool {
        switch byte {
        case 0x24, 0x2B, 0x3C...0x3E, 0x7C, 0x7E: true
        default: false
        }
    }

    private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return isSymbol(ascii: UInt8(scalar.value)) }
        return switch scalar.properties.generalCategory {
        case .otherSymbol, .currencySymbol, .mathSymbol: true
        // Newer than the tables here: it may be anything, and it is seen.
        case .unassigned: true
        default: scalar.properties.isEmoji
        }
    }

    /// Joiners, selectors, and marks over a symbol.
    private static func isOverlaid(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: true
        default: false
        }
    }

    /// Of ASCII, the index takes letters and digits only: the wide twin stands for the others.
    private static func indexable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let isTaken = scalar.value > 0x7F || Character(scalar).isLetter || Character(scalar).isNumber
        return isTaken ? scalar : Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar
    }

    private static func isRegional(_ scalar: Unicode.Scalar) -> Bool { (0x1F1E6...0x1F1FF).contains(scalar.value) }

    private static func isTag(_ scalar: Unicode.Scalar) -> Bool { (0xE0020...0xE007F).contains(scalar.value) }
}

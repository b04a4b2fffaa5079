import Foundation

/// How texts are cut into words for the search, and what is typed into words to look for.
///
/// Letters are folded (case, accents, width). Words of scripts that put no spaces between
/// words are cut into pairs of neighbours, and every symbol and emoji is a word of its own.
enum SearchWords {
    /// The words of a message, with spaces between.
    static func indexed(_ text: String) -> String {
        var words: [String] = []
        for run in Run.all(in: text) {
            switch run.kind {
            case .word: words.append(run.text)
            case .symbol: words.append(run.text)
            case .unspaced: words += pairs(run.text) + [String(run.text.suffix(1))]
            }
        }
        return words.joined(separator: " ")
    }

    /// The FTS5 expression for what is typed: every word, the last of each run as far as it is
    /// written. `nil` when there is nothing to look for.
    static func expression(_ typed: String) -> String? {
        let parts = Run.all(in: typed).flatMap { run -> [String] in
            switch run.kind {
            case .word: return ["\"\(run.text)\" *"]
            case .symbol: return ["\"\(run.text)\""]
            case .unspaced:
                let pairs = pairs(run.text)
                return pairs.isEmpty ? ["\"\(run.text)\" *"] : pairs.map { "\"\($0)\"" }
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: " AND ")
    }

    /// Whether `text` holds what is typed also where its pairs of neighbours were found apart.
    static func isIn(_ text: String, _ typed: String) -> Bool {
        let unspaced = Run.all(in: typed).filter { $0.kind == .unspaced && $0.text.count > 2 }
        guard !unspaced.isEmpty else { return true }
        let folded = folded(text)
        return unspaced.allSatisfy { folded.contains($0.text) }
    }

    /// Without case, accents and width.
    static func folded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        return text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
    }

    private static func pairs(_ text: String) -> [String] {
        zip(text, text.dropFirst()).map { "\($0)\($1)" }
    }

    private struct Run {
        enum Kind { case word, unspaced, symbol }

        let kind: Kind
        var text: String

        static func all(in text: String) -> [Run] {
            var runs: [Run] = []
            var isOpen = false
            for character in folded(text) {
                guard let kind = kind(of: character) else {
                    isOpen = false
                    continue
                }
                if isOpen, kind != .symbol, runs.last?.kind == kind {
                    runs[runs.count - 1].text.append(character)
                } else {
                    runs.append(Run(kind: kind, text: String(character)))
                }
                isOpen = true
            }
            return runs
        }

        /// `nil`: between words.
        private static func kind(of character: Character) -> Kind? {
            guard let scalar = character.unicodeScalars.first else { return nil }
            if scalar.value < 0x80 { return character.isLetter || character.isNumber ? .word : nil }
            if isUnspaced(scalar.value) { return .unspaced }
            if character.isLetter || character.isNumber { return .word }
            switch scalar.properties.generalCategory {
            case .otherSymbol, .currencySymbol, .mathSymbol: return .symbol
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
}

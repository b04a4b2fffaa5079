import ChatClient

/// What is known of the words that are being written, where a dictionary is asked.
struct Spelling: Equatable, Sendable {
    var isOn = false
    /// Why it does not answer: it is asked no more.
    private(set) var fault: SpellFault?
    /// The draft that was looked at last, and its words.
    private var text = ""
    private var words: [SpelledWord] = []
    private var verdicts: [String: SpellVerdict] = [:]
    /// What it was asked and has not answered.
    private var asked: [String] = []
    /// Who wrote this wants to know what was meant.
    var wanted: String?

    /// Drafts that are longer are no letters.
    private static let longest = 20_000
    /// Words that are remembered.
    private static let most = 10_000

    func verdict(on word: String) -> SpellVerdict? { verdicts[word] }

    /// The words of a draft that are wrong; the one that is being written is not known to be.
    func wrong(in draft: TextBuffer) -> [SpelledWord] {
        guard isOn, text == draft.text else { return [] }
        return words.filter { word in
            guard case .wrong = verdicts[word.text] else { return false }
            return !word.isTouched(by: draft.cursor)
        }
    }

    /// The words of a draft, as it is now.
    mutating func words(of draft: TextBuffer) -> [SpelledWord] {
        if text != draft.text {
            text = draft.text
            words = text.utf8.count > Self.longest ? [] : SpelledWord.all(in: text)
        }
        return words
    }

    /// - Returns: what the dictionary is to be asked of it; `nil`: nothing, or it has been.
    mutating func ask(about draft: TextBuffer) -> [String]? {
        guard isOn, fault == nil else { return nil }
        var unknown: [String] = []
        for word in words(of: draft) where verdicts[word.text] == nil && !unknown.contains(word.text) {
            if !word.isTouched(by: draft.cursor) || word.text == wanted { unknown.append(word.text) }
        }
        guard !unknown.isEmpty, unknown != asked else { return nil }
        asked = unknown
        return unknown
    }

    mutating func take(_ answer: Result<[String: SpellVerdict], SpellFault>) {
        asked = []
        switch answer {
        case .success(let new):
            if verdicts.count > Self.most { verdicts = [:] }
            verdicts.merge(new) { $1 }
        case .failure(let new): fault = new
        }
    }

    mutating func accept(_ word: String) { verdicts[word] = .right }
}

extension SpelledWord {
    /// The cursor stands in it, or right behind it.
    func isTouched(by cursor: Int) -> Bool { range.lowerBound < cursor && cursor <= range.upperBound }
}

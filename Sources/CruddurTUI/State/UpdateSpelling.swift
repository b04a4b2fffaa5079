import ChatClient

/// What is written is looked at, word by word, as far as it is not known.
func lookAtSpelling(_ state: inout AppState) -> [Effect] {
    let draft = state.draft
    return state.spelling.ask(about: draft).map { [.asking(.spell($0))] } ?? []
}

func takeSpelling(_ state: inout AppState, _ answer: Result<[String: SpellVerdict], SpellFault>) {
    state.spelling.take(answer)
    switch answer {
    case .failure(let fault):
        state.notice = .init(text: tr("Nobody looks at the spelling: \(tr(reason: "\(fault)"))"), isProblem: true)
    case .success(let verdicts):
        // How people are called is in no dictionary.
        for word in verdicts.keys where state.isName(word) { state.spelling.accept(word) }
    }
    let wanted = state.spelling.wanted
    state.spelling.wanted = nil
    let draft = state.draft
    guard let wanted, state.overlay == nil,
        let word = state.spelling.words(of: draft).first(where: { $0.isTouched(by: draft.cursor) }), word.text == wanted
    else { return }
    offer(&state, word)
}

/// What may have been meant by the word at the cursor, else by the wrong one before it, else behind it.
func suggestSpelling(_ state: inout AppState) -> [Effect] {
    if let reason = state.whyNoSpelling {
        state.notice = .init(text: reason)
        return []
    }
    let draft = state.draft
    let touched = state.spelling.words(of: draft).first { $0.isTouched(by: draft.cursor) }
    if let touched, state.spelling.verdict(on: touched.text) == nil {
        state.spelling.wanted = touched.text
        return lookAtSpelling(&state)
    }
    let wrong = state.spelling.wrong(in: draft)
    if let touched, case .wrong = state.spelling.verdict(on: touched.text) {
        offer(&state, touched)
    } else if let word = wrong.last(where: { $0.range.upperBound <= draft.cursor }) ?? wrong.first {
        offer(&state, word)
    } else {
        state.notice = .init(text: tr("No word here is marked."))
    }
    return []
}

/// Of those that a dictionary thinks of: that the word is right is to be in view as well.
private let mostMeant = 8

private func offer(_ state: inout AppState, _ word: SpelledWord) {
    guard case .wrong(let meant) = state.spelling.verdict(on: word.text) else {
        state.notice = .init(text: tr("“\(word.text)” is in the dictionary."))
        return
    }
    state.draft.move(toOffset: word.range.upperBound)
    let choices = meant.prefix(mostMeant).map { Completion.Choice(text: $0, name: "") }
    let own = Completion.Choice(text: word.text, name: tr("it is right: into my dictionary"))
    state.overlay = .completion(Completion(word: word.text, choices: choices + [own], isSpelling: true))
}

/// One of those that were offered stands in the place of the word; or the word is right.
func takeSpelling(_ state: inout AppState, _ completion: Completion) -> [Effect] {
    let word = completion.word
    guard completion.selected < completion.choices.count - 1 else {
        state.spelling.accept(word)
        return [.writing(.learn(word))]
    }
    var draft = state.draft
    guard draft.before.hasSuffix(word) else { return [] }
    draft.replaceBefore(word, with: completion.choices[completion.selected].text)
    state.draft = draft
    return []
}

extension AppState {
    /// `nil`: there is a dictionary, and something that may be changed.
    fileprivate var whyNoSpelling: String? {
        if snapshot.isReadOnly { return tr("These conversations are for reading only.") }
        if let fault = spelling.fault { return tr("Nobody looks at the spelling: \(tr(reason: "\(fault)"))") }
        return spelling.isOn
            ? nil
            : tr("Nobody looks at the spelling. With aspell or hunspell: \(#""spelling": {"language": "en_GB"}"#)")
    }

    /// Of somebody one talks to, or one's own.
    fileprivate func isName(_ word: String) -> Bool {
        let word = word.lowercased()
        return snapshot.me?.lowercased() == word
            || findable.contains { conversation in
                conversation.title.handle.lowercased() == word
                    || conversation.title.displayName.lowercased().split(whereSeparator: { !$0.isLetter })
                        .contains { $0 == word }
            }
    }
}

import ChatClient

/// What may stand in the place of a word that is being written.
struct Completion: Equatable, Sendable {
    struct Choice: Equatable, Sendable {
        let text: String
        /// Beside it, for who chooses.
        let name: String
    }

    /// As it was typed: `@me`, `:smi`.
    let word: String
    let choices: [Choice]
    var selected = 0
    /// The word is wrong; the last choice is that it is not.
    var isSpelling = false

    /// Choices that are offered at once.
    static let most = 50

    /// The word that ends at the cursor, if it is one that can be completed: `@` and a letter, `:` and two.
    static func word(before text: String) -> String? {
        let word = String(text.reversed().prefix { !$0.isWhitespace }.reversed())
        guard let first = word.first else { return nil }
        return first == "@" && word.count > 1 || first == ":" && word.count > 2 ? word : nil
    }
}

/// Tab behind a handle or an emoji's name that has been begun completes it, or offers what it may be.
///
/// - Returns: whether it did.
func completeWord(_ state: inout AppState) -> Bool {
    // What is not on the screen is not changed, and nothing is written where all is for reading.
    guard state.context == .chat, !state.snapshot.isReadOnly,
        let word = Completion.word(before: state.draft.before)
    else { return false }
    let typed = String(word.dropFirst())
    let choices: [Completion.Choice]
    if word.hasPrefix("@") {
        choices = state.people(beginning: typed, Completion.most).map {
            .init(text: "@\($0.handle)", name: $0.displayName)
        }
    } else {
        choices = Emoji.matches(typed.last == ":" ? String(typed.dropLast()) : typed, limit: Completion.most).map {
            .init(text: $0.text, name: $0.name)
        }
    }
    guard let first = choices.first else { return false }
    if choices.count == 1 {
        state.draft.complete(word, with: first.text)
    } else {
        state.overlay = .completion(Completion(word: word, choices: choices))
    }
    return true
}

func updateCompletion(_ state: inout AppState, _ command: ChoiceCommand, _ completion: Completion) -> [Effect] {
    var completion = completion
    let last = completion.choices.count - 1
    switch command {
    case .up: completion.selected = max(0, completion.selected - 1)
    case .down: completion.selected = min(last, completion.selected + 1)
    case .pageUp: completion.selected = max(0, completion.selected - 10)
    case .pageDown: completion.selected = min(last, completion.selected + 10)
    case .take:
        state.overlay = nil
        if completion.isSpelling { return takeSpelling(&state, completion) }
        state.draft.complete(completion.word, with: completion.choices[completion.selected].text)
        return []
    case .close: break
    }
    state.overlay = .completion(completion)
    return []
}

import ChatClient
import ExactText

extension AppState {
    /// People that are offered at once.
    private static var most: Int { 8 }

    /// Who may be meant by what is typed: those one talks to, then those whom the server tells.
    func suggestions(_ prompt: Overlay.Prompt, told: [UserShort] = []) -> [UserShort] {
        let text = prompt.typed
        guard !text.isEmpty else { return [] }
        let people = people(beginning: text, Self.most, also: told)
        // Who is written out needs no offer.
        return people.count == 1 && people[0].handle.isExactly(text) ? [] : people
    }

    /// Those one talks to, whose handle, name or a word of it begins so, and others that are known.
    func people(beginning text: String, _ most: Int, also others: [UserShort] = []) -> [UserShort] {
        var people: [UserShort] = []
        for person in findable.map(\.title) + others where person.begins(with: text) {
            guard !person.handle.isExactly(snapshot.me), !people.contains(where: { $0.handle.isExactly(person.handle) })
            else { continue }
            people.append(person)
            if people.count == most { break }
        }
        return people
    }
}

extension UserShort {
    fileprivate func begins(with text: String) -> Bool {
        let wanted = text.lowercased()
        return handle.lowercased().hasPrefix(wanted) || displayName.lowercased().hasPrefix(wanted)
            || displayName.lowercased().split(separator: " ").contains { $0.hasPrefix(wanted) }
    }
}

/// Something was typed: what was chosen counts no more, and the server may know of others.
func suggest(_ state: inout AppState, _ prompt: Overlay.Prompt, before: String) -> [Effect] {
    var prompt = prompt
    guard prompt.input.text != before else {
        state.overlay = .newConversation(prompt)
        return []
    }
    // Those whom the server has told for less.
    let known = prompt.offered
    (prompt.chosen, prompt.exact) = (nil, nil)
    prompt.offered = state.suggestions(prompt, told: known)
    state.overlay = .newConversation(prompt)
    // Of one letter there are too many, and nobody is called so long.
    guard (2...64).contains(prompt.typed.unicodeScalars.count) else { return [] }
    return [.asking(.suggest(prompt.typed))]
}

/// Those whom the server tells, behind those who are there already. What was asked for before tells less than what is
/// typed by now, and nothing wrong.
func takeSuggestions(_ state: inout AppState, _ text: String, _ people: [UserShort]) {
    guard case .newConversation(var prompt) = state.overlay, !state.typeAhead.isWaiting, prompt.chosen == nil,
        prompt.typed.lowercased().hasPrefix(text.lowercased())
    else { return }
    let new = state.suggestions(prompt, told: people).filter { person in
        !prompt.offered.contains { $0.handle.isExactly(person.handle) }
    }
    prompt.offered += new
    state.overlay = .newConversation(prompt)
}

/// Keys of the question for a handle.
func updatePrompt(_ state: inout AppState, _ command: ChoiceCommand, _ prompt: Overlay.Prompt) -> [Effect] {
    var prompt = prompt
    let people = prompt.offered
    switch command {
    case .down: prompt.chosen = people.isEmpty ? nil : min((prompt.chosen ?? -1) + 1, people.count - 1)
    // Above the first is what was typed.
    case .up: prompt.chosen = prompt.chosen.flatMap { $0 > 0 ? $0 - 1 : nil }
    case .take:
        if let chosen = prompt.chosen, people.indices.contains(chosen) {
            prompt.input = TextBuffer(people[chosen].handle)
            (prompt.chosen, prompt.exact, prompt.offered) = (nil, people[chosen].handle, [])
        }
        return lookUp(&state, prompt)
    case .pageUp, .pageDown, .close: break
    }
    state.overlay = .newConversation(prompt)
    return []
}

/// A key that is another one's from now on, in one context.
struct KeyChange: Hashable, Sendable {
    let context: KeyContext
    let key: Key
    /// `nil`: nothing.
    let command: Command?

    init(_ context: KeyContext, _ key: Key, _ command: Command?) {
        self.context = context
        self.key = key
        self.command = command
    }
}

extension Keymap {
    /// The same with changes: what a row says stays true of the keys that are left in it.
    func changed(_ name: String, by changes: [KeyChange]) -> Keymap {
        let places = Set(changes.map { KeyPlace(context: $0.context, key: $0.key) })
        var sections = sections.map { section in
            KeySection(title: section.title, rows: section.rows.flatMap { $0.without(places) })
        }
        let added = Self.rows(of: changes)
        for row in added where row.contexts != [.normal] {
            let command = row.keys[0].command
            let home = self.sections.firstIndex { $0.rows.contains { $0.has(command) && !$0.contexts.isEmpty } }
            let place = home ?? sections.count - 1
            let section = sections[place]
            // Beside its other keys.
            let end = section.rows.lastIndex { $0.has(command) }.map { $0 + 1 } ?? section.rows.count
            let rows = section.rows[..<end] + [row] + section.rows[end...]
            sections[place] = KeySection(title: section.title, rows: Array(rows))
        }
        let letters = added.filter { $0.contexts == [.normal] }
        if !letters.isEmpty { sections.insert(KeySection(title: Self.letters, rows: letters), at: 0) }
        return Keymap(name, sections)
    }

    /// They are commands there alone: the help says so.
    private static let letters = "While letters are commands"

    /// A row for each command, as far as its keys hold in the same contexts.
    private static func rows(of changes: [KeyChange]) -> [KeyRow] {
        var rows: [(command: Command, keys: [Key], contexts: Set<KeyContext>)] = []
        var contexts: [Binding: Set<KeyContext>] = [:]
        var order: [Binding] = []
        for change in changes {
            guard let command = change.command else { continue }
            let binding = Binding(key: change.key, command: command)
            if contexts[binding] == nil { order.append(binding) }
            contexts[binding, default: []].insert(change.context)
        }
        for binding in order {
            let held = contexts[binding] ?? []
            if let place = rows.firstIndex(where: { $0.command == binding.command && $0.contexts == held }) {
                rows[place].keys.append(binding.key)
            } else {
                rows.append((binding.command, [binding.key], held))
            }
        }
        return rows.map { row in
            KeyRow(
                keys: row.keys.map { ($0, row.command) }, NamedCommand.of(row.command)?.does ?? "", in: row.contexts)
        }
    }

    private struct Binding: Hashable {
        let key: Key
        let command: Command
    }
}

private struct KeyPlace: Hashable {
    let context: KeyContext
    let key: Key
}

extension KeyRow {
    fileprivate func has(_ command: Command) -> Bool { keys.contains { $0.command == command } }

    /// What is left where some keys are others' in some contexts: there each command says for itself what it does.
    fileprivate func without(_ places: Set<KeyPlace>) -> [KeyRow] {
        // A row that only tells more of keys of the chat.
        guard !contexts.isEmpty else {
            return keys.contains { places.contains(KeyPlace(context: .chat, key: $0.key)) } ? [] : [self]
        }
        let kept = Dictionary(grouping: contexts) { context in
            keys.map { !places.contains(KeyPlace(context: context, key: $0.key)) }
        }
        guard kept.keys.contains(where: { $0.contains(false) }) else { return [self] }
        let parts = kept.sorted { one, other in
            one.value.map(\.rawValue).sorted().lexicographicallyPrecedes(other.value.map(\.rawValue).sorted())
        }
        return parts.flatMap { isKept, contexts -> [KeyRow] in
            let left = zip(keys, isKept).filter(\.1).map(\.0)
            if left.count == keys.count { return [KeyRow(keys: left, does, in: Set(contexts))] }
            return commands(left).map { command in
                KeyRow(
                    keys: left.filter { $0.command == command },
                    does.isEmpty ? "" : NamedCommand.of(command)?.does ?? does, in: Set(contexts))
            }
        }
    }

    private func commands(_ keys: [(key: Key, command: Command)]) -> [Command] {
        keys.map(\.command).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

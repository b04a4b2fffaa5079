/// Some keys that belong together: what they do, in which words the help tells it, and where they hold.
struct KeyRow: Sendable {
    let keys: [(key: Key, command: Command)]
    /// Empty: it goes without saying.
    let does: String
    let contexts: Set<KeyContext>

    init(_ keys: KeyValuePairs<Key, Command>, _ does: String, in contexts: Set<KeyContext>) {
        self.init(keys: keys.map { ($0.key, $0.value) }, does, in: contexts)
    }

    init(keys: [(key: Key, command: Command)], _ does: String, in contexts: Set<KeyContext>) {
        self.keys = keys
        self.does = does
        self.contexts = contexts
    }

    /// `Tab, Shift-Tab`
    var names: String { keys.map(\.key.name).joined(separator: ", ") }
}

/// All rows about one thing.
struct KeySection: Sendable {
    let title: String
    let rows: [KeyRow]
}

/// Every key there is, and what it is for. Whoever decodes, explains or documents keys reads them here.
struct Keymap: Sendable {
    let name: String
    let sections: [KeySection]
    private let places: KeyPlaces
    /// Letters can be commands in the chat.
    let hasModes: Bool

    init(_ name: String, _ sections: [KeySection]) {
        self.name = name
        self.sections = sections
        places = KeyPlaces(sections)
        hasModes = sections.contains { $0.rows.contains { $0.contexts.contains(.normal) } }
    }

    /// What `key` is for; `nil`: nothing.
    func command(for key: Key, in context: KeyContext) -> Command? {
        if let command = places[context].commands[key] { return command }
        guard context.isWritable, key.first == nil, case .character(let character) = key.code,
            key.modifiers.isSubset(of: .shift)
        else { return nil }
        return .edit(.insert(character))
    }

    /// No letter is anything but text in the chat.
    var hasLettersAsText: Bool { !places[.chat].takesLetters }

    /// All that are bound in a context.
    func bound(in context: KeyContext) -> [Key: Command] { places[context].commands }

    /// Whether something here takes two keys, of which `key` is the first.
    func isFirst(_ key: Key, in context: KeyContext) -> Bool {
        key.first == nil && places[context].firsts.contains(key.stroke)
    }

    // MARK: What is said of keys

    /// The first key for a command, as people call it; `nil` if there is none.
    func name(of command: Command, in context: KeyContext) -> String? { key(for: command, in: context)?.name }

    /// How it is done, for a sentence: by its key, else as it is typed: `Ctrl-N`, `/new`.
    func way(to command: Command, in context: KeyContext = .chat) -> String {
        name(of: command, in: context) ?? TypedCommand.all.first { $0.command == command }.map { "/\($0.name)" }
            ?? tr("(no key)")
    }

    /// What a title says of that which there is no room for.
    func more(in context: KeyContext) -> String {
        tr("  \(way(to: .choice(.pageDown), in: context)): more")
    }

    func key(for command: Command, in context: KeyContext) -> Key? { places[context].keys[command] }

    /// What is said of a key where there is little room.
    struct Hint: Sendable {
        /// `F1 help`, `^N new`
        let text: String
        let key: Key
    }

    /// Those to begin with.
    func hints(in context: KeyContext) -> [Hint] {
        places[context].hints.map { Hint(text: "\($0.key.shortName) \(tr(key: $0.word))", key: $0.key) }
    }

    /// `nil`: no key does it here.
    func hint(_ command: Command, _ word: String, in context: KeyContext) -> Hint? {
        key(for: command, in: context).map { Hint(text: "\($0.shortName) \(word)", key: $0) }
    }

    /// All that is said of keys beside their rows, in English.
    static let hintWords = KeyPlaces.hinted.map(\.word)
}

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
    private let commands: [KeyContext: [Key: Command]]
    private let firsts: [KeyContext: Set<Key.Stroke>]
    /// The first key for each command: it is asked for with every frame.
    private let keys: [KeyContext: [Command: Key]]
    private let ranked: [KeyContext: [(key: Key, text: String)]]

    init(_ name: String, _ sections: [KeySection]) {
        self.name = name
        self.sections = sections
        var commands: [KeyContext: [Key: Command]] = [:]
        var firsts: [KeyContext: Set<Key.Stroke>] = [:]
        var keys: [KeyContext: [Command: Key]] = [:]
        for row in sections.flatMap(\.rows) {
            for context in row.contexts {
                for (key, command) in row.keys {
                    commands[context, default: [:]][key] = command
                    if keys[context]?[command] == nil { keys[context, default: [:]][command] = key }
                    if let first = key.first { firsts[context, default: []].insert(first) }
                }
            }
        }
        (self.commands, self.firsts, self.keys) = (commands, firsts, keys)
        ranked = keys.mapValues { keys in
            Self.hinted.compactMap { command, word in keys[command].map { ($0, "\($0.shortName) \(word)") } }
        }
    }

    /// What `key` is for; `nil`: nothing.
    func command(for key: Key, in context: KeyContext) -> Command? {
        if let command = commands[context]?[key] { return command }
        guard context.isWritable, key.first == nil, case .character(let character) = key.code,
            key.modifiers.isSubset(of: .shift)
        else { return nil }
        return .edit(.insert(character))
    }

    /// All that are bound in a context.
    func bound(in context: KeyContext) -> [Key: Command] { commands[context] ?? [:] }

    /// Whether something here takes two keys, of which `key` is the first.
    func isFirst(_ key: Key, in context: KeyContext) -> Bool {
        key.first == nil && firsts[context]?.contains(key.stroke) == true
    }

    /// Letters can be commands in the chat.
    var hasModes: Bool { commands[.normal] != nil }

    // MARK: What is said of keys

    /// The first key for a command, as people call it; `nil` if there is none.
    func name(of command: Command, in context: KeyContext) -> String? { key(for: command, in: context)?.name }

    /// As short as a status line wants it: `^R`.
    func shortName(of command: Command, in context: KeyContext) -> String? {
        key(for: command, in: context)?.shortName
    }

    /// How it is done, for a sentence: by its key, else as it is typed: `Ctrl-N`, `/new`.
    func way(to command: Command, in context: KeyContext = .chat) -> String {
        name(of: command, in: context) ?? TypedCommand.all.first { $0.command == command }.map { "/\($0.name)" }
            ?? "(no key)"
    }

    /// What a title says of that which there is no room for.
    func more(in context: KeyContext) -> String { "  \(way(to: .choice(.pageDown), in: context)): more" }

    func key(for command: Command, in context: KeyContext) -> Key? { keys[context]?[command] }

    /// The words that the status line has for keys, those to begin with first.
    private static let hinted: [(command: Command, word: String)] = [
        (.program(.help), "help"), (.conversations(.new), "new"), (.program(.quit), "quit"),
        (.conversations(.find), "find"), (.conversations(.search), "search"),
    ]

    /// `F1 help`, `^N new`
    func hints(in context: KeyContext) -> [String] { ranked[context]?.map(\.text) ?? [] }

    /// The key that a hint names.
    func key(of hint: String, in context: KeyContext) -> Key? { ranked[context]?.first { $0.text == hint }?.key }
}

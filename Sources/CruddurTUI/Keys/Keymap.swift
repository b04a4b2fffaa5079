/// Where a key holds.
enum KeyContext: Hashable, Sendable, CaseIterable {
    /// The transcript and the compose line.
    case chat
    /// The list of conversations, where a narrow terminal shows nothing else.
    case list
    case help
    /// The question for a handle.
    case prompt
    case finder
    case search
    /// The form of a sign-in.
    case form
    /// A choice among the links of a message.
    case links
    /// A choice of what may complete a word.
    case completion
    /// All that is known of a message.
    case details
    /// The calls, and one of them whole.
    case calls
    /// The table's items, and one of them whole.
    case row
    /// What the demo's backend does as the seed does it.
    case stage
    /// The question whether to quit.
    case quit
}

/// Some keys that belong together: what they do, in which words the help tells it, and where they hold.
struct KeyRow: Sendable {
    let keys: [(key: Key, command: Command)]
    /// Empty: it goes without saying.
    let does: String
    let contexts: Set<KeyContext>
    let hint: KeyHint?

    init(
        _ keys: KeyValuePairs<Key, Command>, _ does: String, in contexts: Set<KeyContext>, hint: KeyHint? = nil
    ) {
        self.keys = keys.map { ($0.key, $0.value) }
        self.does = does
        self.contexts = contexts
        self.hint = hint
    }

    /// `Tab, Shift-Tab`
    var names: String { keys.map(\.key.name).joined(separator: ", ") }
}

/// The word for a row's first key on the status line, and in which order such words get room there.
struct KeyHint: Sendable {
    let word: String
    let rank: Int
}

/// All rows about one thing.
struct KeySection: Sendable {
    let title: String
    let rows: [KeyRow]
}

/// Every key there is. Whoever decodes, explains or documents keys reads them here.
enum Keymap {
    /// What `key` is for; `nil`: nothing.
    static func command(for key: Key, in context: KeyContext) -> Command? {
        if let command = commands[context]?[key] { return command }
        guard writable.contains(context), !key.isSecond, case .character(let character) = key.code,
            key.modifiers.isSubset(of: .shift)
        else { return nil }
        return .edit(.insert(character))
    }

    /// Whether something here takes two keys.
    static func hasSeconds(in context: KeyContext) -> Bool {
        commands[context]?.keys.contains(where: \.isSecond) ?? false
    }

    /// Where a character is written as it is. In the list, whoever types wants to write.
    private static let writable: Set<KeyContext> = [.chat, .list, .prompt, .finder, .search, .form]

    private static let commands: [KeyContext: [Key: Command]] = {
        var commands: [KeyContext: [Key: Command]] = [:]
        for row in sections.flatMap(\.rows) {
            for context in row.contexts {
                for (key, command) in row.keys { commands[context, default: [:]][key] = command }
            }
        }
        return commands
    }()

    /// The first key for a command, as people call it; `nil` if there is none.
    static func name(of command: Command, in context: KeyContext) -> String? {
        key(for: command, in: context)?.name
    }

    /// As short as a status line wants it: `^R`.
    static func shortName(of command: Command, in context: KeyContext) -> String? {
        key(for: command, in: context)?.shortName
    }

    private static func key(for command: Command, in context: KeyContext) -> Key? {
        sections.flatMap(\.rows).filter { $0.contexts.contains(context) }.flatMap(\.keys)
            .first { $0.command == command }?.key
    }

    /// `F1 help`, `^N new`: for the status line, the ones to begin with first.
    static let hints: [String] = ranked.map(\.text)

    /// The key that a hint names.
    static func key(of hint: String) -> Key? { ranked.first { $0.text == hint }?.key }

    private static let ranked = sections.flatMap(\.rows)
        .compactMap { row in
            row.hint.map { (rank: $0.rank, key: row.keys[0].key, text: "\(row.keys[0].key.shortName) \($0.word)") }
        }
        .sorted { $0.rank < $1.rank }
}

/// Where a key holds.
enum KeyContext: String, Hashable, Sendable, CaseIterable {
    /// The transcript and the compose line.
    case chat
    /// The same while letters are commands, where the keymap has that.
    case normal
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
    /// A part of a message, while it is marked.
    case part
    /// The calls, and one of them whole.
    case calls
    /// The table's items, and one of them whole.
    case row
    /// What the demo's backend does as the seed does it.
    case stage
    /// The question whether to quit.
    case quit

    static let anywhere = Set(allCases).subtracting([.normal])
    /// Where a line is edited.
    static let lines: Set<KeyContext> = [.chat, .prompt, .finder, .search, .form]
    /// Where a cursor moves through a text.
    static let texts = lines.union([.part])
    static let questions: Set<KeyContext> = [.prompt, .finder, .search]
    /// What stands in front of the chat, and can be closed.
    static let inFront = anywhere.subtracting([.chat, .list])

    /// Where a character is written as it is. In the list, whoever types wants to write.
    var isWritable: Bool { Self.lines.contains(self) || self == .list }
}

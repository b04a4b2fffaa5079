import ChatClient

/// A key or a paste, kept for later.
enum Typed: Equatable, Sendable {
    case key(Key)
    case paste(String)
}

/// What is typed while a question waits for its answer: it is meant for the one whom the answer names.
struct TypeAhead: Sendable {
    /// The handle that is being looked up.
    private(set) var handle: String?
    /// What keys are for.
    private var keys = Keymap.readline
    /// What came since, in order.
    private(set) var typed: [Typed] = []
    /// What was meant for somebody whom no answer named. It waits for a better question.
    private(set) var unplaced = ""

    var isWaiting: Bool { handle != nil }

    mutating func wait(for handle: String, _ keys: Keymap) { (self.handle, self.keys) = (handle, keys) }
    mutating func keep(_ input: Typed) { typed.append(input) }

    /// The answer names nobody, or is not waited for any more: what was typed is a text now.
    mutating func giveUp() {
        self = TypeAhead(unplaced: text)
    }

    init() {}

    private init(unplaced: String) { self.unplaced = unplaced }

    /// All that was written, as a text. Keys that only move say nothing.
    var text: String {
        guard !typed.isEmpty else { return unplaced }
        var buffer = TextBuffer()
        for input in typed {
            switch input {
            case .paste(let text): buffer.insert(LineBreaks.asLines(text))
            case .key(let key): write(key, into: &buffer)
            }
        }
        // The Enter that was to send it is none of its lines.
        let written = String(buffer.text.reversed().drop(while: \.isNewline).reversed())
        return [unplaced, written].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func write(_ key: Key, into buffer: inout TextBuffer) {
        switch keys.command(for: key, in: .chat) {
        case .edit(.insert(let character)): buffer.insert(String(character))
        case .edit(.deleteBackward): buffer.deleteBackward()
        case .compose(.send), .compose(.newline): buffer.insert("\n")
        default: break
        }
    }
}

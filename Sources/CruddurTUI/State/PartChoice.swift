/// A part of a message, marked by keys. Its text is only moved through.
struct PartChoice: Equatable, Sendable {
    private(set) var text: TextBuffer
    /// Where the part begins, in UTF-8 bytes; `nil`: nowhere yet.
    private(set) var mark: Int?

    /// Columns and rows that its text has on a screen.
    static func room(_ screen: CellSize) -> (width: Int, height: Int) {
        (max(1, min(screen.width - 4, 76)), max(1, screen.height - 3))
    }

    init(_ text: String) {
        self.text = TextBuffer(text)
        self.text.moveToStart()
    }

    /// From the mark to the cursor with the character that it stands on, whichever comes first; `nil`: nothing is marked.
    var range: Range<Int>? {
        guard let mark else { return nil }
        let (start, end) = (min(mark, text.cursor), max(mark, text.cursor))
        var last = text
        last.move(toOffset: end)
        last.moveRight()
        return start..<last.cursor
    }

    /// What is marked.
    var part: String? {
        range.map { String(decoding: Array(text.text.utf8)[$0], as: UTF8.self) }
    }

    /// The part begins at the cursor.
    mutating func begin() { mark = text.cursor }

    /// - Parameter command: one that changes nothing; others do nothing.
    mutating func move(_ command: EditCommand) {
        guard command.isMove else { return }
        var killed = KillRing()
        edit(&text, command, killed: &killed)
    }

    /// Up and down in the text as it is shown, in `width` columns.
    mutating func move(byRows step: Int, width: Int) {
        let shown = ComposeText(text, width: width)
        let row = min(max(0, shown.cursorRow + step), shown.rows.count - 1)
        text.move(toOffset: shown.offset(row: row, column: shown.cursorColumn))
    }
}

extension EditCommand {
    /// It only moves the cursor.
    var isMove: Bool {
        switch self {
        case .left, .right, .wordLeft, .wordRight, .lineStart, .lineEnd, .textStart, .textEnd: true
        case .insert, .deleteBackward, .deleteForward, .killToLineStart, .killToLineEnd, .killWordBackward,
            .killLettersBackward, .killWordForward, .killAll, .yank, .yankEarlier, .transpose, .undo, .redo:
            false
        }
    }
}

/// Keys while a part of a message is marked.
func updatePart(_ state: inout AppState, _ command: ChoiceCommand, _ part: PartChoice) -> [Effect] {
    var part = part
    let (width, page) = PartChoice.room(state.size)
    switch command {
    case .up: part.move(byRows: -1, width: width)
    case .down: part.move(byRows: 1, width: width)
    case .pageUp: part.move(byRows: -page, width: width)
    case .pageDown: part.move(byRows: page, width: width)
    case .take:
        if let copied = part.part {
            state.overlay = nil
            state.notice = .init(text: tr("Copied: \(copied.excerpt)"))
            return [.copy(copied)]
        }
        part.begin()
    case .close: break
    }
    state.overlay = .part(part)
    return []
}

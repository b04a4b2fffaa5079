/// What readline does, on any line of text.
func edit(_ buffer: inout TextBuffer, _ command: EditCommand, killed: inout String) {
    func keep(_ text: String) { if !text.isEmpty { killed = text } }
    switch command {
    case .insert(let character): buffer.insert(String(character))
    case .left: buffer.moveLeft()
    case .right: buffer.moveRight()
    case .wordLeft: buffer.moveWordLeft()
    case .wordRight: buffer.moveWordRight()
    case .lineStart: buffer.moveToLineStart()
    case .lineEnd: buffer.moveToLineEnd()
    case .textStart: buffer.moveToStart()
    case .textEnd: buffer.moveToEnd()
    case .deleteBackward: buffer.deleteBackward()
    case .deleteForward: buffer.deleteForward()
    case .killToLineStart: keep(buffer.killToLineStart())
    case .killToLineEnd: keep(buffer.killToLineEnd())
    case .killWordBackward: keep(buffer.killWordBackward())
    case .killLettersBackward: keep(buffer.killLettersBackward())
    case .killWordForward: keep(buffer.killWordForward())
    case .killAll: keep(buffer.killAll())
    case .yank: buffer.insert(killed)
    case .transpose: buffer.transpose()
    case .undo: buffer.undo()
    }
}

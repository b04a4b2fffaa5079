/// What readline does, on any line of text.
func edit(_ buffer: inout TextBuffer, _ command: EditCommand, killed: inout KillRing) {
    func keep(_ text: String) { killed.keep(text) }
    if command != .yank, command != .yankEarlier { killed.leave() }
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
    case .yank: killed.yank(into: &buffer)
    case .yankEarlier: killed.yankEarlier(into: &buffer)
    case .transpose: buffer.transpose()
    case .undo: buffer.undo()
    case .redo: buffer.redo()
    }
}

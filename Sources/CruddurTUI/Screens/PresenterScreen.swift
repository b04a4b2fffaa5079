import TerminalText

/// The presenter's mode: the chat with a margin, in what a projector shows, and the keys below it.
enum PresenterScreen {
    /// - Parameter chat: as large as `Presentation.room` says.
    static func draw(_ chat: Canvas, _ state: AppState) -> Canvas {
        guard let presentation = state.presentation else { return chat }
        let room = Presentation.room(state.terminal)
        var canvas = Canvas(width: state.terminal.width, height: state.terminal.height)
        canvas.put(chat, x: room.x, y: room.y)
        for y in 0..<canvas.height {
            // Faint is gone on a wall.
            canvas.restyle(x: 0..<canvas.width, y: y) { $0.attributes.remove(.dim) }
        }
        let line = room.y + room.size.height + 1
        guard line < canvas.height else { return canvas }
        var x = room.x
        for press in newest(presentation.shown(state.now), within: room.size.width) {
            x = canvas.put(Lines.single(" \(press.words) "), x: x, y: line, style: Theme.count) + 1
        }
        return canvas
    }

    /// Those for which there is room.
    private static func newest(_ presses: [Presentation.Press], within width: Int) -> [Presentation.Press] {
        var left = width
        return presses.reversed().prefix { press in
            left -= Lines.width(Lines.single(press.words)) + 3
            return left >= 0
        }.reversed()
    }
}

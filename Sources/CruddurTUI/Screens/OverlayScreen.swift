import ChatClient
import TerminalText

/// What stands in front of everything: help, questions.
enum OverlayScreen {
    static func draw(_ state: AppState, on canvas: inout Canvas) {
        switch state.overlay {
        case nil:
            break
        case .help(let scroll):
            help(scroll: scroll, on: &canvas)
        case .newConversation(let prompt):
            newConversation(prompt, on: &canvas)
        case .findGroup(let finder):
            find(finder, state, on: &canvas)
        case .search(let search):
            SearchScreen.draw(search, state, on: &canvas)
        case .quit:
            let what = state.unsaved == 1 ? "A text is not sent yet" : "\(state.unsaved) texts are not sent yet"
            let question = "\(what) and would be lost. Ctrl-Q again quits, Esc goes back."
            box(title: "Quit?", rows: rows(question, canvas), on: &canvas)
        }
    }

    /// The rows of the help, also for those who scroll it.
    static let help: [(keys: String, does: String)] = [
        ("Enter", "send the message"),
        ("Alt-Enter, Ctrl-J", "a new line in the message"),
        ("Tab, Shift-Tab", "next, previous conversation"),
        ("Ctrl-N", "new conversation: write to a handle"),
        ("Ctrl-F", "find a conversation by name or handle"),
        ("Ctrl-S", "search all messages"),
        ("PageUp, PageDown", "scroll the conversation by pages"),
        ("Up, Down", "what you sent before; move within a long message"),
        ("Shift-Up, Shift-Down", "scroll by lines"),
        ("Home, End", "start, end of the line; of the conversation when nothing is written"),
        ("Ctrl-Home, Ctrl-End", "oldest, newest message"),
        ("Ctrl-R", "refresh now; try again when offline"),
        ("Alt-R, Alt-E, Alt-X", "resend, edit, discard a message that was not sent"),
        ("Ctrl-A, Ctrl-E", "start, end of the line"),
        ("Alt-B, Alt-F", "a word back, forward (also Ctrl-Left, Ctrl-Right)"),
        ("Ctrl-U, Ctrl-K", "delete to the start, end of the line"),
        ("Ctrl-W, Alt-D", "delete the word before, after the cursor"),
        ("Ctrl-Y, Ctrl-_", "put back what was deleted; undo"),
        ("Ctrl-T, Ctrl-D", "swap two letters; delete a letter"),
        ("Esc", "close this; in a narrow terminal: to the conversations"),
        ("Ctrl-L, Ctrl-Z", "draw the screen anew; suspend"),
        ("F1", "this help"),
        ("Ctrl-Q", "quit"),
        ("", ""),
        ("◦ … ↑ ✓", "waits, is being sent, taken by the server, listed by it"),
        ("? !", "may not have arrived, was not sent"),
    ]

    private static func help(scroll: Int, on canvas: inout Canvas) {
        let keyWidth = canvas.width >= 60 ? 22 : 0
        let width = min(canvas.width - 4, 76)
        var lines: [[Cluster]] = []
        for (keys, does) in help {
            if keyWidth > 0 {
                let padding = Array(repeating: Cluster.space, count: max(1, keyWidth - Lines.width(Lines.single(keys))))
                let rows = Wrapping.rows(of: does, width: max(1, width - keyWidth))
                for (position, row) in rows.enumerated() {
                    let start = position == 0 ? Lines.single(keys) + padding : Array(repeating: .space, count: keyWidth)
                    lines.append(start + row)
                }
            } else {
                lines += Wrapping.rows(of: keys.isEmpty ? "" : "\(keys): \(does)", width: max(1, width))
            }
        }
        let room = max(1, canvas.height - 3)
        let first = max(0, min(scroll, lines.count - room))
        let more = first + room < lines.count ? "  PageDown: more" : ""
        box(title: "Help\(more)  Esc: close", rows: Array(lines.dropFirst(first).prefix(room)), on: &canvas)
    }

    private static func newConversation(_ prompt: AppState.Prompt, on canvas: inout Canvas) {
        var lines = [Lines.single("To @" + prompt.input.text), []]
        if prompt.isBusy {
            lines.append(Lines.single("Looking for @\(prompt.input.text)…"))
        } else if let problem = prompt.problem {
            lines += rows(problem, canvas)
        } else {
            lines += rows("The handle of the person, then Enter. Nothing is sent yet. Esc goes back.", canvas)
        }
        box(title: "New conversation", rows: lines, cursor: cursorColumn("To @", prompt.input), on: &canvas)
    }

    private static func find(_ finder: AppState.Finder, _ state: AppState, on canvas: inout Canvas) {
        let found = state.found(finder)
        let room = max(1, canvas.height - 6)
        let first = max(0, min(finder.selected - room / 2, found.count - room))
        var lines = [Lines.single("Find " + finder.input.text), []]
        if found.isEmpty { lines.append(Lines.single("No conversation has this in its name or handle.")) }
        for (position, group) in found.enumerated().dropFirst(first).prefix(room) {
            let pointer = position == finder.selected ? "› " : "  "
            let unread = group.unread > 0 ? "  (\(group.unread))" : ""
            lines.append(Lines.single("\(pointer)\(group.title.displayName) @\(group.title.handle)\(unread)"))
        }
        box(title: "Find a conversation", rows: lines, cursor: cursorColumn("Find ", finder.input), on: &canvas)
    }

    static func cursorColumn(_ label: String, _ input: TextBuffer) -> Int {
        let before = String(decoding: input.text.utf8.prefix(input.cursor), as: UTF8.self)
        return label.count + Lines.width(Lines.single(before))
    }

    private static func rows(_ text: String, _ canvas: Canvas) -> [[Cluster]] {
        Wrapping.rows(of: text, width: max(1, min(canvas.width - 4, 60)))
    }

    /// A frame in the middle with `rows` inside; where there is no room for a frame, none.
    static func box(
        title: String, rows: [[Cluster]], cursor: Int? = nil, on canvas: inout Canvas
    ) {
        let framed = canvas.width >= 10 && canvas.height >= 4
        let inset = framed ? 2 : 0
        let wanted = max(
            Lines.width(Lines.single(title)) + 2, rows.map { Lines.width($0) }.max() ?? 0, min(40, canvas.width))
        let width = min(wanted + inset * 2, canvas.width)
        let height = min(rows.count + (framed ? 2 : 0), canvas.height)
        let x = (canvas.width - width) / 2
        let y = (canvas.height - height) / 2
        canvas.fill(x: x..<x + width, y: y..<y + height)
        if framed { frame(title, x: x..<x + width, y: y..<y + height, on: &canvas) }
        let top = framed ? y + 1 : y
        let bottom = y + height - (framed ? 1 : 0)
        for (position, row) in rows.enumerated() where top + position < bottom {
            canvas.put(row, x: x + inset, y: top + position, limit: x + width - inset)
        }
        canvas.cursor = cursor.map {
            Canvas.Point(x: min(x + inset + $0, canvas.width - 1), y: min(top, canvas.height - 1))
        }
    }

    private static func frame(_ title: String, x: Range<Int>, y: Range<Int>, on canvas: inout Canvas) {
        let (left, right, top, bottom) = (x.lowerBound, x.upperBound - 1, y.lowerBound, y.upperBound - 1)
        canvas.fill(x: x, y: top..<top + 1, with: Cluster("─", width: 1), style: Theme.border)
        canvas.fill(x: x, y: bottom..<bottom + 1, with: Cluster("─", width: 1), style: Theme.border)
        for row in y {
            canvas.put("│", x: left, y: row, style: Theme.border)
            canvas.put("│", x: right, y: row, style: Theme.border)
        }
        for (corner, cornerX, cornerY) in [
            ("┌", left, top), ("┐", right, top), ("└", left, bottom), ("┘", right, bottom),
        ] {
            canvas.put(corner, x: cornerX, y: cornerY, style: Theme.border)
        }
        canvas.put(
            Lines.fit(Lines.single(" \(title) "), width: x.count - 2), x: left + 1, y: top, style: Theme.strong,
            limit: right)
    }
}

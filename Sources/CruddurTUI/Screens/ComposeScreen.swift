import ChatClient
import ExactText
import TerminalText

/// The compose line, the rule above it with the counter, and the cursor.
enum ComposeScreen {
    private static let prompt = Lines.single("› ")
    /// Where letters are commands.
    private static let normalPrompt = Lines.single("‹ ")
    /// Below so many code points left, the counter is hard to miss.
    private static let low = 100

    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        rule(state, layout, on: &canvas)
        guard !layout.compose.isEmpty else { return }
        let left = layout.conversation.lowerBound
        let limit = layout.conversation.upperBound
        let text = state.composeText(width: layout.composeWidth)
        let height = layout.compose.count
        let first = text.firstRow(height: height)
        let textX = canvas.put(
            state.isNormal ? normalPrompt : prompt, x: left, y: layout.compose.lowerBound, style: Theme.bar,
            limit: limit)
        let draft = state.draft
        let wrong = state.spelling.wrong(in: draft).map(\.range)
        for (position, row) in text.rows.dropFirst(first).prefix(height).enumerated() {
            let y = layout.compose.lowerBound + position
            canvas.put(row.clusters, x: textX, y: y, limit: limit)
            for range in wrong { mark(range, of: row, x: textX, y: y, on: &canvas) }
        }
        if draft.isEmpty, let hint = departing(state) ?? hint(state) {
            canvas.put(
                Lines.fit(Lines.single(hint), width: limit - textX), x: textX, y: layout.compose.lowerBound,
                style: Theme.quiet, limit: limit)
        }
        // It stands at the focus: that is the selected message, as long as one is.
        guard canvas.cursor == nil else { return }
        canvas.cursor = Canvas.Point(
            x: min(textX + text.cursorColumn, canvas.width - 1),
            y: layout.compose.lowerBound + text.cursorRow - first)
        canvas.echoesLetters = textX + text.cursorColumn + 1 < limit && echoesLetters(state, text, layout)
    }

    /// Whether a letter that is typed now is written behind all there is, joins nothing, and moves nothing.
    private static func echoesLetters(_ state: AppState, _ text: ComposeText, _ layout: Layout) -> Bool {
        let draft = state.draft
        return state.context == .chat && state.keys.hasLettersAsText && state.begun == nil
            && !state.typeAhead.isWaiting && !state.snapshot.isReadOnly
            && draft.cursor == draft.text.utf8.count && draft.text.utf8.last.map(Key.isPlain) == true
            && text.cursorColumn + 1 < layout.composeWidth
            // Behind a full row it takes a word along.
            && !text.rows[text.cursorRow].clusters.isEmpty
    }

    /// A word that is wrong, as far as it is in this row.
    private static func mark(_ range: Range<Int>, of row: ComposeText.Row, x: Int, y: Int, on canvas: inout Canvas) {
        var x = x
        for (cluster, offset) in zip(row.clusters, row.offsets) {
            if range.contains(offset) { canvas.restyle(x: x..<x + cluster.width, y: y) { $0 = Theme.wrong } }
            x += cluster.width
        }
    }

    /// It stays as it is, below what is said on it.
    static func line(_ layout: Layout, on canvas: inout Canvas) {
        canvas.fill(x: layout.conversation, y: layout.rule, with: Cluster("─", width: 1), style: Theme.border)
    }

    private static func rule(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        guard let y = layout.rule.first else { return }
        let columns = layout.conversation
        let remaining = state.remainingScalars
        let label = " \(remaining) "
        let counter = remaining < 0 ? Theme.problem : remaining < low ? Theme.unread : Theme.quiet
        let x = max(columns.lowerBound, columns.upperBound - label.count - 1)
        canvas.put(label, x: x, y: y, style: counter, limit: columns.upperBound)
        if remaining >= low { canvas.letWait(x: x..<columns.upperBound, y: y) }
        notice(state, layout, room: columns.count - label.count - 3, on: &canvas)
    }

    /// At most so many rows of the transcript may be behind a notice.
    private static let mostNoticeRows = 4

    /// On the rule, and above it as far as its words need room: half a sentence does not tell what to do.
    private static func notice(_ state: AppState, _ layout: Layout, room: Int, on canvas: inout Canvas) {
        let choices = state.notice == nil ? choices(state, room: room - 2) : []
        guard let y = layout.rule.first,
            let notice = state.notice
                ?? (choices.isEmpty
                    ? streamLag(state) : .init(text: choices.map(\.text).joined(separator: StatusScreen.gap)))
        else { return }
        let style = notice.isProblem ? Theme.problem : state.notice == nil ? Theme.quiet : Theme.strong
        let all = Wrapping.rows(of: notice.text, width: max(1, room - 2))
        let count = max(1, min(all.count, mostNoticeRows, layout.transcript.count / 2 + 1))
        // What does not fit at all ends with a mark that says so.
        var rows = all.prefix(count - 1).map { Array($0) }
        rows.append(Lines.fit(Array(all.dropFirst(count - 1).joined()), width: max(1, room - 2)))
        let columns = layout.conversation
        for (position, row) in rows.enumerated() {
            let top = y - rows.count + 1 + position
            if top < y { canvas.fill(x: columns, y: top..<top + 1) }
            canvas.put(
                [.space] + row + [.space], x: columns.lowerBound + 1, y: top, style: style, limit: columns.upperBound)
        }
        StatusScreen.mark(choices, from: columns.lowerBound + 2, y: y, on: &canvas)
    }

    /// Where the list is alone: over its last rows.
    static func drawNotice(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        let (list, columns) = (layout.list, layout.groups)
        guard let notice = state.notice, !list.isEmpty else { return }
        let rows = Wrapping.rows(of: notice.text, width: max(1, columns.count - 2)).prefix(min(4, list.count))
        for (position, row) in rows.enumerated() {
            let y = list.upperBound - rows.count + position
            canvas.fill(x: columns, y: y..<y + 1)
            canvas.put(
                row, x: columns.lowerBound + 1, y: y, style: notice.isProblem ? Theme.problem : Theme.strong,
                limit: columns.upperBound)
        }
    }

    /// As many as one line takes: the selected message stays in view.
    private static func choices(_ state: AppState, room: Int) -> [Keymap.Hint] {
        let all = state.choices
        var fitting = Array(all.prefix(1))
        for choice in all.dropFirst() {
            let line = (fitting + [choice]).map(\.text).joined(separator: StatusScreen.gap)
            if Lines.width(Lines.single(line)) <= room { fitting.append(choice) }
        }
        return fitting
    }

    /// How long it took until our poll saw the list show the last message that was sent here.
    private static func streamLag(_ state: AppState) -> AppState.Notice? {
        guard let lag = state.summary?.listedAfter, lag.isFinite else { return nil }
        return .init(text: tr("stream lag, as polled: \(StreamLag.words(lag))"))
    }

    /// What was sent, as long as it is nowhere else.
    private static func departing(_ state: AppState) -> String? {
        guard let text = state.selected.flatMap(state.drafts.lastDeparting) else { return nil }
        // The answer that it is in the outbox may come after the outbox itself.
        let isShown = state.transcript?.entries.suffix(20).contains { $0.isOwn && $0.text.isExactly(text) } ?? false
        return isShown ? nil : text
    }

    private static func hint(_ state: AppState) -> String? {
        if state.snapshot.isReadOnly { return tr("For reading only") }
        guard let title = state.title else { return nil }
        guard state.isNormal else { return tr("Write to \(title.displayName)") }
        return tr("\(state.keys.way(to: .mode(.insert), in: .normal)): write to \(title.displayName)")
    }
}

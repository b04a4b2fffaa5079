import ChatClient
import TerminalText

/// The right pane: who it is with, and what was said.
enum TranscriptScreen {
    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        title(state, layout, on: &canvas)
        guard state.selected != nil else { return nothingSelected(state, layout, on: &canvas) }
        guard !state.isForgotten else { return forgotten(state.keys, layout, on: &canvas) }
        guard let transcript = state.transcript else { return centred([tr("Loading…")], layout, on: &canvas) }
        guard !transcript.entries.isEmpty else { return empty(transcript, layout, on: &canvas) }
        let view = state.view
        // A short conversation stands above the compose line, where one writes.
        let top = layout.transcript.upperBound - view.rows.count
        for (position, row) in view.rows.enumerated() {
            draw(row, y: top + position, layout.conversation, on: &canvas)
        }
        if let day = state.day(in: view) { self.day(day, layout, on: &canvas) }
        if !view.isAtNewest || transcript.newer > 0 { below(view, transcript, state, layout, on: &canvas) }
    }

    private static func title(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        guard !layout.title.isEmpty else { return }
        let columns = layout.conversation
        if let title = state.title {
            let name = Lines.fit(Lines.single(title.displayName), width: columns.count - 2)
            let x = canvas.put(
                name, x: columns.lowerBound + 1, y: layout.title.lowerBound, style: Theme.strong,
                limit: columns.upperBound)
            let isListed = state.summary?.isListed ?? true
            let handle = " @\(title.handle)" + (isListed ? "" : " · \(tr("the server lists it no more"))")
            canvas.put(
                Lines.fit(Lines.single(handle), width: columns.upperBound - x), x: x, y: layout.title.lowerBound,
                style: Theme.quiet, limit: columns.upperBound)
        } else {
            canvas.put(
                "Cruddur", x: columns.lowerBound + 1, y: layout.title.lowerBound, style: Theme.strong,
                limit: columns.upperBound)
        }
        guard layout.title.count == 2 else { return }
        canvas.fill(
            x: columns, y: layout.title.lowerBound + 1..<layout.title.upperBound, with: Cluster("─", width: 1),
            style: Theme.border)
    }

    /// Of the first row in view, on the line below the title, where it is not among the rows.
    private static func day(_ name: String, _ layout: Layout, on canvas: inout Canvas) {
        let columns = layout.conversation
        let label = Lines.fit(Lines.single(" \(name) "), width: columns.count)
        if layout.title.count == 2 {
            let x = columns.lowerBound + max(0, (columns.count - Lines.width(label)) / 2)
            canvas.put(label, x: x, y: layout.title.lowerBound + 1, style: Theme.quiet, limit: columns.upperBound)
        } else if layout.title.count == 1 {
            canvas.put(
                label, x: columns.upperBound - Lines.width(label), y: layout.title.lowerBound, style: Theme.quiet,
                limit: columns.upperBound)
        }
    }

    private static func nothingSelected(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        let new = state.way(to: .conversations(.new))
        let text =
            state.snapshot.conversations.isEmpty
            ? tr("Write to somebody: \(new), then their handle.")
            : tr("\(state.way(to: .conversations(.next))) opens a conversation, \(new) starts a new one.")
        centred([text], layout, on: &canvas)
    }

    private static func empty(_ transcript: Transcript, _ layout: Layout, on canvas: inout Canvas) {
        guard transcript.isLoaded else { return centred([tr("Loading…")], layout, on: &canvas) }
        guard !transcript.isGroup else {
            return centred([tr("The server shows no messages of this conversation.")], layout, on: &canvas)
        }
        let title = transcript.title
        centred(
            [
                tr("A new conversation with \(title.displayName) (@\(title.handle))."),
                tr("Nothing is sent until you write the first message."),
            ], layout, on: &canvas)
    }

    private static func forgotten(_ keys: Keymap, _ layout: Layout, on canvas: inout Canvas) {
        centred(
            [
                tr("This conversation was forgotten, here or in another program."),
                tr(
                    "What you write stays in the line. \(keys.way(to: .conversations(.next))) goes to another conversation."
                ),
            ], layout, on: &canvas)
    }

    private static func centred(_ texts: [String], _ layout: Layout, on canvas: inout Canvas) {
        let columns = layout.conversation
        let rows = texts.flatMap { Wrapping.rows(of: $0, width: columns.count - 2) }
        let top = layout.transcript.lowerBound + max(0, (layout.transcript.count - rows.count) / 2)
        for (position, row) in rows.enumerated() where top + position < layout.transcript.upperBound {
            let x = columns.lowerBound + max(0, (columns.count - Lines.width(row)) / 2)
            canvas.put(row, x: x, y: top + position, style: Theme.quiet, limit: columns.upperBound)
        }
    }

    private static func below(
        _ view: TranscriptView, _ transcript: Transcript, _ state: AppState, _ layout: Layout,
        on canvas: inout Canvas
    ) {
        let below = transcript.entries.count - view.firstBelow + transcript.newer
        let count = transcript.newer >= 10_000 ? tr("over 10000") : "\(below)"
        let new = new(in: transcript, since: state.reading.lastSeen)
        let way = state.way(to: .reading(.newest))
        let label =
            new > 0 ? " \(tr("↓ \(new) new, \(count) below · \(way)")) " : " \(tr("↓ \(count) below · \(way)")) "
        let columns = layout.conversation
        let clusters = Lines.fit(Lines.single(label), width: columns.count)
        let x = columns.upperBound - Lines.width(clusters)
        canvas.mark(
            state.keys.key(for: .reading(.newest), in: state.context).map(Canvas.Target.key), x: x..<columns.upperBound,
            y: layout.transcript.upperBound - 1)
        canvas.put(
            clusters, x: x, y: layout.transcript.upperBound - 1, style: new > 0 ? Theme.count : Theme.status)
    }

    /// What the other has written since this message was the last.
    private static func new(in transcript: Transcript, since last: TranscriptEntry.ID?) -> Int {
        guard let last, let index = transcript.entries.lastIndex(where: { $0.id == last }) else { return 0 }
        return transcript.entries[(index + 1)...].count { !$0.isOwn }
    }

    private static func draw(_ row: TranscriptRow, y: Int, _ columns: Range<Int>, on canvas: inout Canvas) {
        let left = columns.lowerBound
        let limit = columns.upperBound
        switch row.kind {
        case .blank:
            break
        case .day(let name):
            line(" \(name) ", y: y, columns, style: Theme.quiet, on: &canvas)
        case .unreadLine:
            line(" \(tr("new")) ", y: y, columns, style: Theme.unread, on: &canvas)
        case .gap(let text):
            line(" \(text) ", y: y, columns, style: Theme.problem, on: &canvas)
        case .header(let name, _, let time, let isOwn):
            bar(isOwn, x: left, y: y, on: &canvas)
            let room = columns.count - TranscriptRows.indent - time.count - 2
            let x = canvas.put(
                Lines.fit(Lines.single(name), width: max(1, room)), x: left + TranscriptRows.indent, y: y,
                style: Theme.name, limit: limit)
            canvas.put(time, x: x + 1, y: y, style: Theme.quiet, limit: limit)
        case .text(let text):
            draw(text, y: y, columns, on: &canvas)
        case .explanation(let text):
            canvas.put(text, x: left + TranscriptRows.indent, y: y, style: Theme.problem, limit: limit)
        }
    }

    private static func draw(_ text: TranscriptRow.Text, y: Int, _ columns: Range<Int>, on canvas: inout Canvas) {
        let left = columns.lowerBound
        let limit = min(
            columns.upperBound, left + TranscriptRows.indent + TranscriptRows.widest + TranscriptRows.margin)
        bar(text.isOwn, x: left, y: y, on: &canvas)
        if text.isChosen {
            canvas.put("›", x: left + 1, y: y, style: Theme.strong, limit: limit)
            // On its first row in view, where braille displays and screen readers follow it.
            canvas.cursor = canvas.cursor ?? Canvas.Point(x: min(left + TranscriptRows.indent, canvas.width - 1), y: y)
        }
        let style = text.isChosen ? Theme.selection : text.isFound ? Theme.found : Theme.text
        var x = left + TranscriptRows.indent
        let end = max(left + 1, limit - TranscriptRows.margin)
        let lead = text.nameCount + text.timeCount
        x = canvas.put(text.clusters.prefix(text.nameCount), x: x, y: y, style: Theme.name, limit: end)
        x = canvas.put(text.clusters.prefix(lead).dropFirst(text.nameCount), x: x, y: y, style: Theme.quiet, limit: end)
        var place = lead
        for span in text.spans {
            // One that begins within a link is shown as the link.
            guard span.range.lowerBound >= place else { continue }
            x = canvas.put(text.clusters[place..<span.range.lowerBound], x: x, y: y, style: style, limit: end)
            let marked = self.style(of: span.kind, over: style, on: &canvas)
            x = canvas.put(text.clusters[span.range], x: x, y: y, style: marked, limit: end)
            place = span.range.upperBound
        }
        x = canvas.put(text.clusters[place...], x: x, y: y, style: style, limit: end)
        if let mark = text.mark {
            let place = max(x, limit - TranscriptRows.margin)
            draw(mark, x: place, y: y, limit: limit, on: &canvas)
            // Where a text leaves room for it.
            if let lag = text.lag, x + 1 + lag.count < place {
                canvas.put(lag, x: place - 1 - lag.count, y: y, style: Theme.quiet, limit: place)
            }
        }
    }

    private static func style(
        of kind: TextMarks.Span.Kind, over base: Style, on canvas: inout Canvas
    ) -> Style {
        var style = base
        switch kind {
        case .bold: style.attributes.insert(.bold)
        case .italic: style.attributes.insert(.italic)
        case .code: style.attributes.insert(.dim)
        case .link(let address):
            style.attributes.insert(.underline)
            style.link = canvas.link(to: address)
        case .concern:
            if style.role == .text { style.role = Theme.unread.role }
            style.attributes.formUnion([.bold, .underline])
        }
        return style
    }

    /// Own messages are told apart by more than colour.
    private static func bar(_ isOwn: Bool, x: Int, y: Int, on canvas: inout Canvas) {
        if isOwn { canvas.put("▎", x: x, y: y, style: Theme.bar) }
    }

    private static func draw(
        _ mark: DeliveryMark, x: Int, y: Int, limit: Int, on canvas: inout Canvas
    ) {
        let style =
            switch mark {
            case .waiting, .sending, .sent, .confirmed: Theme.quiet
            case .unsure, .failed: Theme.problem
            }
        canvas.put(mark.symbol, x: x, y: y, style: style, limit: limit)
    }

    private static func line(
        _ label: String, y: Int, _ columns: Range<Int>, style: Style, on canvas: inout Canvas
    ) {
        canvas.fill(x: columns, y: y..<y + 1, with: Cluster("─", width: 1), style: style)
        let clusters = Lines.fit(Lines.single(label), width: columns.count)
        let x = columns.lowerBound + max(0, (columns.count - Lines.width(clusters)) / 2)
        canvas.put(clusters, x: x, y: y, style: style, limit: columns.upperBound)
    }
}

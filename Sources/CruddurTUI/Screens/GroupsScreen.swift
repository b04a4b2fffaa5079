import ChatClient
import TerminalText
import Timestamps

/// The left pane: message groups, newest first.
enum GroupsScreen {
    static func draw(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        guard !layout.groups.isEmpty else { return }
        title(state, layout, on: &canvas)
        guard !state.snapshot.conversations.isEmpty else { return empty(state, layout, on: &canvas) }
        for (position, group) in state.listedInView(layout).enumerated() {
            let y = layout.list.lowerBound + position * AppState.rowsPerConversation
            draw(group, isSelected: group.id == state.selected, y: y, state, layout, on: &canvas)
            // Where the list is alone, it is where one is.
            if group.id == state.selected, layout.conversation.isEmpty {
                canvas.cursor = Canvas.Point(x: min(1, canvas.width - 1), y: y)
            }
        }
    }

    private static func title(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        guard !layout.listTitle.isEmpty else { return }
        let titles = titles(state.snapshot.conversations.filter { $0.unread > 0 })
        let title = titles.first { Lines.width(Lines.single($0)) <= layout.groups.count } ?? titles.last ?? ""
        canvas.put(
            Lines.fit(Lines.single(title), width: layout.groups.count), x: layout.groups.lowerBound, y: 0,
            style: Theme.strong, limit: layout.groups.upperBound)
        guard layout.listTitle.count == 2 else { return }
        canvas.fill(x: layout.groups, y: 1..<2, with: Cluster("─", width: 1), style: Theme.border)
    }

    /// From long to short. What is counted are messages.
    private static func titles(_ unread: [ConversationSummary]) -> [String] {
        guard !unread.isEmpty else { return [" \(tr("Conversations"))"] }
        let more = unread.contains(where: \.hasMoreUnread) ? "+" : ""
        let count = tr("\(unread.map(\.unread).reduce(0, +))\(more) unread")
        return [
            " \(tr("Conversations · \(count) in \(unread.count)"))", " \(tr("Conversations")) · \(count)", " \(count)",
        ]
    }

    private static func empty(_ state: AppState, _ layout: Layout, on canvas: inout Canvas) {
        for (row, clusters) in Wrapping.rows(of: why(state.snapshot, state.keys), width: layout.groups.count - 2)
            .enumerated()
        {
            let y = layout.list.lowerBound + row
            guard y < layout.list.upperBound else { break }
            canvas.put(clusters, x: 1, y: y, style: Theme.quiet, limit: layout.groups.upperBound)
        }
    }

    /// Why there is no conversation.
    private static func why(_ snapshot: ChatSnapshot, _ keys: Keymap) -> String {
        if !snapshot.archived.isEmpty {
            let find = keys.way(to: .conversations(.find))
            return tr("All conversations are away until somebody writes. \(find) finds them.")
        }
        switch snapshot.connection.state {
        case .connecting, .online:
            let new = keys.way(to: .conversations(.new))
            return snapshot.hasGroups ? tr("No conversations yet. \(new) starts one.") : tr("Loading conversations…")
        case .offline(let reason, _, _): return tr("No conversations to show: \(tr(reason: reason)).")
        case .signedOut: return tr("No conversations to show: your access token is not accepted.")
        }
    }

    /// ```
    /// ▌Mei Tanaka @mei            5m
    ///  see you there               3
    /// ```
    private static func draw(
        _ group: ConversationSummary, isSelected: Bool, y: Int, _ state: AppState, _ layout: Layout,
        on canvas: inout Canvas
    ) {
        guard y < layout.list.upperBound else { return }
        let right = layout.groups.upperBound - 1
        let isUnread = group.unread > 0
        // Before its first message is there, nobody has said anything.
        let isFirst = group.group == nil && group.previewState != nil
        let age = isFirst ? nil : group.at.map { state.localTime.relative($0, now: state.now) }
        let time = Lines.single(marks(group.keeping) + (age ?? tr("new")))
        let timeX = right - Lines.width(time)
        name(group, isUnread: isUnread, y: y, limit: timeX - 1, on: &canvas)
        canvas.put(time, x: max(1, timeX), y: y, style: isUnread ? Theme.unread : Theme.quiet, limit: right)
        if y + 1 < layout.list.upperBound {
            preview(
                group, y: y + 1, right: right, draft: draft(group, state), stale: stale(group, state), on: &canvas)
        }
        guard isSelected else { return }
        for row in y..<min(y + AppState.rowsPerConversation, layout.list.upperBound) {
            canvas.put("▌", x: 0, y: row, style: Theme.bar)
            canvas.restyle(x: 1..<layout.groups.upperBound, y: row) { style in
                // Dim on reverse is hard to read.
                style.attributes.remove(.dim)
                style.attributes.insert(.reverse)
            }
        }
    }

    /// What is wanted of it: `▴` stays at the top, `z` nothing is told of it.
    private static func marks(_ keeping: ConversationKeeping) -> String {
        let marks = (keeping.contains(.pinned) ? "▴" : "") + (keeping.contains(.muted) ? "z" : "")
        return marks.isEmpty ? "" : marks + " "
    }

    private static func name(
        _ group: ConversationSummary, isUnread: Bool, y: Int, limit: Int, on canvas: inout Canvas
    ) {
        let name = Lines.single(group.title.displayName)
        let handle = Lines.single("@\(group.title.handle)")
        let room = limit - 1
        let shownName = Lines.fit(name, width: room)
        let x = canvas.put(shownName, x: 1, y: y, style: isUnread ? Theme.unread : Theme.text, limit: limit)
        // A handle cut to one letter tells nothing.
        if limit - x > 3 {
            canvas.put(Lines.fit(handle, width: limit - x - 1), x: x + 1, y: y, style: Theme.quiet, limit: limit)
        }
    }

    private static func preview(
        _ group: ConversationSummary, y: Int, right: Int, draft: String?, stale: String?, on canvas: inout Canvas
    ) {
        let count = group.unread > 0 ? " \(group.unread)\(group.hasMoreUnread ? "+" : "") " : ""
        let countX = right - count.count
        var limit = count.isEmpty ? right : countX - 1
        if let stale {
            let stale = Lines.single(stale)
            // Beside what is known, if there is room for both.
            let x = limit - Lines.width(stale) > 12 ? limit - Lines.width(stale) : 1
            canvas.put(
                Lines.fit(stale, width: limit - x), x: x, y: y, style: Theme.strong, limit: limit)
            limit = x - 1
        }
        let text = draft.map { tr("draft: \($0)") } ?? said(group)
        // The first line is enough, and a text of megabytes must not be measured.
        let line = Lines.single(String(text.prefix(200)))
        canvas.put(
            Lines.fit(line, width: limit - 1), x: 1, y: y, style: draft == nil ? Theme.quiet : Theme.draft,
            limit: limit)
        canvas.put(count, x: countX, y: y, style: Theme.count, limit: right)
    }

    /// What was said last, by whom if it is known, and how far it has come if no server has listed it.
    private static func said(_ group: ConversationSummary) -> String {
        let mark = group.previewState.map { DeliveryMark($0).symbol + " " } ?? ""
        let isListed = group.isListed ? "" : tr("(not listed) ")
        return isListed + mark + (group.isPreviewOwn ? tr("You: ") : "") + group.preview
    }

    /// In a demo one sees what the stream has not moved yet: `row still 00:32, 1.8 s`.
    private static func stale(_ group: ConversationSummary, _ state: AppState) -> String? {
        guard state.stage != nil, let row = group.staleRow else { return nil }
        let age = StaleRowAge(seconds: state.now.seconds(since: row.since))
        return tr("row still \(state.localTime.clock(row.at)), \(age.text)")
    }

    private static func draft(_ group: ConversationSummary, _ state: AppState) -> String? {
        let draft = state.drafts[group.id]
        return group.id == state.selected || draft.isEmpty ? nil : draft.text
    }
}

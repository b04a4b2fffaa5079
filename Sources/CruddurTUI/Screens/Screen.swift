import ChatClient
import CruddurDemo
import TerminalText
import Timestamps

/// The whole screen for a state.
enum Screen {
    static func draw(_ state: AppState) -> Canvas {
        let layout = state.layout
        return finish(panes(state, layout), state, layout)
    }

    /// All but what a key in the compose line changes.
    fileprivate static func panes(_ state: AppState, _ layout: Layout) -> Canvas {
        var canvas = Canvas(width: state.size.width, height: state.size.height)
        // What is alone has it, if only where it begins.
        if layout.conversation.isEmpty, canvas.width > 0, canvas.height > 0 {
            canvas.cursor = Canvas.Point(
                x: min(1, canvas.width - 1), y: min(layout.list.lowerBound, canvas.height - 1))
        }
        if state.inspector.isShown {
            InspectorScreen.draw(state, layout, on: &canvas)
        } else if state.table.isShown {
            TableScreen.draw(state, layout, on: &canvas)
        } else {
            GroupsScreen.draw(state, layout, on: &canvas)
        }
        if layout.showsBoth { divider(layout, on: &canvas) }
        if !layout.conversation.isEmpty { TranscriptScreen.draw(state, layout, on: &canvas) }
        ComposeScreen.line(layout, on: &canvas)
        TourScreen.draw(state, layout, on: &canvas)
        StatusScreen.draw(state, layout, on: &canvas)
        return canvas
    }

    fileprivate static func finish(_ panes: Canvas, _ state: AppState, _ layout: Layout) -> Canvas {
        var canvas = panes
        if layout.conversation.isEmpty {
            ComposeScreen.drawNotice(state, layout, on: &canvas)
        } else {
            ComposeScreen.draw(state, layout, on: &canvas)
        }
        OverlayScreen.draw(state, on: &canvas)
        return canvas
    }

    private static func divider(_ layout: Layout, on canvas: inout Canvas) {
        guard layout.place == .side else {
            return canvas.fill(
                x: layout.groups, y: layout.divider, with: Cluster("─", width: 1), style: Theme.border)
        }
        let x = layout.groups.upperBound
        let bottom = layout.status.isEmpty ? canvas.height : layout.status.lowerBound - layout.tour.count
        for y in 0..<bottom { canvas.put("│", x: x, y: y, style: Theme.border) }
        if layout.title.count == 2 { canvas.put("┼", x: x, y: 1, style: Theme.border) }
        if !layout.rule.isEmpty { canvas.put("├", x: x, y: layout.rule.lowerBound, style: Theme.border) }
    }
}

/// Draws one screen after the other, and the panes only when something in them may have
/// changed: the echo of a key need not wait for a transcript.
struct Painter {
    /// No value: to look at it costs no copy.
    private final class Panes: Sendable {
        let key: PanesKey
        let canvas: Canvas
        /// As long as nothing in them changes with time alone; `nil`: for ever.
        let drawn: Timestamp
        let until: Timestamp?

        init(_ key: PanesKey, _ canvas: Canvas, drawn: Timestamp, until: Timestamp?) {
            (self.key, self.canvas, self.drawn, self.until) = (key, canvas, drawn, until)
        }

        func isGood(at now: Timestamp) -> Bool { drawn <= now && until.map { now < $0 } ?? true }
    }

    private var panes: Panes?

    mutating func draw(_ state: AppState) -> Canvas {
        let layout = state.layout
        let key = PanesKey(state, layout)
        if let panes, panes.isGood(at: state.now), panes.key == key {
            return Screen.finish(panes.canvas, state, layout)
        }
        let canvas = Screen.panes(state, layout)
        panes = Panes(key, canvas, drawn: state.now, until: state.nextTick)
        return Screen.finish(canvas, state, layout)
    }
}

/// All that the panes are drawn from.
private struct PanesKey: Equatable {
    let layout: Layout
    let size: CellSize
    let revision: Int
    /// Of those in the list that are not selected.
    let drafts: [String]
    /// In its order, which may change with time alone.
    let list: [ConversationID]
    let selection: AppState.Selection?
    let reading: Reading
    let hasDemoEnded: Bool
    let density: Density
    /// The last line tells its keys.
    let context: KeyContext
    /// And whether there is more of what is in front.
    let hasMore: Bool?
    let listTop: Int?
    let showsCalls: Bool
    let showsTable: Bool
    let tableRevision: Int
    /// Of what is marked for a moment, and of what is late.
    let tenth: Int64?
    let calls: Int
    let letter: String?
    let tour: Tour?
    let stage: Set<SeedFault>?

    init(_ state: borrowing AppState, _ layout: Layout) {
        self.layout = layout
        size = state.size
        revision = state.revision
        let listed = state.listedInView(layout)
        // A closure that knows the state would have it copied.
        drafts = listed.filter { [selected = state.selected] in $0.id != selected }
            .map { [drafts = state.drafts] in drafts[$0.id].text }
        list = listed.map(\.id)
        selection = state.selection
        reading = state.reading
        hasDemoEnded = state.hasDemoEnded
        density = state.density
        context = state.context
        hasMore = state.longText?.hasMore
        listTop = state.listTop
        showsCalls = state.inspector.isShown
        showsTable = state.table.isShown
        tableRevision = state.table.revision
        let tellsTenths =
            state.table.isShown || state.stage != nil && listed.contains { $0.staleRow != nil }
        tenth = tellsTenths ? state.now.microseconds / 100_000 : nil
        calls = state.inspector.revision
        letter = state.inspector.letter
        (tour, stage) = (state.tour, state.stage)
    }
}

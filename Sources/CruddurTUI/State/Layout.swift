import ChatClient

/// Where the parts of the screen are. Every part may be empty; none ever overlaps.
struct Layout: Equatable, Sendable {
    /// Columns of the list's pane; empty where it is not shown.
    private(set) var groups = 0..<0
    /// Columns of the conversation's pane.
    private(set) var conversation = 0..<0
    /// Where the list is beside the conversation, or above it.
    private(set) var place = ListPlace.side
    /// Rows of the list's title, with the line below if there is one.
    private(set) var listTitle = 0..<0
    /// The row between the list and the conversation below it.
    private(set) var divider = 0..<0
    /// Rows of the conversation's title, with the line below.
    private(set) var title = 0..<0
    /// Rows of the list of groups.
    private(set) var list = 0..<0
    private(set) var transcript = 0..<0
    /// The line above the compose line: the counter is there.
    private(set) var rule = 0..<0
    private(set) var compose = 0..<0
    private(set) var status = 0..<0
    /// Rows of the tour, as wide as the screen.
    private(set) var tour = 0..<0

    /// Narrower terminals show one pane at a time.
    static let bothPanes = 60
    /// With its title.
    static let tourRows = 9
    /// Columns of the mark before the compose line.
    static let gutter = 2
    /// Columns that the list, and the conversation, keep when the line between them is moved.
    private static let (narrowestList, narrowest) = (24, 30)
    /// Columns, and rows, by which a key moves it.
    static let (step, rowStep) = (4, 2)
    /// Lower terminals have the list at the side, or alone.
    private static let stacked = 16
    /// Rows that the list, and what is below it, keep.
    private static let (lowestList, lowest) = (2, 11)

    /// As wide as is wanted for the list, or as there is room for beside a conversation.
    static func listWidth(_ wanted: Int, in width: Int) -> Int { min(max(wanted, narrowestList), width - narrowest) }

    /// As high as is wanted for the list, or as there is room for above a conversation.
    static func listHeight(_ wanted: Int, in height: Int) -> Int {
        min(max(wanted, lowestList), max(0, height - lowest))
    }

    /// Borrowing: each frame makes one, and the state is large.
    init(_ state: borrowing AppState) {
        let (width, height) = (state.size.width, state.size.height)
        if state.listPlace == .top, height >= Self.stacked {
            place = .top
            (groups, conversation) = (0..<width, 0..<width)
        } else if width >= Self.bothPanes {
            let usual =
                state.showsList ? state.listWidth ?? min(width * 7 / 20, 38) : state.watchWidth ?? width / 2
            let left = Self.listWidth(usual, in: width)
            groups = 0..<left
            conversation = left + 1..<width
        } else if !Self.hasConversation(state) {
            groups = 0..<width
        } else {
            conversation = 0..<width
        }
        let tourRows = state.tour == nil ? 0 : height >= 20 ? Self.tourRows : height / 3
        let above = place == .top ? Self.rowsAbove(state, height - tourRows) : 0
        stack(height: height, wanted: Self.composeRows(state, width: conversation.count), tourRows, above)
    }

    /// Whether a conversation is shown; else the list is alone.
    static func hasConversation(_ state: AppState) -> Bool {
        let size = state.size
        return state.listPlace == .top && size.height >= stacked || size.width >= bothPanes || state.pane != .groups
    }

    /// Of the list that is above: whole conversations, and no more rows than they have.
    private static func rowsAbove(_ state: AppState, _ height: Int) -> Int {
        guard state.showsList else { return listHeight(state.watchHeight ?? height / 2, in: height) }
        let usual = height / 3 / AppState.rowsPerConversation * AppState.rowsPerConversation
        let wanted = state.listHeight ?? usual
        return listHeight(min(wanted, rowsOfAll(state) ?? wanted), in: height)
    }

    /// That all conversations have; `nil`: why there is none is said instead.
    private static func rowsOfAll(_ state: AppState) -> Int? {
        let count = state.snapshot.conversations.count
        return count == 0 ? nil : count * AppState.rowsPerConversation
    }

    /// The list is above, and a larger one had nothing more to show.
    static func showsAll(_ state: AppState) -> Bool {
        let layout = state.layout
        return layout.place == .top && state.showsList && rowsOfAll(state).map { layout.list.count >= $0 } ?? false
    }

    var showsBoth: Bool { !groups.isEmpty && !conversation.isEmpty }

    /// On the line between the panes.
    func isDivider(x: Int, y: Int) -> Bool {
        guard showsBoth else { return false }
        return place == .top ? divider.contains(y) : x == groups.upperBound
    }

    /// Over the list's pane, or what stands in its place.
    func isList(x: Int, y: Int) -> Bool {
        groups.contains(x) && (place == .side || y < divider.lowerBound)
    }

    /// Cells for text within the compose line.
    var composeWidth: Int { max(1, conversation.count - Self.gutter - 1) }

    /// From the bottom up, by what matters most: the compose line is last to go.
    private mutating func stack(height: Int, wanted: Int, _ tourRows: Int, _ above: Int) {
        var bottom = height
        func take(_ rows: Int) -> Range<Int> {
            let taken = max(0, min(rows, bottom))
            bottom -= taken
            return bottom..<bottom + taken
        }
        status = take(height >= 3 ? 1 : 0)
        tour = take(tourRows)
        let listBottom = bottom
        // What is above the conversation, with both titles and a line of it, keeps its room.
        let kept = place == .top ? above + 6 : 0
        compose = take(min(wanted, max(1, height / 2), max(1, bottom - kept)))
        rule = take(height >= 6 ? 1 : 0)
        let titleRows = height >= 8 ? 2 : height >= 5 ? 1 : 0
        if place == .top {
            listTitle = 0..<1
            list = 1..<1 + above
            divider = list.upperBound..<list.upperBound + 1
        }
        let top = divider.upperBound
        title = top..<min(top + titleRows, max(bottom, top))
        transcript = title.upperBound..<max(bottom, title.upperBound)
        if place == .side {
            listTitle = title
            list = title.upperBound..<max(listBottom, title.upperBound)
        }
        if conversation.isEmpty { (compose, rule) = (0..<0, 0..<0) }
    }

    private static func composeRows(_ state: AppState, width: Int) -> Int {
        guard width > 0 else { return 0 }
        // Long pastes need not be wrapped to know that they fill the room.
        guard state.draft.text.utf8.count < 4096 else { return state.size.height }
        return state.composeRows(width: max(1, width - gutter - 1))
    }
}

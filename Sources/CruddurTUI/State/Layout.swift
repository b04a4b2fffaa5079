/// Where the parts of the screen are. Every part may be empty; none ever overlaps.
struct Layout: Equatable, Sendable {
    /// Columns of the left pane; empty where it is not shown.
    private(set) var groups = 0..<0
    /// Columns of the right pane.
    private(set) var conversation = 0..<0
    /// Rows of both panes' titles, with the line below.
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
    /// Columns by which a key moves it.
    static let step = 4

    /// As wide as is wanted for the list, or as there is room for beside a conversation.
    static func listWidth(_ wanted: Int, in width: Int) -> Int { min(max(wanted, narrowestList), width - narrowest) }

    init(_ state: AppState) {
        let (width, height) = (state.size.width, state.size.height)
        if width >= Self.bothPanes {
            let usual =
                state.showsList ? state.listWidth ?? min(width * 7 / 20, 38) : state.watchWidth ?? width / 2
            let left = Self.listWidth(usual, in: width)
            groups = 0..<left
            conversation = left + 1..<width
        } else if state.pane == .groups {
            groups = 0..<width
        } else {
            conversation = 0..<width
        }
        let tourRows = state.tour == nil ? 0 : height >= 20 ? Self.tourRows : height / 3
        stack(height: height, wanted: Self.composeRows(state, width: conversation.count), tourRows)
    }

    var showsBoth: Bool { !groups.isEmpty && !conversation.isEmpty }

    /// Cells for text within the compose line.
    var composeWidth: Int { max(1, conversation.count - Self.gutter - 1) }

    /// From the bottom up, by what matters most: the compose line is last to go.
    private mutating func stack(height: Int, wanted: Int, _ tourRows: Int) {
        var bottom = height
        func take(_ rows: Int) -> Range<Int> {
            let taken = max(0, min(rows, bottom))
            bottom -= taken
            return bottom..<bottom + taken
        }
        status = take(height >= 3 ? 1 : 0)
        tour = take(tourRows)
        let listBottom = bottom
        compose = take(min(wanted, max(1, height / 2)))
        rule = take(height >= 6 ? 1 : 0)
        let titleRows = height >= 8 ? 2 : height >= 5 ? 1 : 0
        title = 0..<min(titleRows, bottom)
        transcript = title.upperBound..<max(bottom, title.upperBound)
        list = title.upperBound..<max(listBottom, title.upperBound)
        if conversation.isEmpty { (compose, rule) = (0..<0, 0..<0) }
    }

    private static func composeRows(_ state: AppState, width: Int) -> Int {
        guard width > 0 else { return 0 }
        // Long pastes need not be wrapped to know that they fill the room.
        guard state.draft.text.utf8.count < 4096 else { return state.size.height }
        return state.composeRows(width: max(1, width - gutter - 1))
    }
}

/// How a cell looks: what it is for, one of the terminal's own sixteen colours, and attributes. Small: each cell has one.
struct Style: Hashable, Sendable {
    struct Attributes: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let bold = Attributes(rawValue: 1)
        static let dim = Attributes(rawValue: 2)
        static let reverse = Attributes(rawValue: 4)
        static let underline = Attributes(rawValue: 8)
        static let italic = Attributes(rawValue: 16)
    }

    /// What is written there: themes have a look for each.
    enum Role: String, CaseIterable, Hashable, Sendable {
        case text, quiet, strong, name, unread, draft, found, problem
        /// Signs, no words.
        case border, bar
        /// With a ground of their own.
        case count, selection, status, title
        case statusProblem = "status_problem"
        case statusProduction = "status_production"
    }

    var role = Role.text
    /// -1: the terminal's own; 0 to 15 as ANSI counts them. Where a theme is in use, its colours count.
    var color: Int8 = -1
    var attributes: Attributes = []
    /// Where a click of the terminal's own leads, in the canvas' links, from 1 on; 0: nowhere.
    var link: UInt16 = 0

    static let plain = Style()
}

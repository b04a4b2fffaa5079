/// What each part of the screen looks like. Words are in the terminal's own two colours: of its sixteen others, none is
/// readable on every background (yellow on white, blue on black). What is told, attributes and signs tell.
enum Theme {
    static let text = Style.plain
    static let found = Style(attributes: [.bold, .underline])
    static let quiet = Style(attributes: .dim)
    static let strong = Style(attributes: .bold)
    static let border = Style(attributes: .dim)
    /// The bar beside what is yours, and beside what is selected: a sign, no word.
    static let bar = Style(color: 6, attributes: .bold)
    static let name = Style(attributes: .bold)
    static let unread = Style(attributes: .bold)
    /// A count that is to be seen.
    static let count = Style(attributes: [.bold, .reverse])
    static let draft = Style(attributes: .italic)
    static let selection = Style(attributes: .reverse)
    static let status = Style(attributes: .reverse)
    static let statusProblem = Style(attributes: [.reverse, .bold])
    static let statusProduction = Style(attributes: [.bold, .underline])
    static let problem = Style(attributes: [.bold, .underline])
    static let overlayTitle = Style(attributes: [.bold, .reverse])
}

/// What each part of the screen looks like where no theme says otherwise. Words are in the terminal's own two colours: of its
/// sixteen others, none is readable on every background (yellow on white, blue on black). What is told, attributes and
/// signs tell.
enum Theme {
    static let text = Style.plain
    static let found = Style(role: .found, attributes: [.bold, .underline])
    static let quiet = Style(role: .quiet, attributes: .dim)
    static let strong = Style(role: .strong, attributes: .bold)
    static let border = Style(role: .border, attributes: .dim)
    /// The bar beside what is yours, and beside what is selected: a sign, no word.
    static let bar = Style(role: .bar, color: 6, attributes: .bold)
    static let name = Style(role: .name, attributes: .bold)
    static let unread = Style(role: .unread, attributes: .bold)
    /// A count that is to be seen.
    static let count = Style(role: .count, attributes: [.bold, .reverse])
    static let draft = Style(role: .draft, attributes: .italic)
    static let selection = Style(role: .selection, attributes: .reverse)
    static let status = Style(role: .status, attributes: .reverse)
    /// A word that no dictionary has.
    static let wrong = Style(attributes: .underline)
    static let statusProblem = Style(role: .statusProblem, attributes: [.reverse, .bold])
    static let statusProduction = Style(role: .statusProduction, attributes: [.bold, .underline])
    static let problem = Style(role: .problem, attributes: [.bold, .underline])
    /// Of what is in front.
    static let overlayTitle = Style(role: .title, attributes: .bold)
}

/// What each part of the screen looks like. Only the terminal's own colours, so that it
/// fits every theme, dark and light; nothing is told by colour alone.
enum Theme {
    static let text = Style.plain
    static let found = Style(attributes: [.bold, .underline])
    static let quiet = Style(attributes: .dim)
    static let strong = Style(attributes: .bold)
    static let border = Style(attributes: .dim)
    static let ownName = Style(color: 6, attributes: .bold)
    static let unread = Style(color: 3, attributes: .bold)
    static let selection = Style(attributes: .reverse)
    static let status = Style(attributes: .reverse)
    static let statusProblem = Style(color: 1, attributes: [.reverse, .bold])
    static let statusProduction = Style(color: 5, attributes: [.reverse, .bold])
    static let problem = Style(color: 1, attributes: .bold)
    static let overlayTitle = Style(attributes: [.bold, .reverse])
    static let good = Style(color: 2)

    private static let names: [Int8] = [2, 5, 4, 3, 13, 12]

    /// A person's colour: always the same for one handle.
    static func name(of handle: String) -> Style {
        let hash = handle.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return Style(color: names[Int(hash % UInt32(names.count))], attributes: .bold)
    }
}

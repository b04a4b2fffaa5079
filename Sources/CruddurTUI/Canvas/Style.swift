/// How a cell looks: one of the terminal's own sixteen colours, and attributes.
struct Style: Hashable, Sendable {
    struct Attributes: OptionSet, Hashable, Sendable {
        let rawValue: Int
        static let bold = Attributes(rawValue: 1)
        static let dim = Attributes(rawValue: 2)
        static let reverse = Attributes(rawValue: 4)
        static let underline = Attributes(rawValue: 8)
        static let italic = Attributes(rawValue: 16)
    }

    /// -1: the terminal's own; 0 to 15 as ANSI counts them.
    var color: Int8 = -1
    var attributes: Attributes = []

    static let plain = Style()
}

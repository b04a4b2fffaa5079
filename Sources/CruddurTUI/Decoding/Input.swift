/// What came from the terminal, decoded.
enum Input: Equatable, Sendable {
    case key(Key)
    case paste(String)
    case focus(Bool)
    case mouse(Mouse)
    /// A cursor position report: 1-based row and column.
    case position(row: Int, column: Int)
    /// What the terminal says of one of its private modes (DECRPM): 0 unknown, 1 set, 2 reset, 3 and 4 for ever so.
    case mode(Int, setting: Int)
}

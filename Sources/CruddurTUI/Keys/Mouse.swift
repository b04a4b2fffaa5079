/// What a mouse did, and where.
struct Mouse: Equatable, Sendable {
    enum Action: Equatable, Sendable {
        case press, release
        /// Moved with the button held.
        case drag
        case wheelUp, wheelDown
        /// Another button, or the wheel aside: nothing here is meant by it.
        case other
    }

    let action: Action
    /// 0-based cells, from the left and from the top.
    let x: Int
    let y: Int
    var modifiers: Key.Modifiers = []

    /// As seen from another cell than the first.
    func from(x origin: Int, y: Int) -> Mouse {
        Mouse(action: action, x: x - origin, y: self.y - y, modifiers: modifiers)
    }
}

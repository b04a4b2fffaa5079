import Timestamps

/// For who sits further away: fewer columns with a margin around them, nothing that is faint, and the keys as they are
/// pressed.
struct Presentation: Equatable, Sendable {
    /// A key, and how often it was pressed one time after another; or what was typed.
    struct Press: Equatable, Sendable {
        var name: String
        var isTyped = false
        var count = 1
        var at: Timestamp

        var words: String { count > 1 ? "\(name) ×\(count)" : name }
    }

    /// Seconds for which a key is shown.
    private static let glow = 3.0
    private static let most = 40
    /// Characters of what was typed.
    private static let longest = 30
    private static let widest = 96
    /// Smaller terminals have no room to give away.
    private static let (roomy, tall) = (80, 16)

    private var presses: [Press] = []

    /// - Parameter isSecret: what is typed is nobody's to see.
    mutating func press(_ key: Key, isSecret: Bool, _ now: Timestamp) {
        var press = Press(name: key.name, at: now)
        if case .character(let character) = key.code, key.modifiers.isSubset(of: .shift) {
            (press.name, press.isTyped) = (isSecret ? "•" : String(character), true)
        }
        if let last = presses.last, isShown(last, now), last.isTyped == press.isTyped,
            press.isTyped || last.name == press.name
        {
            presses.removeLast()
            if press.isTyped {
                press.name = String((last.name + press.name).suffix(Self.longest))
            } else {
                press.count = last.count + 1
            }
        }
        presses.append(press)
        presses.removeFirst(max(0, presses.count - Self.most))
    }

    /// The newest last.
    func shown(_ now: Timestamp) -> [Press] { presses.filter { isShown($0, now) } }

    private func isShown(_ press: Press, _ now: Timestamp) -> Bool { now.seconds(since: press.at) < Self.glow }

    /// When one of them goes.
    func nextChange(_ now: Timestamp) -> Timestamp? {
        shown(now).map { $0.at.advanced(bySeconds: Self.glow) }.min()
    }

    /// What the chat has of a terminal: where it begins, and how much it is.
    static func room(_ terminal: CellSize) -> (x: Int, y: Int, size: CellSize) {
        let left = terminal.width >= roomy ? terminal.width / 10 : 0
        let right = terminal.width >= roomy ? terminal.width / 20 : 0
        let (top, bottom) = terminal.height >= tall ? (1, 2) : (0, 0)
        let size = CellSize(
            width: min(terminal.width - left - right, widest), height: terminal.height - top - bottom)
        return (max(left, (terminal.width - size.width) / 2), top, size)
    }
}

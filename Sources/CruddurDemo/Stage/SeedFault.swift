/// What goes wrong with the seed's code, to be switched on where the patterns are shown.
public enum SeedFault: String, CaseIterable, Sendable {
    case streamOff = "stream-off"
    case streamLate = "stream-late"
    case outOfOrder = "out-of-order"
    case moveGap = "move-gap"
    case sameTime = "same-time"
    case twoGroups = "two-groups"
    case echo = "echo"
    case newYear = "new-year"

    /// In one line.
    public var says: String {
        switch self {
        case .streamOff: "the stream's function does not run: rows stay where they are"
        case .streamLate: "the stream is 5 seconds late"
        case .outOfOrder: "of two messages, the second one's record comes first"
        case .moveGap: "a row is deleted, and put 4 seconds later"
        case .sameTime: "messages of the same 10 seconds have the same sort key"
        case .twoGroups: "who begins a conversation gets a new group each time"
        case .echo: "the answer to a message has the sender's uuid"
        case .newYear: "the lists ask for next year, as they will on 1 January"
        }
    }
}

/// How much of what was ever said is here to be searched.
public struct SearchReach: Sendable, Equatable {
    /// Conversations of which every message is here.
    public var whole = 0
    /// Conversations that there are.
    public var all = 0
    /// More is being read.
    public var isReading = false
    /// The server tells no older messages than its newest.
    public var isRefused = false

    public init(whole: Int = 0, all: Int = 0, isReading: Bool = false, isRefused: Bool = false) {
        self.whole = whole
        self.all = all
        self.isReading = isReading
        self.isRefused = isRefused
    }
}

/// Where what is said and written is kept.
public enum Keeping: Equatable, Sendable {
    case onDisk
    case inMemoryByChoice
    /// The disk takes nothing at present.
    case inMemory(because: HistoryFault)
}

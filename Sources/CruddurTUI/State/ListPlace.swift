/// Where the list is while there is room for the conversation as well.
enum ListPlace: Sendable {
    /// At its left side.
    case side
    /// Above it.
    case top
}

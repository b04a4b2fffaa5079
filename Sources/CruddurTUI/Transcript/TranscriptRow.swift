import TerminalText

/// One row of the transcript.
struct TranscriptRow: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case day(String)
        case unreadLine
        case gap(String)
        case blank
        case header(name: String, handle: String, time: String, isOwn: Bool)
        case text([Cluster], isOwn: Bool, mark: DeliveryMark?, isFound: Bool)
        case explanation(String)
    }

    let kind: Kind
}

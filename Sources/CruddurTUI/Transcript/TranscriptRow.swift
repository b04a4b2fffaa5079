import TerminalText

/// One row of the transcript.
struct TranscriptRow: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case day(String)
        case unreadLine
        case gap(String)
        case blank
        case header(name: String, handle: String, time: String, isOwn: Bool)
        case text(Text)
        case explanation(String)
    }

    /// Something of an entry itself, not what stands between two.
    var isOfEntry: Bool {
        switch kind {
        case .header, .text, .explanation: true
        case .day, .unreadLine, .gap, .blank: false
        }
    }

    var isText: Bool {
        if case .text = kind { true } else { false }
    }

    /// A row of a message.
    struct Text: Equatable, Sendable {
        var clusters: [Cluster]
        var isOwn = false
        var mark: DeliveryMark?
        /// How long the stream took to have its message: `0.4 s`.
        var lag: String?
        /// A search has found its message.
        var isFound = false
        /// Its message is selected.
        var isChosen = false
        /// What stands out in it, in places of `clusters`.
        var spans: [TextMarks.Span] = []
        /// Clusters of its start that are a name, and behind it a time, in the compact density.
        var nameCount = 0
        var timeCount = 0
    }

    let kind: Kind
}

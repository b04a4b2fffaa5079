import ChatClient

/// Which messages a key for what was not sent may mean.
enum UnsentChoice {
    static func isPossible(_ command: UnsentCommand, _ entry: TranscriptEntry) -> Bool {
        switch (command, entry.delivery) {
        case (.resend, .failed), (.resend, .unsure): true
        case (.discard, .failed), (.discard, .unsure), (.discard, .queued), (.discard, .repeating), (.discard, .sent):
            true
        case (.edit, .failed), (.edit, .queued): true
        default: false
        }
    }

    /// What a server has taken is meant only where nothing else is.
    static func among(_ entries: [TranscriptEntry], _ command: UnsentCommand) -> [TranscriptEntry] {
        let possible = entries.reversed().prefix { $0.delivery != nil }.reversed().filter { isPossible(command, $0) }
        let waiting = possible.filter { if case .sent = $0.delivery { false } else { true } }
        return waiting.isEmpty ? Array(possible.prefix(1)) : waiting
    }
}

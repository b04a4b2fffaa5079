import GRDB
import Timestamps

// Which part of a transcript is shown.

/// A place in a transcript.
public enum TranscriptPlace: Equatable, Sendable {
    case newest, oldest
    case around(Timestamp)
}

extension History {
    /// - Throws: `HistoryFault`; `CancellationError`.
    package func window(_ place: TranscriptPlace, in conversation: Int64) async throws -> TranscriptWindow {
        try await read { database in
            switch place {
            case .newest:
                return TranscriptWindow()
            case .oldest:
                guard let first = try History.oldest(in: conversation, database)?.at else { return TranscriptWindow() }
                return try History.window(from: first, in: conversation, database)
            case .around(let time):
                let before = try History.neighbour(
                    of: time, older: true, by: TranscriptWindow.page / 2, conversation, database)
                return try History.window(from: before ?? time, in: conversation, database)
            }
        }
    }

    /// A page from there on.
    private static func window(
        from: Timestamp, in conversation: Int64, _ database: Database
    ) throws -> TranscriptWindow {
        let until = try neighbour(of: from, older: false, by: TranscriptWindow.page, conversation, database)
        guard let until, try neighbour(of: until, older: false, by: 1, conversation, database) != nil else {
            return TranscriptWindow(from: from)
        }
        return TranscriptWindow(from: from, until: until)
    }

    /// One page more at an end of what is `shown`; what is too much at the other is let go.
    ///
    /// - Throws: `HistoryFault`; `CancellationError`.
    package func extended(
        _ window: TranscriptWindow, _ shown: [Timestamp], older: Bool, in conversation: Int64
    ) async throws -> TranscriptWindow {
        guard let first = shown.first, let last = shown.last else { return window }
        return try await read { database in
            var wider = window
            let page = TranscriptWindow.page
            if older {
                guard let from = try History.neighbour(of: first, older: true, by: page, conversation, database)
                else { return window }
                wider.from = from
            } else {
                let until = try History.neighbour(of: last, older: false, by: page, conversation, database) ?? last
                let isEnd = try History.neighbour(of: until, older: false, by: 1, conversation, database) == nil
                wider.until = isEnd ? nil : until
            }
            let excess = try History.messages(wider, in: conversation, database) - TranscriptWindow.most
            guard excess > 0 else { return wider }
            if older {
                wider.until = shown[max(0, shown.count - 1 - excess)]
            } else {
                wider.from = shown[min(excess, shown.count - 1)]
            }
            return wider
        }
    }

    private static func messages(
        _ window: TranscriptWindow, in conversation: Int64, _ database: Database
    ) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT count(*) FROM message WHERE conversation = ? AND at >= ? AND at <= ?",
            arguments: [conversation, window.from?.microseconds ?? .min, window.until?.microseconds ?? .max]) ?? 0
    }
}

import ChatClient
import TerminalText
import Timestamps

/// Which messages of a conversation are meant.
struct MessageRange: Sendable {
    /// A handle or a group's uuid.
    let name: String
    /// The newest so many; `nil`: the newest page.
    let limit: Int?
    /// Those from then on.
    let since: Timestamp?

    func needsOlder(than entries: [TranscriptEntry]) -> Bool {
        guard let first = entries.first else { return false }
        if let since { return first.at >= since && entries.count < limit ?? .max }
        return limit.map { entries.count < $0 } ?? false
    }

    func chosen(from entries: [TranscriptEntry]) -> [TranscriptEntry] {
        let recent = entries.filter { entry in since.map { entry.at >= $0 } ?? true }
        return limit.map { recent.suffix($0) } ?? recent
    }
}

extension HeadlessSession {
    /// Prints the messages that are meant and, if it shall follow, what comes.
    ///
    /// - Throws: `HeadlessError`, `OutputFault`.
    func show(_ range: MessageRange, _ printer: MessagePrinter, follow: Bool) async throws {
        let transcript = try await messages(of: range.name)
        let group = await session.group(of: transcript.id)
        let entries = await withOlder(transcript.entries, in: transcript.id, range)
        for entry in range.chosen(from: entries) {
            try printer.show(MessageOutput(entry, group: group, with: transcript.title))
        }
        guard follow else { return }
        try Output.flush()
        var follower = Follower(seen: Set(entries.map(\.id)))
        await session.show(transcript.id)
        try await forEachSnapshot { snapshot in
            guard let now = snapshot.transcript, now.id == transcript.id else { return }
            for entry in follower.news(in: now.entries) {
                try printer.show(MessageOutput(entry, group: group, with: transcript.title))
            }
        }
    }

    /// With as many older ones as are meant and there are.
    private func withOlder(
        _ newest: [TranscriptEntry], in id: ConversationID, _ range: MessageRange
    ) async -> [TranscriptEntry] {
        var all = newest
        while range.needsOlder(than: all), let first = all.first {
            await session.loadOlder(id)
            guard let entries = await session.transcript()?.entries,
                let end = entries.firstIndex(where: { $0.id == first.id }), end > 0
            else { break }
            all = entries[..<end] + all
        }
        return all
    }

    /// Prints what all conversations are told from now on.
    ///
    /// - Throws: `HeadlessError`, `OutputFault`.
    func watch(_ printer: MessagePrinter) async throws {
        var told = await session.told()
        try await forEachSnapshot { snapshot in
            let news = await session.messages(toldAfter: told)
            told = news.told
            for hit in news.messages { try printer.show(MessageOutput(hit, me: snapshot.me)) }
        }
    }

    /// Until it is ended from outside. A server that cannot be reached is said once, and waited for.
    ///
    /// - Throws: `HeadlessError.signedOut`; what `body` throws.
    private func forEachSnapshot(_ body: (ChatSnapshot) async throws -> Void) async throws {
        var isOffline = false
        for await snapshot in session.updates {
            switch snapshot.connection.state {
            case .signedOut(_, let reason): throw HeadlessError.signedOut(reason)
            case .offline(let reason, _, _):
                if !isOffline { Output.complain("cruddur: \(reason); trying again") }
                isOffline = true
            case .online:
                if isOffline { Output.complain("cruddur: the server answers again") }
                isOffline = false
            case .connecting: break
            }
            try await body(snapshot)
            try Output.flush()
        }
        throw HeadlessError.offline("the session has ended")
    }
}

/// What has not been printed yet. Only what the server lists is: what is on its way changes its name.
private struct Follower {
    var seen: Set<TranscriptEntry.ID>

    mutating func news(in entries: [TranscriptEntry]) -> [TranscriptEntry] {
        let news = entries.filter { $0.delivery == nil && !seen.contains($0.id) }
        seen.formUnion(news.map(\.id))
        return news
    }
}

import ChatClient
import ExactText
import Foundation
import TerminalText
import Timestamps

/// Whether somebody is known to have a handle before one writes to it.
enum HandleCheck: Sendable {
    case lookUp
    case none
}

/// A message that the server has taken.
struct SentMessage: Sendable {
    let text: String
    let conversation: FoundConversation
    /// The server's own time, where it told us.
    let at: Timestamp?
}

/// A session without a screen: asks, waits for the answer, and ends.
struct HeadlessSession {
    /// Tries of one message whose answers are lost.
    private static let patience = 6

    let session: ChatSession

    /// Runs `body` on a session, then ends it.
    ///
    /// - Throws: what `body` throws; `HeadlessError`; `LogError`.
    static func run<Value: Sendable>(
        _ configuration: ClientConfiguration, _ body: @Sendable @escaping (HeadlessSession) async throws -> Value
    ) async throws -> Value {
        try await ClientLog.during("command", configuration) { log in
            let session = ChatSession(
                configuration: configuration, dataFolder: XDGFolders.current.data, for: .command, log: log)
            return try await run(session, body)
        }
    }

    private static func run<Value: Sendable>(
        _ session: ChatSession, _ body: @Sendable @escaping (HeadlessSession) async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                await session.run()
                return nil
            }
            group.addTask { try await body(HeadlessSession(session: session)) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw HeadlessError.offline("the session has ended")
        }
    }

    /// Your groups, newest first.
    ///
    /// - Throws: `HeadlessError`.
    func groups() async throws -> [ConversationSummary] {
        try await wait { snapshot in
            guard snapshot.hasGroups else { return nil }
            sayUnreadable(snapshot)
            // Where a person has put them is nothing that a server says.
            let all = snapshot.conversations + snapshot.archived
            return all.sorted { ($0.at ?? .init(microseconds: .max)) > ($1.at ?? .init(microseconds: .max)) }
        }
    }

    /// Rows that are left out are none that there are not.
    private func sayUnreadable(_ snapshot: ChatSnapshot) {
        let count = snapshot.unreadableRows
        guard count > 0 else { return }
        let rows: PrintableText = count == 1 ? "1 row" : "\(count) rows"
        Output.complain("cruddur: \(rows) of the server's answer cannot be read: left out")
    }

    /// The messages of the conversation that `name` is for: a handle or a group's uuid.
    ///
    /// - Throws: `HeadlessError`.
    func messages(of name: String) async throws -> Transcript {
        guard let known = try await known(name, in: groups()) else { throw HeadlessError.unknownConversation(name) }
        await session.show(known.id)
        return try await wait { snapshot in
            guard let transcript = snapshot.transcript, transcript.id == known.id, transcript.isFresh else {
                return nil
            }
            sayUnreadable(snapshot)
            return transcript
        }
    }

    private func known(_ name: String, in groups: [ConversationSummary]) -> FoundConversation? {
        groups.first { $0.title.handle.isExactly(handle(name)) || $0.group == name }
            .map { FoundConversation(id: $0.id, title: $0.title) }
    }

    private func handle(_ name: String) -> String { name.hasPrefix("@") ? String(name.dropFirst()) : name }

    // MARK: Sending

    /// Sends one message, to a group there is or to a new one.
    ///
    /// - Parameter check: of a handle with whom there is no conversation yet.
    /// - Returns: what was sent, for `listed`.
    /// - Throws: `HeadlessError`, `APIError`.
    func send(_ text: String, to name: String, _ check: HandleCheck) async throws -> SentMessage {
        let groups = try await groups()
        let found = try await conversation(name, in: groups, check)
        let ahead = await session.outbox().filter { $0.conversation == found.id && $0.isInTheWay }
        guard ahead.isEmpty else { throw HeadlessError.inTheWay(ahead) }
        guard let outgoing = await session.send(text, to: found.id, leavesDraft: true) else {
            throw HeadlessError.unknownConversation(name)
        }
        let at = try await follow(outgoing.id, in: found.id) { session in
            // A script tries again by itself.
            await session.discard(outgoing.id, in: found.id) != nil
        }
        return SentMessage(text: text, conversation: found, at: at)
    }

    /// Sends a message of the outbox once more.
    ///
    /// - Throws: `HeadlessError`; the message stays in the outbox then.
    func retry(_ entry: OutboxEntry) async throws {
        await session.retry(entry.id, in: entry.conversation)
        try await follow(entry.id, in: entry.conversation) { session in
            let reason = await session.whyWaiting(entry.conversation)?.description ?? "the server was not reached"
            return await session.giveUp(entry.id, because: reason)
        }
    }

    /// The message as the server lists it; where it does not in good time, as it was sent.
    func listed(_ sent: SentMessage) async -> MessageOutput {
        await session.show(sent.conversation.id)
        let shown = await withTaskGroup(of: TranscriptEntry?.self) { tasks in
            tasks.addTask { await entry(of: sent) }
            tasks.addTask {
                try? await SystemTime().sleep(for: Self.listing)
                return nil
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? nil
        }
        let uuid = await session.group(of: sent.conversation.id)
        let last = await session.transcript()?.entries.last { $0.isOwn && $0.text.isExactly(sent.text) }
        let listed =
            shown ?? last
            ?? TranscriptEntry(
                Outgoing(
                    id: .init(0), text: sent.text, queuedAt: sent.at ?? SystemTime().now(), state: .sent(at: sent.at)),
                me: nil)
        return MessageOutput(listed, group: uuid, with: sent.conversation.title)
    }

    /// How long a list may take to show a message.
    private static let listing = Duration.seconds(10)

    private func entry(of sent: SentMessage) async -> TranscriptEntry? {
        for await snapshot in session.updates {
            guard let transcript = snapshot.transcript, transcript.id == sent.conversation.id else { continue }
            let mine = transcript.entries.last { entry in
                entry.isOwn && entry.delivery == nil && entry.text.isExactly(sent.text)
                    && sent.at.map { $0 == entry.at } ?? true
            }
            if let mine { return mine }
        }
        return nil
    }

    private func conversation(
        _ name: String, in groups: [ConversationSummary], _ check: HandleCheck
    ) async throws -> FoundConversation {
        if let known = known(name, in: groups) { return known }
        let me = try await wait { snapshot in snapshot.hasGroups ? snapshot : nil }.me
        guard !handle(name).isExactly(me) else { throw HeadlessError.own(handle(name)) }
        guard !handle(name).allSatisfy(\.isWhitespace) else { throw HeadlessError.nobodyNamed }
        // Groups have such names, and nobody who has one can be told from them.
        guard UUID(uuidString: name) == nil else { throw HeadlessError.unknownConversation(name) }
        guard let found = try await found(handle(name), check) else {
            throw HeadlessError.unknownPerson(handle(name))
        }
        return found
    }

    private func found(_ handle: String, _ check: HandleCheck) async throws -> FoundConversation? {
        if check == .none { return await session.conversation(unchecked: handle) }
        do {
            return try await session.conversation(with: handle)
        } catch .cannotLookUp {
            throw HeadlessError.cannotLookUp(handle)
        }
    }

    /// Until the server has taken it, or will not.
    ///
    /// - Returns: the server's own time of it, where it told us.
    /// - Parameter withdraw: takes it out of the line; answers whether it still was there. Else it is on its way.
    @discardableResult
    private func follow(
        _ outgoing: Outgoing.ID, in conversation: ConversationID, withdraw: (ChatSession) async -> Bool
    ) async throws -> Timestamp? {
        for await snapshot in session.updates {
            let outbox = await session.outbox()
            guard let mine = outbox.first(where: { $0.id == outgoing }) else { return nil }
            switch mine.outgoing.state {
            case .sent(let at): return at
            case .sending: continue
            case .failed(let reason):
                let error = HeadlessError.notSent(reason)
                _ = await withdraw(session)
                throw error
            case .unsure(let reason): throw HeadlessError.unsure(reason, isKept: snapshot.keeping == .onDisk)
            case .repeating(let reason):
                // Sent again until it is known, as long as there is somebody to ask.
                let isHopeless = await session.triesInVain(conversation) >= Self.patience
                guard isHopeless || problem(snapshot) != nil else { continue }
                if await session.giveUp(outgoing, because: reason) {
                    throw HeadlessError.unsure(reason, isKept: snapshot.keeping == .onDisk)
                }
            case .queued:
                let ahead = outbox.filter { $0.conversation == mine.conversation && $0.id < outgoing && $0.isInTheWay }
                let reason = await session.whyWaiting(conversation).map { fault in
                    fault.isPassing ? HeadlessError.offline("not sent: \(fault)") : .notSent("\(fault)")
                }
                guard let problem = ahead.isEmpty ? reason ?? problem(snapshot) : .inTheWay(ahead) else { continue }
                if await withdraw(session) { throw problem }
            }
        }
        throw HeadlessError.offline("the session has ended")
    }

    /// - Throws: `HeadlessError` when the server cannot be reached, or refuses us.
    private func wait<Value>(_ value: (ChatSnapshot) throws -> Value?) async throws -> Value {
        for await snapshot in session.updates {
            if let value = try value(snapshot) { return value }
            if let problem = problem(snapshot) { throw problem }
        }
        throw HeadlessError.offline("the session has ended")
    }

    private func problem(_ snapshot: ChatSnapshot) -> HeadlessError? {
        switch snapshot.connection.state {
        case .offline(let reason, _, _): .offline(reason)
        case .signedOut(_, let reason): .signedOut(reason)
        case .connecting, .online: nil
        }
    }
}

extension OutboxEntry {
    /// Nothing behind it is sent before somebody has decided on it.
    fileprivate var isInTheWay: Bool {
        switch outgoing.state {
        case .failed, .unsure: true
        case .queued, .sending, .repeating: !isAttended
        case .sent: false
        }
    }
}

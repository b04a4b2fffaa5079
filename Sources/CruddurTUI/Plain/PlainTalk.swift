import ChatClient
import ExactText
import TerminalText
import Timestamps

/// Where one is in the chat without a screen, and what has been told.
struct PlainTalk {
    /// Messages that one gets to hear when one turns to somebody.
    private static let usual = 5
    private static let most = 200
    /// Messages that are remembered, so that none is told twice.
    private static let remembered = 5000

    private struct Sent {
        let id: Outgoing.ID
        let text: String
        /// What was said of it last.
        var told: String?
    }

    private let session: ChatSession
    private let time: LocalTime
    /// - Throws: `OutputFault`.
    private let say: (PrintableText) throws -> Void

    private var snapshot: ChatSnapshot?
    private var current: FoundConversation?
    private var hasBegun = false
    /// What was typed before one could know whom it is for.
    private var early: [PlainLine] = []
    private var isOffline = false
    private var told: Int64 = 0
    /// So many messages of the current conversation are to be told, once they are there.
    private var wanted: Int?
    /// What has come there meanwhile.
    private var held: [MessageOutput] = []
    private var heard: Set<String> = []
    /// What was written here and is on its way.
    private var sent: [Sent] = []
    /// The same, until it is listed: it need not be told.
    private var own: [String] = []

    init(_ session: ChatSession, time: LocalTime, say: @escaping (PrintableText) throws -> Void) {
        self.session = session
        self.time = time
        self.say = say
    }

    /// Nothing that was typed waits for an answer.
    var isSettled: Bool { hasBegun && early.isEmpty && wanted == nil }

    // MARK: What comes

    /// - Throws: `OutputFault`.
    mutating func take(_ snapshot: ChatSnapshot) async throws {
        let old = self.snapshot
        self.snapshot = snapshot
        if let notice = snapshot.notice, notice != old?.notice { try say("\(tr(reason: notice))") }
        try tellConnection(snapshot.connection.state)
        if !hasBegun {
            guard snapshot.isRestored, snapshot.hasGroups || isOffline else { return }
            try await begin(snapshot)
        }
        try await tellWanted(snapshot)
        try await tellNews(snapshot)
        try await tellSent()
    }

    private mutating func begin(_ snapshot: ChatSnapshot) async throws {
        hasBegun = true
        told = await session.told()
        for line in PlainWording.list(snapshot) { try say(line) }
        // Who has turned to somebody meanwhile talks to that one.
        guard current == nil, let first = snapshot.conversations.first else { return }
        try await turn(to: FoundConversation(id: first.id, title: first.title))
    }

    /// Said when it changes, and once.
    private mutating func tellConnection(_ state: Connection.State) throws {
        switch state {
        case .connecting: return
        case .online:
            if isOffline { try say(PlainWording.connection(state)) }
            isOffline = false
        case .offline, .signedOut:
            if !isOffline { try say(PlainWording.connection(state)) }
            isOffline = true
        }
    }

    private mutating func tellWanted(_ snapshot: ChatSnapshot) async throws {
        guard let count = wanted, let transcript = snapshot.transcript, transcript.id == current?.id,
            transcript.isLoaded, transcript.isFresh || isOffline
        else { return }
        wanted = nil
        let left = transcript.entries.dropLast(count).count { $0.isUnread }
        for entry in transcript.entries.suffix(count) {
            remember(entry)
            try say(PlainWording.message(entry, time))
        }
        if transcript.entries.isEmpty { try say(printed("Nothing was said yet.")) }
        // What nobody has heard stays unread.
        if left == 0 {
            await session.markRead(transcript.id, told: transcript.told)
        } else {
            try say(printed("\(left) before these are unread: /read \(min(Self.most, count + left))"))
        }
        let (come, id) = (held, transcript.id)
        held = []
        for message in come { try await tell(message, in: id) }
    }

    private mutating func tellNews(_ snapshot: ChatSnapshot) async throws {
        let news = await session.messages(toldAfter: told)
        guard news.told != told else { return }
        told = news.told
        for hit in news.messages {
            let message = MessageOutput(hit, me: snapshot.me)
            let isHere = current.map { $0.title.handle.isExactly(hit.title.handle) } ?? false
            if isHere, wanted != nil {
                held.append(message)
            } else {
                try await tell(message, in: isHere ? current?.id : nil)
            }
        }
    }

    private mutating func tell(_ message: MessageOutput, in here: ConversationID?) async throws {
        if let uuid = message.uuid, !remember(uuid) { return }
        if message.own, let place = own.firstIndex(where: { $0.isExactly(message.message) }) {
            own.remove(at: place)
            return
        }
        try say(PlainWording.news(message, isHere: here != nil))
        if let here { await session.markRead(here, told: told) }
    }

    /// - Returns: whether it is new.
    @discardableResult
    private mutating func remember(_ uuid: String) -> Bool {
        if heard.count >= Self.remembered { heard = [] }
        return heard.insert(uuid).inserted
    }

    /// It will not be told by any list.
    private mutating func forget(_ text: String) {
        if let place = own.firstIndex(where: { $0.isExactly(text) }) { own.remove(at: place) }
    }

    private mutating func remember(_ entry: TranscriptEntry) {
        if case .message(let id) = entry.id { remember(id.uuid) }
    }

    private mutating func tellSent() async throws {
        guard !sent.isEmpty else { return }
        guard let outbox = await session.knownOutbox() else { return }
        for place in sent.indices.reversed() {
            let state = outbox.first { $0.id == sent[place].id }?.outgoing.state
            switch state {
            case nil where sent[place].told != nil:
                forget(sent.remove(at: place).text)
                try say(printed("Somebody has decided on that one elsewhere."))
            case nil, .sent:
                sent.remove(at: place)
                try say(PlainWording.sent)
            case .failed, .unsure:
                guard let state, sent[place].told != state.words else { continue }
                sent[place].told = state.words
                try say(PlainWording.failed(state))
            case .queued, .sending, .repeating: continue
            }
        }
    }

    // MARK: What is typed

    /// - Returns: whether to go on.
    /// - Throws: `OutputFault`.
    mutating func take(_ line: PlainLine) async throws -> Bool {
        if !hasBegun, waits(line) {
            early.append(line)
            return true
        }
        switch line {
        case .nothing: break
        case .unknown(let name): try say(PlainWording.unknown(name))
        case .excess(let command): try say(printed("/\(command.rawValue) takes nothing behind it."))
        case .message(let text): try await send(text)
        case .command(.quit, _): return false
        case .command(let command, let argument): try await perform(command, argument)
        }
        return true
    }

    /// Whom a message is for says the list, unless somebody has said it; and nothing overtakes what waits.
    private func waits(_ line: PlainLine) -> Bool {
        switch line {
        case .command(.help, _), .nothing, .unknown, .excess: false
        case .command(.to, _), .command(.quit, _): !early.isEmpty
        case .message: !early.isEmpty || current == nil
        case .command: true
        }
    }

    /// - Returns: whether to go on.
    /// - Throws: `OutputFault`.
    mutating func takeEarly() async throws -> Bool {
        while hasBegun, !early.isEmpty {
            guard try await take(early.removeFirst()) else { return false }
        }
        return true
    }

    private mutating func perform(_ command: PlainCommand, _ argument: String) async throws {
        switch command {
        case .help: for line in PlainWording.help { try say(line) }
        case .list: for line in PlainWording.list(snapshot ?? ChatSnapshot(backend: "")) { try say(line) }
        case .to: try await turn(toHandle: argument)
        case .read:
            guard let current else { return try say(PlainWording.nobody) }
            guard let count = argument.isEmpty ? Self.usual : Int(argument), (1...Self.most).contains(count) else {
                return try say(printed("/read takes a number from 1 to \(Self.most)."))
            }
            try await turn(to: current, hear: count, isSaid: false)
        case .next:
            guard let next = snapshot?.conversations.first(where: { $0.unread > 0 && $0.id != current?.id }) else {
                return try say(printed("No other conversation has unread messages."))
            }
            try await turn(to: FoundConversation(id: next.id, title: next.title))
        case .search: try await search(argument)
        case .unsent:
            let unsent = await session.outbox()
            if unsent.isEmpty { try say(printed("Everything was sent.")) }
            for entry in unsent { try say(PlainWording.unsent(entry)) }
        case .retry:
            guard let waiting = await waiting() else { return try say(PlainWording.nothingWaits) }
            await session.retry(waiting.id, in: waiting.conversation)
            sent.append(Sent(id: waiting.id, text: waiting.outgoing.text))
        case .discard:
            guard let waiting = await waiting() else { return try say(PlainWording.nothingWaits) }
            await session.discard(waiting.id, in: waiting.conversation)
            forget(waiting.outgoing.text)
            try say(printed("Forgotten: \(waiting.outgoing.text)"))
        case .refresh:
            try say(PlainWording.refreshing)
            await session.refresh()
        case .quit: break
        }
    }

    private mutating func send(_ text: String) async throws {
        guard let current else { return try say(PlainWording.nobody) }
        let excess = text.unicodeScalars.count - Message.maximumScalars
        guard excess <= 0 else {
            return try say(
                excess == 1
                    ? printed("Not sent: it is too long by 1 character.")
                    : printed("Not sent: it is too long by \(excess) characters."))
        }
        own.append(text)
        guard let outgoing = await session.send(text, to: current.id, leavesDraft: true) else {
            own.removeLast()
            return try say(printed("Not sent: it cannot be kept, or these conversations are for reading only."))
        }
        sent.append(Sent(id: outgoing.id, text: text))
    }

    private mutating func turn(toHandle name: String) async throws {
        let handle = name.hasPrefix("@") ? String(name.dropFirst()) : name
        guard !handle.isEmpty else { return try say(printed("/to whom? A handle is needed.")) }
        guard !handle.isExactly(snapshot?.me) else { return try say(printed("That is you. Talk to somebody else.")) }
        let answer: Result<FoundConversation?, APIError>
        do throws(APIError) {
            answer = .success(try await session.conversation(with: handle))
        } catch {
            answer = .failure(error)
        }
        switch answer {
        case .success(let found?): try await turn(to: found)
        case .success(nil): try say(printed("Nobody here has the handle @\(handle)."))
        case .failure(.cannotLookUp):
            guard let found = await session.conversation(unchecked: handle) else { return }
            try say(
                printed(
                    "This backend cannot look people up: whether there is a @\(handle) shows with your first message."))
            try await turn(to: found)
        case .failure(let error): try say(printed("Could not look up @\(handle): \(tr(reason: "\(error)"))."))
        }
    }

    /// - Parameter count: messages to be told; `nil`: the last ones, and all that are unread.
    private mutating func turn(
        to found: FoundConversation, hear count: Int? = nil, isSaid: Bool = true
    ) async throws {
        current = found
        let unread = snapshot?.conversations.first { $0.id == found.id }?.unread ?? 0
        (wanted, held) = (count ?? min(Self.most, max(Self.usual, unread)), [])
        if isSaid { try say(PlainWording.talking(to: found.title)) }
        await session.show(found.id)
        if let snapshot { try await tellWanted(snapshot) }
    }

    private func search(_ words: String) async throws {
        guard !words.isEmpty else { return try say(printed("/search for what?")) }
        let hits = (try? await session.search(words, limit: 10)) ?? []
        if hits.isEmpty { try say(printed("Nothing that is kept here holds these words.")) }
        for hit in hits.reversed() { try say(PlainWording.found(hit, time)) }
    }

    /// Of the current conversation, the first message that somebody must decide on; nothing more is told of it by itself.
    private mutating func waiting() async -> OutboxEntry? {
        let waiting = await session.outbox().first { entry in
            guard entry.conversation == current?.id else { return false }
            switch entry.outgoing.state {
            case .failed, .unsure: return true
            case .queued, .sending, .repeating, .sent: return false
            }
        }
        sent.removeAll { $0.id == waiting?.id }
        return waiting
    }
}

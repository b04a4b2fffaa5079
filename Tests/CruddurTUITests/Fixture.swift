import ChatClient
import TerminalText
import Timestamps
import Traces

@testable import CruddurTUI

/// States to draw and to update: a Tuesday noon in UTC, you are @nia.
enum Fixture {
    static let now = Timestamp("2026-11-24T12:00:00Z")!
    static let mei = UserShort(handle: "mei", displayName: "Mei Tanaka")
    static let meiGroup = ConversationID(1)
    static let tomaszGroup = ConversationID(2)
    static let longGroup = ConversationID(3)
    static let oldGroup = ConversationID(4)

    static func message(_ number: Int, _ text: String, from handle: String = "mei", minutesAgo: Double) -> Message {
        Message(
            uuid: "m\(number)", text: text, handle: handle, displayName: handle == "mei" ? "Mei Tanaka" : "Nia Okafor",
            at: now.advanced(bySeconds: -minutesAgo * 60))
    }

    /// A conversation with everything in it that is hard to draw.
    static let messages = [
        message(1, "See you on Monday?", minutesAgo: 2900),
        message(2, "Yes! 👋", from: "nia", minutesAgo: 2899),
        message(3, "早上好。今天我们来试试很长的一段中文，看看它在窄的窗口里怎么换行，标点会不会跑到行首。", minutesAgo: 95),
        message(4, "👩‍💻 👨‍👩‍👧‍👦 👍🏽 ❤️ 🇨🇦 1️⃣ and a plain 😀", from: "nia", minutesAgo: 90),
        message(5, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", minutesAgo: 60),
        message(
            6,
            "hostile: \u{1B}[41mred\u{1B}[0m \u{7} \u{202E}backwards\u{202C} \u{9B}2J a\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}",
            minutesAgo: 59),
        message(7, "two lines\nin one message\tand a tab", from: "nia", minutesAgo: 30),
        message(8, "שלום עולם and مرحبا", minutesAgo: 29),
        message(9, "see you there", minutesAgo: 3),
    ]

    static func entries(_ messages: [Message] = messages) -> [TranscriptEntry] {
        messages.map { TranscriptEntry($0, me: "nia") }
    }

    /// The last `count` of the other's messages have not been looked at.
    static func entries(unread count: Int) -> [TranscriptEntry] {
        let unread = Set(messages.filter { $0.handle != "nia" }.suffix(count).map(\.id))
        return messages.map { TranscriptEntry($0, me: "nia", isUnread: unread.contains($0.id)) }
    }

    static let conversations = [
        ConversationSummary(
            id: meiGroup, group: "group-mei", title: mei, preview: "see you there", at: now.advanced(bySeconds: -180),
            unread: 0),
        ConversationSummary(
            id: tomaszGroup, group: "group-tomasz",
            title: UserShort(handle: "tomasz", displayName: "Tomasz Wiśniewski"),
            preview: "Writing that one down as well. 📝", at: now.advanced(bySeconds: -7200), unread: 3),
        ConversationSummary(
            id: longGroup,
            title: UserShort(handle: "a.very.long.handle.indeed", displayName: "王小明 with a very long display name"),
            preview: "第一行\nsecond line", at: now.advanced(bySeconds: -86_400 * 30), unread: 20, hasMoreUnread: true),
        ConversationSummary(
            id: oldGroup, title: UserShort(handle: "old", displayName: "Old Friend"),
            preview: "happy new year",
            at: now.advanced(bySeconds: -86_400 * 400), unread: 0),
    ]

    static func state(
        _ width: Int, _ height: Int, entries: [TranscriptEntry] = entries(), change: (inout AppState) -> Void = { _ in }
    ) -> AppState {
        var snapshot = ChatSnapshot(me: "nia", backend: "api.cruddur.example")
        snapshot.conversations = conversations
        snapshot.hasGroups = true
        snapshot.isRestored = true
        snapshot.transcript = Transcript(id: meiGroup, title: mei, entries: entries, isLoaded: true)
        snapshot.connection = Connection(state: .online, lastRefresh: now.advanced(bySeconds: -2))
        var state = AppState(
            size: .init(width: width, height: height), snapshot: snapshot, now: now, localTime: LocalTime { _ in 0 })
        state.pane = .conversation
        state.selection = .init(id: meiGroup, title: mei, wasListed: true)
        // One has been here for a while.
        state.reading.isArriving = false
        change(&state)
        return state
    }

    static let tomasz = FoundConversation(
        id: tomaszGroup, title: UserShort(handle: "tomasz", displayName: "Tomasz Wiśniewski"))
    static let lena = FoundConversation(id: .init(9), title: UserShort(handle: "lena", displayName: "Lena Fischer"))

    /// Nothing is known yet.
    static func starting(_ width: Int = 80, _ height: Int = 24) -> AppState {
        AppState(
            size: .init(width: width, height: height), snapshot: ChatSnapshot(backend: "b"), now: now,
            localTime: LocalTime { _ in 0 })
    }

    static func outgoing(_ id: Int64, _ text: String, _ delivery: Outgoing.State) -> TranscriptEntry {
        TranscriptEntry(Outgoing(id: .init(id), text: text, queuedAt: now, state: delivery), me: "nia")
    }
}

extension AppState {
    /// The next snapshot: these have been said as well.
    func adding(_ messages: [Message]) -> ChatSnapshot {
        var snapshot = snapshot
        let entries = (snapshot.transcript?.entries ?? []) + messages.map { TranscriptEntry($0, me: "nia") }
        snapshot.transcript = Transcript(id: Fixture.meiGroup, title: Fixture.mei, entries: entries, isLoaded: true)
        return snapshot
    }

    /// Steps of calls have come, after those that had come before.
    mutating func take(_ spans: [TraceSpan]) {
        var log = inspector.log
        log.take(spans)
        _ = update(&self, .calls(log))
    }

    /// The next snapshot: the session has brought this conversation.
    func showing(_ id: ConversationID, _ entries: [TranscriptEntry] = []) -> ChatSnapshot {
        var snapshot = snapshot
        let title = snapshot.conversations.first { $0.id == id }?.title ?? Fixture.mei
        snapshot.transcript = Transcript(id: id, title: title, entries: entries, isLoaded: true)
        return snapshot
    }

    /// What was sent to whom by these effects.
    static func sent(_ effects: [Effect]) -> [String: ConversationID] {
        effects.reduce(into: [:]) { sent, effect in
            if case .writing(.send(let submission, let id)) = effect { sent[submission.text] = id }
        }
    }

    /// Types every character of `text`.
    mutating func type(_ text: String) {
        for character in text { _ = update(&self, .key(Key(.character(character)))) }
    }

    /// Presses keys one after the other.
    @discardableResult
    mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { update(&self, .key($0)) }.filter { effect in
            if case .writing(.keepDraft) = effect { return false }
            return effect != .noteActivity
        }
    }
}

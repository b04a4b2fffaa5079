import CruddurServer
import Foundation
import MessageTable
import Users

/// Answers in the demo for those who are not there. It hears of messages through the
/// table's stream and writes like everybody else.
struct Companion: Sendable {
    static let name = "companion"
    /// How long it thinks.
    static let pause = Duration.milliseconds(1500)

    let conversations: Conversations
    let engine: EmbeddedEngine
    let you: String
    let isPresent: @Sendable (String) -> Bool

    /// What was written before this start needs no answer any more.
    ///
    /// - Throws: `TableError`.
    func skipHistory() async throws {
        var last = try await engine.checkpoint(of: Self.name)
        while let newest = try await engine.records(after: last, limit: 1000).last?.sequence { last = newest }
        if let last { try await engine.setCheckpoint(last, of: Self.name) }
    }

    /// - Throws: `TableError`, `ItemError`.
    func answer(_ record: StreamRecord) async throws {
        guard record.isNewMessage, let image = record.newImage else { return }
        let message = try MessageItem(image)
        // Who has no person behind them does not start talking to others like them.
        guard message.sender.handle == you || isPresent(message.sender.handle) else { return }
        let members = try await engine.all(ReadPattern.members(group: message.group)).map(GroupItem.init)
        guard let other = members.first(where: { $0.owner == message.sender.uuid })?.other,
            other.handle != you, !isPresent(other.handle),
            let speaker = DemoWorld.users.first(where: { $0.handle == other.handle })
        else { return }
        _ = try await conversations.add(
            Self.reply(to: message.text, seed: Int64(record.sequence) ?? 0), to: message.group, from: speaker)
    }

    private static func reply(to text: String, seed: Int64) -> String {
        let words = text.lowercased().split { !$0.isLetter }
        func says(_ any: String...) -> Bool { any.contains { words.contains(Substring($0)) } }
        if says("hi", "hello", "hey", "hallo", "good") { return pick(greetings, seed) }
        if says("thanks", "thank", "thx", "dzięki", "danke") { return pick(thanks, seed) }
        if says("bye", "night", "later") { return "Good night! 🌙 I will be here." }
        if text.contains("?") || text.contains("？") { return pick(answers, seed) }
        let scalars = text.unicodeScalars.count
        if scalars > 200 { return "That was \(scalars) code points. I read every one of them. 📖" }
        return pick(remarks, seed)
    }

    private static func pick(_ choices: [String], _ seed: Int64) -> String {
        choices[Int(seed.magnitude % UInt64(choices.count))]
    }

    private static let greetings = [
        "Hi! 👋 Good to hear from you.", "Hello hello! How is your day?", "Hey! I was just thinking of you. ☕",
    ]
    private static let thanks = ["You are welcome! 😊", "Any time.", "どういたしまして！"]
    private static let answers = [
        "Good question. I would look at the sort key first.",
        "Yes. At least that is what the stream told me. 🌊",
        "I think so, but let us ask Tomasz for numbers.",
        "Not yet. Tomorrow? 🤞",
        "It depends on the partition key. It always does.",
    ]
    private static let remarks = [
        "Nice! That was one PutItem, and here is mine.",
        "I see it. The group has moved to the top on my side as well. ⬆️",
        "Agreed. 👍🏽",
        "Ha, I will write that down.",
        "なるほど。Tell me more!",
        "That made my day. 🌞",
        "Got it, thank you for telling me.",
    ]
}

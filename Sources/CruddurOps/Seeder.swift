import Crypto
import Foundation
import MessageTable
import SampleConversations
import Timestamps

/// What two people say to each other.
struct SeedScript: Sendable {
    struct Line: Sendable {
        let isFirstSpeaker: Bool
        let text: String
    }

    let lines: [Line]

    static var builtIn: SeedScript {
        get throws { try SeedScript(SampleConversation.niaAndMei, origin: "the built-in conversation") }
    }

    /// - Throws: `OpsError.conversation`.
    init(path: String) throws {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw OpsError.conversation("\(path) cannot be read")
        }
        guard let text = String(data: content, encoding: .utf8) else {
            throw OpsError.conversation("\(path) is not UTF-8 text")
        }
        try self.init(text, origin: path)
    }

    /// `NAME: TEXT` on each line.
    init(_ text: String, origin: String) throws {
        var names: [Substring] = []
        var lines: [Line] = []
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            guard let colon = line.firstIndex(of: ":") else {
                throw OpsError.conversation("\(origin), line \(number + 1): write NAME: TEXT")
            }
            let name = line[..<colon].drop { $0 == "~" || $0.isWhitespace }
            let said = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            if !names.contains(name) { names.append(name) }
            guard names.count <= 2 else {
                throw OpsError.conversation("\(origin), line \(number + 1): \(name) is a third person; there are two")
            }
            guard !said.isEmpty, said.unicodeScalars.count <= 1024 else {
                throw OpsError.conversation(
                    "\(origin), line \(number + 1): a message has between 1 and 1024 characters")
            }
            lines.append(Line(isFirstSpeaker: name == names[0], text: said.replacing("\\n", with: "\n")))
        }
        guard !lines.isEmpty else { throw OpsError.conversation("\(origin) has no messages") }
        self.lines = lines
    }
}

/// Writes a conversation, so that doing it twice does it once: what is written follows from the
/// group's uuid alone.
struct Seeder {
    /// Messages written at a time.
    private static let batch = 1000
    /// Batches on their way at once.
    private static let parallel = 8
    /// Seconds between two messages.
    private static let pause = 60.0

    let engine: any TableEngine
    let script: SeedScript
    let people: (Person, Person)
    let now: Timestamp

    struct Outcome: Encodable, Sendable {
        let messageGroupUuid: String
        /// All that are there.
        let messages: Int
        let added: Int
    }

    /// - Throws: `OpsError.conversation` when the two talk already; `TableError`.
    func run(messages count: Int, progress: (Int) -> Void) async throws -> Outcome {
        let (group, begin, known) = try await start(count)
        // The first one is there when there is a group.
        var done = max(1, known)
        progress(done)
        while done < count {
            let end = min(count, done + Self.batch * Self.parallel)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for first in stride(from: done, to: end, by: Self.batch) {
                    let items = (first..<min(first + Self.batch, end)).map { message($0, group, begin).item }
                    tasks.addTask { try await engine.putAll(items) }
                }
                try await tasks.waitForAll()
            }
            done = end
            progress(done)
        }
        try await moveGroup(group, to: message(max(count, known) - 1, group, begin))
        return Outcome(messageGroupUuid: group, messages: max(count, known), added: max(0, count - known))
    }

    /// The group, its first message's time, and how many of our messages it has.
    private func start(_ count: Int) async throws -> (group: String, begin: Timestamp, known: Int) {
        guard let group = try await existingGroup() else {
            let group = UUID().uuidString.lowercased()
            let begin = now.advanced(bySeconds: -Self.pause * Double(count - 1))
            try await engine.run(.startGroup(message(0, group, begin), recipient: people.1))
            return (group, begin, 0)
        }
        let partition = MessageItem.partition(group: group)
        let first = try await engine.query(Query(partition: partition, limit: 1)).items.first
        guard let first, let begin = Timestamp(first.key.sort),
            first.text("message_uuid") == identifier(0, group)
        else {
            throw OpsError.conversation(
                "\(people.0.handle) and \(people.1.handle) talk already, in \(group): nothing is added to what people wrote"
            )
        }
        let known = try await knownMessages(group, begin)
        let end = begin.advanced(bySeconds: Self.pause * Double(count - 1))
        guard known >= count || end.seconds(since: now) < Self.pause else {
            throw OpsError.conversation(
                "\(group) was written with \(known) messages; more would lie in the future. Seed another pair of users."
            )
        }
        return (group, begin, known)
    }

    /// How many there are without a gap: batches are written side by side, so an interruption may
    /// have left one near the end.
    private func knownMessages(_ group: String, _ begin: Timestamp) async throws -> Int {
        let partition = MessageItem.partition(group: group)
        let newest = try await engine.query(Query(partition: partition, direction: .descending, limit: 1)).items.first
        guard let time = newest.flatMap({ Timestamp($0.key.sort) }) else { return 0 }
        let written = Int(time.seconds(since: begin) / Self.pause) + 1
        var known = max(1, written - Self.batch * Self.parallel)
        let rest = try await engine.all(Query(partition: partition, after: message(known - 1, group, begin).item.key))
        for item in rest where item.key.sort == message(known, group, begin).createdAt { known += 1 }
        return known
    }

    private func existingGroup() async throws -> String? {
        if let pair = try await engine.item(at: PairItem.key(people.0.uuid, people.1.uuid)) {
            return try PairItem.group(pair)
        }
        return try await engine.all(Query(partition: GroupItem.partition(user: people.0.uuid)))
            .compactMap { try? GroupItem($0) }.first { $0.other.uuid == people.1.uuid }?.group
    }

    private func moveGroup(_ group: String, to last: MessageItem) async throws {
        let record = StreamRecord(sequence: "", event: .insert, key: last.item.key, newImage: last.item, at: now)
        try await GroupProjector(engine: engine).project(record)
    }

    private func message(_ number: Int, _ group: String, _ begin: Timestamp) -> MessageItem {
        let line = script.lines[number % script.lines.count]
        return MessageItem(
            group: group, createdAt: begin.advanced(bySeconds: Self.pause * Double(number)).description,
            uuid: identifier(number, group), text: line.text, sender: line.isFirstSpeaker ? people.0 : people.1)
    }

    /// A uuid made of the group and the number (RFC 9562, version 8).
    private func identifier(_ number: Int, _ group: String) -> String {
        var bytes = Array(SHA256.hash(data: Data("\(group)/\(number)".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        let parts = [hex[0..<4], hex[4..<6], hex[6..<8], hex[8..<10], hex[10..<16]]
        return parts.map { $0.joined() }.joined(separator: "-")
    }
}

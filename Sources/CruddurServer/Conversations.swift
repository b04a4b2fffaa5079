import Foundation
import MessageTable
import Timestamps

/// Which messages of a group: at most `limit`, all with times before `before`.
struct MessageWindow: Equatable, Sendable {
    var limit = Conversations.pageSize
    var before: String?
}

/// What may be done with conversations, and by whom: the rules between the routes and
/// the table.
public struct Conversations: Sendable {
    /// Both lists answer at most so many rows.
    static let pageSize = 20
    /// Who asks for older messages may ask for more at once.
    static let largestPage = 200
    /// In Unicode code points.
    static let maximumScalars = 1024
    /// Microseconds that a message may be moved on to find a free sort key.
    private static let attempts = 64

    private let engine: any TableEngine
    private let users: any UserDirectory
    private let now: @Sendable () -> Timestamp

    public init(
        engine: any TableEngine, users: any UserDirectory, now: @escaping @Sendable () -> Timestamp
    ) {
        self.engine = engine
        self.users = users
        self.now = now
    }

    /// Pattern B, newest first.
    ///
    /// - Throws: `TableError`, `ItemError`.
    func groups(of user: User) async throws -> [GroupItem] {
        let page = try await engine.run(.listGroups(user: user.uuid, year: nil, limit: Self.pageSize))
        // A stream that is not ours may leave a group twice while it moves it.
        var seen: Set<String> = []
        return try (page?.items ?? []).map(GroupItem.init).filter { seen.insert($0.group).inserted }
    }

    /// Pattern A, the newest ones, or the newest of those before a time, oldest first; nothing
    /// for a group that nobody is in.
    ///
    /// - Throws: `RequestError.notAMember`, `TableError`, `ItemError`.
    func messages(in group: String, for reader: User, _ window: MessageWindow) async throws -> [MessageItem] {
        let members = try await members(of: group)
        guard !members.isEmpty else { return [] }
        guard members.contains(reader.uuid) else { throw RequestError.notAMember }
        let page = try await engine.run(
            .listMessages(group: group, year: nil, limit: window.limit, before: window.before))
        return try (page?.items ?? []).reversed().map(MessageItem.init)
    }

    /// Pattern C.
    ///
    /// - Returns: the message as it was stored.
    /// - Throws: `RequestError`, `TableError`.
    func add(_ text: String, to group: String, from sender: User) async throws -> MessageItem {
        guard !group.isEmpty else { throw RequestError.invalid([.groupUUIDBlank]) }
        try validate(text)
        let members = try await members(of: group)
        guard !members.isEmpty else { throw RequestError.unknownGroup }
        guard members.contains(sender.uuid) else { throw RequestError.notAMember }
        return try await store(text, in: group, from: sender)
    }

    /// Pattern D; or C, when the two have a group already.
    ///
    /// - Returns: the message as it was stored; its group is the new or the known one.
    /// - Throws: `RequestError`, `TableError`.
    func start(_ text: String, with handle: String, from sender: User) async throws -> MessageItem {
        guard !handle.isEmpty else { throw RequestError.invalid([.handleBlank]) }
        try validate(text)
        guard handle != sender.handle else { throw RequestError.invalid([.ownHandle]) }
        guard let recipient = try await users.user(handle: handle) else { throw RequestError.unknownHandle }
        if let group = try await group(of: sender, and: recipient) {
            return try await store(text, in: group, from: sender)
        }
        let message = self.message(text, in: UUID().uuidString.lowercased(), from: sender)
        do {
            return try await storing(message) { .startGroup($0, recipient: recipient.person) }
        } catch TableError.conditionFailed {
            // The other one was faster: there is a group now.
            guard let group = try await group(of: sender, and: recipient) else { throw RequestError.busy }
            return try await store(text, in: group, from: sender)
        }
    }

    /// The user with this handle.
    ///
    /// - Throws: `RequestError.unknownHandle`.
    func user(handle: String) async throws -> User {
        guard let user = try await users.user(handle: handle) else { throw RequestError.unknownHandle }
        return user
    }

    private func validate(_ text: String) throws {
        guard !text.allSatisfy(\.isWhitespace) else { throw RequestError.invalid([.messageBlank]) }
        guard text.unicodeScalars.count <= Self.maximumScalars else {
            throw RequestError.invalid([.messageTooLong])
        }
    }

    private func members(of group: String) async throws -> Set<String> {
        Set(try await engine.all(AccessPattern.members(group: group)).map { try GroupItem($0).owner })
    }

    /// The group that these two have; groups made by the seed have no pair item.
    private func group(of one: User, and other: User) async throws -> String? {
        if let pair = try await engine.item(at: PairItem.key(one.uuid, other.uuid)) {
            return try PairItem.group(pair)
        }
        let rows = try await engine.all(
            Query(partition: GroupItem.partition(user: one.uuid), direction: .descending))
        return try rows.map(GroupItem.init).first { $0.other.uuid == other.uuid }?.group
    }

    private func message(_ text: String, in group: String, from sender: User) -> MessageItem {
        MessageItem(
            group: group, createdAt: now().description, uuid: UUID().uuidString.lowercased(), text: text,
            sender: sender.person)
    }

    private func store(_ text: String, in group: String, from sender: User) async throws -> MessageItem {
        do {
            return try await storing(message(text, in: group, from: sender)) { .addMessage($0) }
        } catch TableError.conditionFailed {
            throw RequestError.busy
        }
    }

    /// Two messages in one microsecond would overwrite each other: the later one moves on.
    ///
    /// - Throws: `TableError.conditionFailed` when the pair has a group, or no key is free.
    private func storing(
        _ message: MessageItem, _ pattern: (MessageItem) -> AccessPattern
    ) async throws -> MessageItem {
        var candidate = message
        var attempt = 1
        while true {
            do {
                try await engine.run(pattern(candidate))
                return candidate
            } catch TableError.conditionFailed(let positions) {
                guard attempt < Self.attempts, !pattern(candidate).failedForPair(positions),
                    let later = candidate.oneMicrosecondLater
                else { throw TableError.conditionFailed(positions) }
                candidate = later
                attempt += 1
            }
        }
    }
}

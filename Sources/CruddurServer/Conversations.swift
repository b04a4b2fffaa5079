import ExactText
import Foundation
import MessageTable
import Timestamps
import Traces
import Users

/// Which messages of a group: at most `limit`, all with times before `before`.
struct MessageWindow: Hashable, Sendable {
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
    private let underWay = RequestsUnderWay()

    public init(
        engine: any TableEngine, users: any UserDirectory, now: @escaping @Sendable () -> Timestamp
    ) {
        self.engine = engine
        self.users = users
        self.now = now
    }

    /// One element whenever something in `partition` may have changed since the call.
    func changes(of partition: String) -> Changes { engine.changes(of: partition) }

    /// Pattern B, newest first. Both lists are read with every write that has been answered: who has just sent
    /// something must see it. Rows of other writers that cannot be read are left out, not all the rest with them.
    ///
    /// - Throws: `TableError`.
    func groups(of user: User) async throws -> [GroupItem] {
        let items = try await engine.run(
            .listGroups(user: user.uuid, year: nil, limit: Self.pageSize), isConsistent: true)
        // A stream that is not ours may leave a group twice while it moves it.
        var seen: Set<String> = []
        return items.compactMap { try? GroupItem($0) }.filter { seen.insert($0.group).inserted }
    }

    /// Pattern A, the newest ones, or the newest of those before a time, oldest first. Who may read them is
    /// `home`'s to say.
    ///
    /// - Throws: `TableError`.
    func messages(in group: String, _ window: MessageWindow) async throws -> [MessageItem] {
        let items = try await engine.run(
            .listMessages(group: group, year: nil, limit: window.limit, before: window.before), isConsistent: true)
        return items.reversed().compactMap { try? MessageItem($0) }
    }

    /// Where the messages of a group are: there, or in the one that it was merged into; `nil` for a group that nobody
    /// is in.
    ///
    /// - Throws: `RequestError.notAMember`, `TableError`.
    func home(of group: String, for user: User) async throws -> String? {
        switch try await membership(of: user, in: group) {
        case .own: return group
        case .ofOthers: throw RequestError.notAMember
        case .nobodys:
            guard let successor = try await successor(of: group) else { return nil }
            return try await home(of: successor, for: user)
        }
    }

    /// How often each partition has changed, where the table can tell.
    ///
    /// - Throws: `TableError`.
    func versions(of partitions: [String]) async throws -> [Int64]? { try await engine.versions(of: partitions) }

    /// Pattern C.
    ///
    /// - Parameter key: a request that had it before is not carried out again, and answers the same.
    /// - Returns: the message as it was stored.
    /// - Throws: `RequestError`, `TableError`.
    package func add(
        _ text: String, to group: String, from sender: User, once key: IdempotencyKey? = nil
    ) async throws -> MessageItem {
        let request = key.map { KeyedRequest($0, of: sender, text, target: (kind: "group", name: group)) }
        return try await once(request) {
            guard !group.isEmpty else { throw RequestError.invalid([.groupUUIDBlank]) }
            guard !group.holdsNUL else { throw RequestError.invalid([.groupUUIDInvalid]) }
            try validate(text)
            guard let home = try await home(of: group, for: sender) else { throw RequestError.unknownGroup }
            return try await store(text, in: home, from: sender, request)
        }
    }

    /// Where the messages of a group are that operators have merged into another; asked only where nobody is in it. A
    /// successor that was merged itself leads on; marks in a circle lead nowhere.
    private func successor(of group: String) async throws -> String? {
        var seen = [group]
        while seen.count < 8, let last = seen.last,
            let moved = try await engine.item(at: MovedItem.key(group: last)).map(MovedItem.init)
        {
            guard !seen.contains(moved.successor) else { return nil }
            seen.append(moved.successor)
        }
        return seen.count > 1 ? seen.last : nil
    }

    /// Pattern D; or C, when the two have a group already.
    ///
    /// - Parameter key: as with `add`.
    /// - Returns: the message as it was stored; its group is the new or the known one.
    /// - Throws: `RequestError`, `TableError`.
    package func start(
        _ text: String, with handle: String, from sender: User, once key: IdempotencyKey? = nil
    ) async throws -> MessageItem {
        let request = key.map { KeyedRequest($0, of: sender, text, target: (kind: "handle", name: handle)) }
        return try await once(request) { try await start(text, with: handle, from: sender, request) }
    }

    private func start(
        _ text: String, with handle: String, from sender: User, _ request: KeyedRequest?
    ) async throws -> MessageItem {
        guard !handle.isEmpty else { throw RequestError.invalid([.handleBlank]) }
        guard !handle.holdsNUL else { throw RequestError.invalid([.handleInvalid]) }
        try validate(text)
        guard !handle.isExactly(sender.handle) else { throw RequestError.invalid([.ownHandle]) }
        guard let recipient = try await users.user(handle: handle) else { throw RequestError.unknownHandle }
        if let group = try await group(of: sender, and: recipient) {
            return try await store(text, in: group, from: sender, request)
        }
        let message = self.message(text, in: UUID().uuidString.lowercased(), from: sender)
        do {
            return try await storing(message) {
                .startGroup($0, recipient: recipient.person, once: request?.item(of: $0, now: now()))
            }
        } catch TableError.conditionFailed {
            // The other one was faster: there is a group now.
            guard let group = try await group(of: sender, and: recipient) else { throw RequestError.busy }
            return try await store(text, in: group, from: sender, request)
        }
    }

    /// Carries out a keyed request unless it was before. That costs no read: the write has the condition, and only
    /// where it fails, or the request would be refused as things stand now, it is looked up what came of the first.
    ///
    /// - Throws: `RequestError`, `TableError`, `ItemError`.
    private func once(_ request: KeyedRequest?, _ write: () async throws -> MessageItem) async throws -> MessageItem {
        guard let request else { return try await write() }
        return try await underWay.carryOut(request) {
            do {
                return try await write()
            } catch let refusal as RequestError {
                guard let kept = try await engine.item(at: request.place) else { throw refusal }
                return try request.message(of: kept)
            }
        }
    }

    /// The user with this handle.
    ///
    /// - Throws: `RequestError.unknownHandle`.
    func user(handle: String) async throws -> User {
        guard !handle.holdsNUL else { throw RequestError.invalid([.handleInvalid]) }
        guard let user = try await users.user(handle: handle) else { throw RequestError.unknownHandle }
        return user
    }

    /// Whose handle or name begins so.
    ///
    /// - Throws: what the directory throws.
    func users(beginning text: String, limit: Int) async throws -> [User] {
        try await users.users(beginning: text, limit: limit)
    }

    private func validate(_ text: String) throws {
        guard !text.allSatisfy(\.isWhitespace) else { throw RequestError.invalid([.messageBlank]) }
        guard text.unicodeScalars.count <= Self.maximumScalars else {
            throw RequestError.invalid([.messageTooLong])
        }
    }

    private enum Membership { case own, ofOthers, nobodys }

    private func membership(of user: User, in group: String) async throws -> Membership {
        let members = try await engine.all(ReadPattern.members(group: group)).compactMap { try? GroupItem($0).owner }
        if members.contains(user.uuid) { return .own }
        // An index may lag behind the table, which knows a group that was made a moment ago.
        if !engine.hasExactIndex, try await groupItems(of: user).contains(where: { $0.group == group }) { return .own }
        return members.isEmpty ? .nobodys : .ofOthers
    }

    private func groupItems(of user: User) async throws -> [GroupItem] {
        try await engine.all(
            Query(
                partition: GroupItem.partition(user: user.uuid), direction: .descending,
                isConsistent: true)
        ).compactMap { try? GroupItem($0) }
    }

    /// The group that these two have; groups made by the seed have no pair item.
    private func group(of one: User, and other: User) async throws -> String? {
        if let pair = try await engine.item(at: PairItem.key(one.uuid, other.uuid)) {
            return try PairItem.group(pair)
        }
        return try await groupItems(of: one).first { $0.other.uuid == other.uuid }?.group
    }

    private func message(_ text: String, in group: String, from sender: User) -> MessageItem {
        MessageItem(
            group: group, createdAt: now().description, uuid: UUID().uuidString.lowercased(), text: text,
            sender: sender.person)
    }

    /// Pattern C: now, or, where a clock has gone back, right after the newest that there is.
    private func store(
        _ text: String, in group: String, from sender: User, _ request: KeyedRequest?
    ) async throws -> MessageItem {
        var candidate = message(text, in: group, from: sender)
        var condition = Condition.itemIsNewest
        for _ in 0..<Self.attempts {
            let pattern = WritePattern.addMessage(
                candidate, condition, once: request?.item(of: candidate, now: now()))
            do {
                try await engine.run(pattern)
                return candidate
            } catch TableError.conditionFailed(let positions) {
                // Whoever asks once more is told what came of the first.
                guard !pattern.failedForKey(positions) else { throw RequestError.busy }
                let newest = try await engine.query(ReadPattern.newestMessage(group: group)).items.first
                if condition == .itemIsNewest, let newest, let later = candidate.after(newest.key.sort) {
                    candidate = later
                } else {
                    // Somebody left a sort key there that is no time, and behind which none comes: it is the newest
                    // for good, and only a free key can be asked for.
                    candidate = condition == .itemIsNewest ? candidate : candidate.oneMicrosecondLater ?? candidate
                    condition = .itemDoesNotExist
                }
            }
        }
        throw RequestError.busy
    }

    /// Pattern D. Two groups of one user in one microsecond would overwrite each other's rows: the later one moves on.
    ///
    /// - Throws: `TableError.conditionFailed` when the pair has a group, the request was carried out before, or no
    ///   key is free.
    private func storing(
        _ message: MessageItem, _ pattern: (MessageItem) -> WritePattern
    ) async throws -> MessageItem {
        var candidate = message
        var attempt = 1
        while true {
            do {
                try await engine.run(pattern(candidate))
                return candidate
            } catch TableError.conditionFailed(let positions) {
                let failed = pattern(candidate)
                guard attempt < Self.attempts, !failed.failedForPair(positions), !failed.failedForKey(positions),
                    let later = candidate.oneMicrosecondLater
                else { throw TableError.conditionFailed(positions) }
                candidate = later
                attempt += 1
            }
        }
    }
}

extension User {
    /// As the table's items name this user.
    package var person: Person { Person(uuid: uuid, displayName: displayName, handle: handle) }
}

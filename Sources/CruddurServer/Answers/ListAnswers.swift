import MessageTable
import NIOCore
import Users

/// The two lists, encoded. One that was encoded is shared by all who ask for it until its partition has changed, where
/// the table can tell; and so is that somebody is a member. What may be read by whom is asked each time.
struct ListAnswers: Sendable {
    /// Bytes of lists that are kept.
    private static let memory = 16 << 20
    /// Memberships that are kept.
    private static let memberships = 20_000

    private struct Place: Hashable {
        let partition: String
        let window: MessageWindow?
    }

    private struct Member: Hashable {
        let user: String
        let group: String
    }

    private let conversations: Conversations
    private let lists = Memory<Place, (version: Int64, answer: EncodedAnswer)>(limit: Self.memory)
    /// At which version of their own rows somebody was a member, and where the messages are.
    private let members = Memory<Member, (version: Int64, home: String)>(limit: Self.memberships)

    init(_ conversations: Conversations) {
        self.conversations = conversations
    }

    /// Pattern A; nothing for a group that nobody is in.
    ///
    /// - Throws: `RequestError.notAMember`, `TableError`.
    func messages(in group: String, for reader: User, _ window: MessageWindow) async throws -> EncodedAnswer {
        let partition = MessageItem.partition(group: group)
        // Before anything is read: what changes meanwhile has a later version.
        let versions = try await conversations.versions(of: [partition, GroupItem.partition(user: reader.uuid)])
        switch try await home(of: group, for: reader, versions?[1]) {
        case nil: return EncodedAnswer([MessageAnswer]())
        case group?: return try await messages(in: group, versions?[0], window)
        case let home?:
            let version = try await conversations.versions(of: [MessageItem.partition(group: home)])?[0]
            return try await messages(in: home, version, window)
        }
    }

    private func messages(in group: String, _ version: Int64?, _ window: MessageWindow) async throws -> EncodedAnswer {
        try await kept(Place(partition: MessageItem.partition(group: group), window: window), version) {
            try await conversations.messages(in: group, window).map { MessageAnswer($0) }
        }
    }

    /// Pattern B.
    ///
    /// - Throws: `TableError`.
    func groups(of user: User) async throws -> EncodedAnswer {
        let partition = GroupItem.partition(user: user.uuid)
        let version = try await conversations.versions(of: [partition])?[0]
        return try await kept(Place(partition: partition, window: nil), version) {
            try await conversations.groups(of: user).map(GroupAnswer.init)
        }
    }

    /// Where the messages of a group are. Whoever is a member is one as long as nothing in their own rows has changed.
    private func home(of group: String, for reader: User, _ version: Int64?) async throws -> String? {
        let member = Member(user: reader.uuid, group: group)
        if let version, let known = members[member], known.version == version { return known.home }
        guard let home = try await conversations.home(of: group, for: reader) else { return nil }
        if let version { members.remember((version, home), for: member) }
        return home
    }

    private func kept(
        _ place: Place, _ version: Int64?, _ read: () async throws -> [some JSONRow]
    ) async throws -> EncodedAnswer {
        if let version, let known = lists[place], known.version == version { return known.answer }
        let answer = EncodedAnswer(try await read())
        if let version { lists.remember((version, answer), size: answer.body.readableBytes + 256, for: place) }
        return answer
    }
}

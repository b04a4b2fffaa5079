import Hummingbird
import MessageTable
import Users

/// `GET /api/message_groups`
struct MessageGroupRoutes {
    let conversations: Conversations
    let conditional: ConditionalAnswer

    func list(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let user = try context.requireUser()
        return try await conditional.make(request, context, from: GroupItem.partition(user: user.uuid)) {
            try await conversations.groups(of: user).map(GroupAnswer.init)
        }
    }
}

/// A group as the API shows it: the other user's names, the last message.
private struct GroupAnswer: Encodable {
    let uuid: String
    let displayName: String
    let handle: String
    let message: String
    let createdAt: String

    init(_ group: GroupItem) {
        uuid = group.group
        displayName = group.other.displayName
        handle = group.other.handle
        message = group.text
        createdAt = group.lastMessageAt
    }

    enum CodingKeys: String, CodingKey {
        case uuid, handle, message
        case displayName = "display_name"
        case createdAt = "created_at"
    }
}

import Hummingbird
import MessageTable
import Users

/// `GET /api/message_groups`
struct MessageGroupRoutes {
    let lists: ListAnswers
    let conditional: ConditionalAnswer

    func list(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let user = try context.requireUser()
        return try await conditional.make(request, context, from: GroupItem.partition(user: user.uuid)) {
            try await lists.groups(of: user)
        }
    }
}

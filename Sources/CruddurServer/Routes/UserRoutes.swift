import Foundation
import Hummingbird
import Users

/// `GET /api/users/@{handle}/short`: who has this handle; no token is asked for.
struct UserRoutes {
    let conversations: Conversations

    func short(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let written = try context.parameters.require("handle")
        let user = try await conversations.user(handle: written.removingPercentEncoding ?? written)
        return try JSONAnswer.make([
            "uuid": user.uuid, "handle": user.handle, "display_name": user.displayName,
        ])
    }
}

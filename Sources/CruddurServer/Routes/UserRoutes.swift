import BoundedNumbers
import Foundation
import Hummingbird
import Users

/// Who there is.
struct UserRoutes {
    /// Code points of what is looked for.
    private static let longest = 64
    /// Users that one answer tells.
    private static let most = 20
    private static let usual = 10

    let conversations: Conversations

    /// `GET /api/users/@{handle}/short`: who has this handle; no token is asked for.
    func short(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let written = try context.parameters.require("handle")
        let user = try await conversations.user(handle: written.removingPercentEncoding ?? written)
        return try JSONAnswer.make(user.short)
    }

    /// `GET /api/users?q=`: whose handle or name begins so; for who has signed in, so that nobody else collects them.
    func search(_ request: Request, _ context: CruddurRequestContext) async throws -> Response {
        let parameters = request.uri.queryParameters
        let text = (parameters["q"].map(String.init) ?? "").drop { $0 == "@" }
        guard (1...Self.longest).contains(text.unicodeScalars.count), !text.holdsNUL,
            !text.allSatisfy(\.isWhitespace)
        else {
            throw RequestError.malformedQuery("q is how a handle or a name begins, of 1 to \(Self.longest) characters")
        }
        var limit = Self.usual
        if let wanted = parameters["limit"] {
            guard let number = Int(decimal: wanted, in: 1...Self.most) else {
                throw RequestError.malformedQuery("limit is a number from 1 to \(Self.most)")
            }
            limit = number
        }
        return try JSONAnswer.make(
            try await conversations.users(beginning: String(text), limit: limit).map(\.short))
    }
}

extension User {
    /// What others are told.
    fileprivate var short: [String: String] { ["uuid": uuid, "handle": handle, "display_name": displayName] }
}

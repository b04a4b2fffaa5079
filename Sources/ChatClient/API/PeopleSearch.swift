import Foundation
import HTTPExchange

extension CruddurAPI {
    /// People that one answer may tell, whatever was asked for.
    private static let mostPeople = 20

    /// Whose handle or name begins so; `nil`: this server has no such list, as most have none.
    ///
    /// - Throws: `APIError` where it cannot be told now.
    func users(beginning text: String) async throws -> [UserShort]? {
        let answer = try await get(backend.description + "/api/users?q=\(escaped(text))")
        switch answer.status {
        case 200:
            // Something else may be at that path.
            guard let rows = try? JSONDecoder().decode([UserShort].self, from: answer.body) else { return nil }
            return Array(rows.filter { !$0.handle.isEmpty }.prefix(Self.mostPeople))
        case 404, 405, 501: return nil
        default: throw APIError.refused(status: answer.status)
        }
    }
}

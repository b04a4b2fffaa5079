import Foundation
import HTTPExchange

extension CruddurAPI {
    /// Who has this handle; `nil` for nobody.
    ///
    /// Deployments say "nobody" with 404, 500, or 200 and nothing, and some say 404 or 500 whoever is asked for. So
    /// where one of these two is answered, somebody who exists is asked for as well.
    ///
    /// - Parameter me: your own handle: it exists.
    /// - Throws: `APIError`: `.cannotLookUp` where nobody can be looked up, `.wrongPath` where this is done elsewhere.
    func user(handle: String, knownToExist me: String?) async throws -> UserShort? {
        guard !handle.isEmpty else { return nil }
        switch try await short(paths.userShort, handle) {
        case .somebody(let person): return person
        case .nobody: return nil
        case .failed:
            guard let me, case .somebody = try await short(paths.userShort, me) else { throw APIError.cannotLookUp }
            return nil
        case .notThere: return try await otherPaths(handle, me)
        }
    }

    private func otherPaths(_ handle: String, _ me: String?) async throws -> UserShort? {
        if let me, case .somebody = try await short(paths.userShort, me) { return nil }
        for path in KnownPaths.userShort where path != paths.userShort {
            for known in [handle, me].compactMap(\.self) {
                guard case .somebody = try await short(path, known) else { continue }
                throw APIError.wrongPath(setting: "paths.user_short", path: path)
            }
        }
        guard me == nil else { throw APIError.cannotLookUp }
        return nil
    }

    private enum Short {
        case somebody(UserShort)
        /// It is said that nobody has the handle.
        case nobody
        /// 404: nobody, or no such path.
        case notThere
        /// 500: nobody, or it cannot tell of anybody.
        case failed
    }

    private func short(_ template: String, _ handle: String) async throws -> Short {
        let answer = try await http.send(HTTPCall(.get, url(template, "{handle}", handle)))
        switch answer.status {
        case 404: return .notThere
        // No conversation was asked for.
        case 403: throw APIError.refused(status: 403)
        case 500: return .failed
        case 200 where Nothing.isAll(of: answer.body): return .nobody
        default:
            let person: UserShort = try answer.decode()
            return person.handle.isEmpty ? .nobody : .somebody(person)
        }
    }
}

/// What answers 200 where there is nobody: `{}`, `null`, an object whose fields are null.
private struct Nothing: Decodable, Equatable {
    static func isAll(of body: Data) -> Bool {
        do {
            let fields = try JSONDecoder().decode(Optional<[String: Nothing?]>.self, from: body) ?? [:]
            return fields.values.allSatisfy { $0 == nil }
        } catch {
            return false
        }
    }

    init(from decoder: any Decoder) throws {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "something"))
    }
}

/// Where deployments are known to have what others have elsewhere.
enum KnownPaths {
    static let messageGroups = ["/api/message_groups", "/api/messages/groups"]
    static let userShort = ["/api/users/@{handle}/short", "/api/users/{handle}/short"]
}

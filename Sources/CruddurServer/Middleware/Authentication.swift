import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Traces
import Tracing
import Users

/// What a route knows of its request.
struct CruddurRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Set by `Authentication`. One reference: each step on the way to a route gets a copy of this context.
    private var caller: Caller?
    /// What this request takes of its user's limit.
    private(set) var place: RequestLimiter.Place?
    let channel: any Channel

    /// A message of 1,024 code points, all escaped, takes 12 kB.
    var maxUploadSize: Int { 64 * 1024 }

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// - Throws: `RequestError.unauthorized` on a route without `Authentication`.
    func requireUser() throws -> User {
        guard let caller else { throw RequestError.unauthorized }
        return caller.user
    }

    private final class Caller: Sendable {
        let user: User

        init(_ user: User) { self.user = user }
    }

    func taking(_ place: RequestLimiter.Place) -> CruddurRequestContext {
        var context = self
        context.place = place
        return context
    }

    func authenticated(as user: User) -> CruddurRequestContext {
        var context = self
        context.caller = Caller(user)
        return context
    }
}

/// Lets a request pass if it carries an access token of this pool, and finds its user. One that does not is
/// counted for the address that it comes from.
struct Authentication: RouterMiddleware {
    let verifier: TokenVerifier
    let users: any UserDirectory
    let strangers: AddressLimit

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        let user: User
        do {
            user = try await self.user(request.headers, context)
        } catch let error as RequestError {
            try strangers.count(request, context)
            throw error
        }
        ServiceContext.current?.traceAudience?.admit(user.uuid)
        return try await next(request, context.authenticated(as: user))
    }

    /// - Throws: `RequestError` for who is not let in, `UnavailableError` when nobody can tell.
    private func user(_ headers: HTTPFields, _ context: CruddurRequestContext) async throws -> User {
        guard let token = bearerToken(headers) else { throw RequestError.unauthorized }
        let claims: AccessTokenClaims
        do {
            claims = try await verifier.verify(token)
        } catch let error as any UnavailableError {
            throw error
        } catch {
            context.logger.debug("token refused", metadata: ["reason": "\(error)"])
            throw RequestError.unauthorized
        }
        do {
            guard let user = try await users.user(cognitoUserID: claims.subject) else { throw RequestError.unknownUser }
            return user
        } catch let shared as SharedIdentity {
            context.logger.error("refused: an identity of two users", metadata: ["error": "\(shared)"])
            throw RequestError.sharedIdentity
        }
    }

    /// The one word behind `Bearer`, in any case. Looked for by bytes: each request brings a thousand of them.
    private func bearerToken(_ headers: HTTPFields) -> String? {
        guard var header = headers[.authorization] else { return nil }
        return header.withUTF8 { bytes in
            let words = bytes.split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard words.count == 2, String(decoding: words[0], as: UTF8.self).lowercased() == "bearer" else {
                return nil
            }
            return String(decoding: words[1], as: UTF8.self)
        }
    }
}

import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What a route knows of its request.
struct CruddurRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Set by `Authentication`.
    private(set) var user: User?
    /// Who calls, as the network tells it; `nil` where it does not.
    let address: String?

    /// A message of 1,024 code points, all escaped, takes 12 kB.
    var maxUploadSize: Int { 64 * 1024 }

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress?.ipAddress
    }

    /// - Throws: `RequestError.unauthorized` on a route without `Authentication`.
    func requireUser() throws -> User {
        guard let user else { throw RequestError.unauthorized }
        return user
    }

    func authenticated(as user: User) -> CruddurRequestContext {
        var context = self
        context.user = user
        return context
    }
}

/// Lets a request pass if it carries an access token of this pool, and finds its user.
struct Authentication: RouterMiddleware {
    let verifier: TokenVerifier
    let users: any UserDirectory

    func handle(
        _ request: Request, context: CruddurRequestContext,
        next: (Request, CruddurRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let token = bearerToken(request.headers) else { throw RequestError.unauthorized }
        let claims: AccessTokenClaims
        do {
            claims = try await verifier.verify(token)
        } catch let error as any UnavailableError {
            throw error
        } catch {
            context.logger.debug("token refused", metadata: ["reason": "\(error)"])
            throw RequestError.unauthorized
        }
        guard let user = try await users.user(cognitoUserID: claims.subject) else { throw RequestError.unknownUser }
        return try await next(request, context.authenticated(as: user))
    }

    /// The one word behind `Bearer`, in any case.
    private func bearerToken(_ headers: HTTPFields) -> String? {
        guard let words = headers[.authorization]?.split(separator: " "), words.count == 2,
            words[0].lowercased() == "bearer"
        else { return nil }
        return String(words[1])
    }
}

import HTTPTypes
import Hummingbird
import Timestamps

/// The six routes of the contract, and what every request passes through.
enum APIRouter {
    static func make(
        _ options: ServerOptions, conversations: Conversations, verifier: TokenVerifier, users: any UserDirectory,
        metrics: ServerMetrics, time: any TimeSource, now: @escaping @Sendable () -> Timestamp
    ) -> Router<CruddurRequestContext> {
        let router = Router(context: CruddurRequestContext.self)
        router.add(middleware: AccessLog(metrics: metrics, time: time))
        if !options.allowedOrigins.isEmpty { router.add(middleware: CrossOrigin(allowed: options.allowedOrigins)) }
        router.add(middleware: KeyLifetime())
        router.add(middleware: ErrorAnswers())
        router.add(middleware: OtherMethods())
        router.add(
            middleware: AddressLimit(options.limits, trustsForwardedFor: options.trustsForwardedFor, now: now))

        let conditional = ConditionalAnswer(changes: { conversations.changes(of: $0) }, time: time)
        let groups = MessageGroupRoutes(conversations: conversations, conditional: conditional)
        let messages = MessageRoutes(
            conversations: conversations, conditional: conditional, isReadOnly: options.isReadOnly)
        let members = router.group().add(middleware: Authentication(verifier: verifier, users: users))
            .add(middleware: UserLimit(limiter: RequestLimiter(options.limits, now: now)))
        members.get("/api/message_groups", use: groups.list)
        members.get("/api/messages/{message_group_uuid}", use: messages.list)
        members.post("/api/messages", use: messages.create)

        router.get("/api/users/@{handle}/short", use: UserRoutes(conversations: conversations).short)
        router.get("/api/health-check") { _, _ in try JSONAnswer.make(["success": true]) }

        return router
    }
}

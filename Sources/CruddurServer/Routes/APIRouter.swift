import HTTPTypes
import Hummingbird
import Timestamps
import Traces
import Users

/// The routes of the contract, and what every request passes through.
enum APIRouter {
    static func make(
        _ options: ServerOptions, conversations: Conversations, verifier: TokenVerifier, users: any UserDirectory,
        connections: Connections, waiters: Waiters, metrics: ServerMetrics, tracing: ServerTracing?,
        time: any TimeSource
    ) -> Router<CruddurRequestContext> {
        let router = Router(context: CruddurRequestContext.self)
        if let tracing { router.add(middleware: TraceRequests(tracer: tracing.tracer)) }
        router.add(middleware: AccessLog(metrics: metrics, time: time))
        if !options.allowedOrigins.isEmpty { router.add(middleware: CrossOrigin(allowed: options.allowedOrigins)) }
        router.add(middleware: KeyLifetime())
        router.add(middleware: ErrorAnswers())
        let strangers = AddressLimit(options.limits, trustsForwardedFor: options.trustsForwardedFor, time: time)
        router.add(middleware: OtherMethods(strangers: strangers))

        let conditional = ConditionalAnswer(
            changes: { conversations.changes(of: $0) }, connections: connections, waiters: waiters)
        let lists = ListAnswers(conversations)
        let groups = MessageGroupRoutes(lists: lists, conditional: conditional)
        let messages = MessageRoutes(
            conversations: conversations, lists: lists, conditional: conditional, isReadOnly: options.isReadOnly,
            deviation: options.deviation)
        let members = router.group().add(
            middleware: Authentication(verifier: verifier, users: users, strangers: strangers)
        )
        .add(middleware: UserLimit(limiter: RequestLimiter(options.limits, time: time)))
        members.get("/api/message_groups", use: groups.list)
        members.get("/api/messages/{message_group_uuid}", use: messages.list)
        members.post("/api/messages", use: messages.create)
        let people = UserRoutes(conversations: conversations)
        members.get("/api/users", use: people.search)
        if let ring = tracing?.tracer.ring {
            let changes = ConditionalAnswer(
                changes: { ring.changes(for: $0) }, connections: connections, waiters: waiters)
            members.get("/api/traces", use: TraceRoutes(ring: ring, conditional: changes).list)
        }

        router.group().add(middleware: strangers)
            .get("/api/users/@{handle}/short", use: people.short)
        // Whoever watches over this server asks often, and must not be told that it asks too much.
        router.get("/api/health-check") { _, _ in try JSONAnswer.make(["success": true]) }

        return router
    }
}

import CruddurServer
import Foundation
import KeyTemplates
import LocalPool
import Logging
import MessageTable
import PrivateFiles
import Timestamps
import Traces
import Users

/// Three users with their conversations, and one without any, on an embedded backend in one folder: the
/// table, the users, the local pool's key, a log.
public struct DemoWorld: Sendable {
    public static let users = [
        user("nia", "Nia Okafor", "6c1f0d1e-2f0a-4c55-9a57-6d1d6a2f0001"),
        user("mei", "Mei Tanaka", "6c1f0d1e-2f0a-4c55-9a57-6d1d6a2f0002"),
        user("tomasz", "Tomasz Wiśniewski", "6c1f0d1e-2f0a-4c55-9a57-6d1d6a2f0003"),
        // Nobody has written to her yet: somebody must be left to start a conversation with.
        user("lena", "Lena Fischer", "6c1f0d1e-2f0a-4c55-9a57-6d1d6a2f0004"),
    ]

    public let issuer: LocalIssuer
    private let pool: LocalPool
    private let tablePath: String
    private let engine: EmbeddedEngine
    private let directory: EmbeddedUsers
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// Opens the world in `folder`, or makes it there.
    ///
    /// - Parameter deliver: brings a code of the pool to whom it is for.
    /// - Throws: when the folder's files cannot be used.
    public init(
        folder: String, logger: Logger, now: @escaping @Sendable () -> Timestamp,
        deliver: @escaping @Sendable (LocalPool.SentCode) -> Void = { _ in }
    ) async throws {
        self.logger = logger
        self.now = now
        try PrivateFile.prepareFolder(folder)
        tablePath = folder + "/" + Self.tableFile
        let engine = try EmbeddedEngine(path: tablePath, now: now)
        self.engine = engine
        directory = try EmbeddedUsers(path: folder + "/" + Self.usersFile)
        // A key takes as long to make as all the rest, so the table is filled meanwhile.
        async let seeding: Void = DemoSeeding(engine: engine, now: now).seedIfEmpty()
        issuer = try await LocalIssuer(keyPath: folder + "/" + Self.keyFile, now: now)
        pool = Self.pool(issuer, directory, now, deliver)
        for user in Self.users {
            try await directory.add(user)
            // They have a seat, and no password.
            await pool.add(
                user.email, subject: user.cognitoUserID, password: nil,
                attributes: ["email": user.email, "name": user.displayName, "preferred_username": user.handle])
        }
        try await seeding
    }

    private static let tableFile = "table.sqlite"
    private static let usersFile = "users.sqlite"
    private static let keyFile = "pool-key.pem"

    /// Every file that a fresh start removes.
    public static let files =
        [tableFile, usersFile].flatMap { [$0, $0 + "-wal", $0 + "-shm"] } + [
            keyFile, keyFile + LocalIssuer.draftSuffix,
        ]

    private static func pool(
        _ issuer: LocalIssuer, _ directory: EmbeddedUsers, _ now: @escaping @Sendable () -> Timestamp,
        _ deliver: @escaping @Sendable (LocalPool.SentCode) -> Void
    ) -> LocalPool {
        let name = issuer.userPoolID.split(separator: "_").last.map(String.init) ?? ""
        var settings = PoolSettings(poolName: name, clientID: issuer.clientID)
        settings.flows = [.srp, .password, .refresh]
        (settings.requiresAuthenticator, settings.remembersDevices, settings.rotates) = (true, true, true)
        return LocalPool(
            settings, mint: issuer, now: now, deliver: deliver,
            admit: { attributes in
                let handle = attributes["preferred_username"] ?? ""
                guard !handle.isEmpty else { throw DemoPoolError.noHandle }
                guard try await directory.user(handle: handle) == nil else { throw DemoPoolError.taken(handle) }
            },
            welcome: { user in
                try await directory.add(
                    User(
                        uuid: user.subject, displayName: user.attributes["name"] ?? user.name,
                        email: user.attributes["email"] ?? "", handle: user.attributes["preferred_username"] ?? "",
                        cognitoUserID: user.subject))
            })
    }

    /// A seat's tokens, without signing in.
    ///
    /// - Throws: when signing fails.
    public func tokens(for user: User) async throws -> IssuedTokens {
        let tokens = try await issuer.tokens(for: user)
        return IssuedTokens(
            access: tokens.access, identity: tokens.identity,
            refresh: await pool.refreshToken(for: user.cognitoUserID))
    }

    /// Its table and its stage, to be looked at and to be changed.
    ///
    /// - Parameter templates: in whose words the table is spoken of.
    public func backend(_ stage: DemoStage, _ templates: TableTemplates) -> DemoBackend {
        DemoBackend(
            self,
            table: DemoTable(file: tablePath, engine: engine, time: SystemTime(), templates: templates), stage: stage)
    }

    /// The server of this world.
    ///
    /// - Parameters:
    ///   - port: 0 for a free one; `onListening` is told which.
    ///   - stage: whether it does what ours does, or what the seed's does.
    /// - Throws: what `MessagingServer.init` throws.
    public func server(
        port: Int, stage: DemoStage, onListening: @escaping @Sendable (Int) -> Void
    ) throws -> MessagingServer {
        let time = SystemTime()
        let tracing = ServerTracing(tracer: RingTracer(time: time), table: "cruddur-messages")
        var options = ServerOptions()
        options.port = port
        options.limits = .none
        options.deviation.engine = { SeedEngine(base: $0, stage: stage) }
        options.deviation.echo = { stage.isOn(.echo) ? $0.named($0.sender.uuid) : $0 }
        let staged = StagedProjection(stage: stage, engine: tracing.watching(engine), time: time)
        let project = tracing.projection(now: now) { try await staged.project($0) }
        let consumer = StreamConsumer(name: GroupProjector.consumer, source: engine, now: now, logger: logger) {
            try await stage.wait(for: $0, time)
            _ = try await project($0)
        }
        let mending = StagedProjection(stage: stage, engine: engine, time: time)
        return try MessagingServer(
            options, engine: engine, users: directory, verifier: issuer.verifier(), issuer: issuer, pool: pool,
            tracing: tracing,
            workers: [
                {
                    try await mending.mendAll(of: Self.users.map(\.person))
                    try await consumer.run()
                }, { await staged.mend(project) },
            ],
            now: { stage.now() }, logger: logger, onListening: onListening)
    }

    /// Somebody writes who has nobody at a terminal.
    ///
    /// - Throws: `RequestError`, `TableError`.
    func write(_ text: String, from sender: String, to recipient: String, _ stage: DemoStage) async throws {
        guard let sender = Self.users.first(where: { $0.handle == sender }) else { return }
        let conversations = Conversations(
            engine: SeedEngine(base: engine, stage: stage), users: directory, now: { stage.now() })
        _ = try await conversations.start(text, with: recipient, from: sender)
    }

    /// Answers for whoever is not there, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - you: who is never answered for.
    ///   - isPresent: whether somebody else has this handle's seat.
    /// - Throws: `CancellationError`.
    public func runCompanion(
        for you: String, isPresent: @escaping @Sendable (String) -> Bool
    ) async throws {
        let conversations = Conversations(engine: engine, users: directory, now: now)
        let companion = Companion(conversations: conversations, engine: engine, you: you, isPresent: isPresent)
        try await companion.skipHistory()
        try await StreamConsumer(
            name: Companion.name, source: engine, lag: Companion.pause, now: now, logger: logger
        ) { try await companion.answer($0) }.run()
    }

    private static func user(_ handle: String, _ name: String, _ id: String) -> User {
        User(
            uuid: id, displayName: name, email: "\(handle)@cruddur.example", handle: handle, cognitoUserID: "sub-" + id)
    }
}

/// Why the demo's pool does not take somebody.
private enum DemoPoolError: Error, CustomStringConvertible {
    case noHandle
    case taken(String)

    var description: String {
        switch self {
        case .noHandle: "a handle is needed"
        case .taken(let handle): "the handle @\(handle) is somebody's already"
        }
    }
}

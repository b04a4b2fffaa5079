import ArgumentParser
import ChildProcesses
import CruddurServer
import Foundation
import Logging
import MessageTable
import Programs
import ServiceLifecycle
import Synchronization
import TerminalText
import Timestamps
import Users

/// `cruddur-ops browse @HANDLE`
struct Browse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open cruddur on a user's conversations, for reading only.",
        discussion: Examples.browse.help(
            then: """
                A server on loopback, which refuses every write and takes one token, made for this run and \
                for this user, serves the table to the chat. Both end together; nothing is kept, whatever ends \
                them: key and token are in no file that has a name.

                Texts are masked unless --texts; --at TIME shows the conversations as they were then.
                """))

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @OptionGroup var auditing: AuditOptions
    @Argument(help: "The user's @handle, or uuid.") var user: String
    @Flag(help: "Show what people wrote.") var texts = false
    @Option(help: "As it was at this time, as created_at has it.") var at: String?

    func validate() throws {
        if let at, Timestamp(at) == nil {
            throw ValidationError("--at \(at): this is not a time. Example: 2026-11-24T05:50:07+00:00")
        }
    }

    func run() async throws {
        let program = try Self.program("cruddur")
        let registry = try users.registry(table)
        let owner = try await registry.named(user)
        let whole = try table.engine(silence: .unsaid)
        let shown = (texts ? " with texts" : "") + (at.map { " as of \($0)" } ?? "")
        try auditing.path.map { try Audit(path: $0).note("browse" + shown, of: (owner.handle, owner.uuid), in: table) }
        let engine = BrowsedEngine(base: whole, time: at.flatMap(Timestamp.init), showsTexts: texts)
        let logger = Logger(label: "cruddur") { _ in SwiftLogNoOpLogHandler() }
        let issuer = try await LocalIssuer(now: Clock.now)
        let seat = OneSeat(owner: owner, subject: UUID().uuidString, others: registry)
        var options = ServerOptions()
        options.isReadOnly = true
        options.limits = .none
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let workers = await followers(whole, logger)
        let server = try MessagingServer(
            options, engine: engine, users: seat, verifier: issuer.verifier(), workers: workers,
            time: Clock.time, now: Clock.now, logger: logger
        ) { listening.yield($0) }
        let services = ServiceGroup(configuration: .init(services: [server], logger: logger))
        let serving = Task {
            defer { listening.finish() }
            try await services.run()
        }
        guard let port = await ports.first(where: { _ in true }) else { return try await serving.value }
        let token = try await issuer.tokens(for: seat.user, lifetime: 86_400).access
        let config = try NamelessFile(Self.settings(port: port, token: token, handle: owner.handle))
        let status = try await Self.run(program, with: config)
        await services.triggerGracefulShutdown()
        try? await serving.value
        if status != 0 { throw ExitCode(status) }
    }

    /// A table without a stream is shown all the same.
    private func followers(_ engine: any TableEngine, _ logger: Logger) async -> [MessagingServer.Worker] {
        guard let stream = try? await engine.stream() else { return [] }
        return [{ try await stream.announceChanges(now: Clock.now, logger: logger) }]
    }

    private static func settings(port: Int, token: String, handle: String) throws -> Data {
        let settings: [String: Any] = [
            "backend_url": "http://127.0.0.1:\(port)", "handle": handle, "read_only": true,
            "tokens": ["access_token": token], "history": ["enabled": false],
        ]
        return try JSONSerialization.data(withJSONObject: settings, options: [.prettyPrinted, .sortedKeys])
    }

    // MARK: The chat

    /// Beside this program, else in the PATH.
    private static func program(_ name: String) throws -> String {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let folders =
            [(own as NSString).deletingLastPathComponent]
            + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in folders where access(folder + "/" + name, X_OK) == 0 { return folder + "/" + name }
        throw OpsError.noProgram(name)
    }

    /// The settings of whoever calls are for another backend, and the chat asks neither AWS nor PostgreSQL.
    private static func isOurs(_ variable: String) -> Bool {
        ["CRUDDUR_", "AWS_", "PG"].contains { variable.hasPrefix($0) } || variable.hasSuffix("CONNECTION_URL")
    }

    /// On this terminal, in our own process group: another one may not read from it.
    ///
    /// - Returns: its exit code; 128 and the signal's number if one ended it.
    private static func run(_ program: String, with config: NamelessFile) async throws -> Int32 {
        // What ends the chat ends us after it: there is something to clean up.
        for ending in [SIGHUP, SIGINT, SIGQUIT] { signal(ending, SIG_IGN) }
        // Those of the terminal reach both of us; this one is for us alone.
        let chat = Mutex(Chat())
        let termination = CaughtSignals([SIGTERM]) { _ in chat.withLock { $0.end() } }
        let environment = ProcessInfo.processInfo.environment.filter { !isOurs($0.key) }
        let child: ChildProcess
        do {
            child = try ChildProcess(
                program, ["--config", "/proc/self/fd/\(ChildProcess.handedOver)"], environment: environment,
                input: .inherited, output: .inherited, errors: .inherited, handingOver: config.descriptor)
        } catch {
            throw OpsError.noProgram(program)
        }
        chat.withLock { $0.begin(child.number) }
        defer { withExtendedLifetime(termination) {} }
        let code = await child.end().code
        chat.withLock { $0.number = nil }
        return code
    }

    /// The chat that was started, which may be asked to end before it is.
    private struct Chat {
        var number: pid_t?
        private var isToEnd = false

        mutating func begin(_ number: pid_t) {
            self.number = number
            if isToEnd { kill(number, SIGTERM) }
        }

        mutating func end() {
            isToEnd = true
            if let number { kill(number, SIGTERM) }
        }
    }
}

/// One user may come in, under a subject that nobody else has.
private struct OneSeat: UserDirectory {
    let owner: User
    let subject: String
    let others: any UserDirectory

    var user: User {
        User(
            uuid: owner.uuid, displayName: owner.displayName, email: owner.email, handle: owner.handle,
            cognitoUserID: subject)
    }

    func user(handle: String) async throws -> User? { try await others.user(handle: handle) }

    func user(cognitoUserID: String) async throws -> User? { cognitoUserID == subject ? user : nil }

    func users(beginning text: String, limit: Int) async throws -> [User] {
        try await others.users(beginning: text, limit: limit)
    }
}

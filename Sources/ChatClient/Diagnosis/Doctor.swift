import Foundation
import HTTPExchange
import Timestamps

/// Looks at all that has to be well for the chat to work, one thing after the other, each within a deadline; what
/// cannot be looked at because of another is skipped. Nothing is changed anywhere, but that a token which has ended is
/// refreshed, as the chat would do.
public struct Doctor: Sendable {
    private static let deadline = Duration.seconds(10)
    /// Conversations whose messages are read.
    private static let readGroups = 3

    private let path: String?
    private let flags: [String: String]
    private let environment: [String: String]
    private let folders: XDGFolders
    private let time: any TimeSource
    private let openLog: @Sendable (LogSettings) throws -> ClientLog

    /// - Parameters:
    ///   - path: as for `ClientConfiguration.load`, and so are `flags` and `environment`.
    ///   - openLog: the log that is configured; what it throws is a problem of the configuration.
    public init(
        path: String? = nil, flags: [String: String] = [:],
        environment: [String: String] = ProcessVariables.all, time: any TimeSource = SystemTime(),
        openLog: @escaping @Sendable (LogSettings) throws -> ClientLog = { _ in .none }
    ) {
        self.openLog = openLog
        self.path = path
        self.flags = flags
        self.environment = environment
        folders = XDGFolders(environment)
        self.time = time
    }

    /// - Parameters:
    ///   - begin: is told what is looked at next.
    ///   - tell: is told what was found.
    public func examine(begin: (Check.Area) -> Void, tell: (Check) -> Void) async {
        func look(_ area: Check.Area, _ body: @escaping @Sendable () async -> Check) async {
            begin(area)
            tell(await within(area, body))
        }
        begin(.config)
        let location = ConfigurationSource.location(path, environment, folders)
        guard let result = await within(await inThread { load() }) else {
            tell(
                Check(
                    .config, .problem,
                    "\(folders.abbreviating(location)): nobody has written into it within "
                        + "\(Self.deadline.components.seconds) seconds", advice: "name a file, or write into the pipe"))
            return skip([.permissions] + Check.Area.ofBackend, "no configuration", tell)
        }
        tell(ConfigurationCheck.of(result.map(\.configuration), path: location, folders))
        guard case .success(let loaded) = result else {
            await look(.permissions) { [folders] in PermissionsCheck.of([location], folders) }
            return skip(Check.Area.ofBackend, "no configuration", tell)
        }
        let visit = Visit(loaded.configuration, dataFolder: folders.data, time: time, log: loaded.log)
        await look(.permissions) { [folders] in PermissionsCheck.of([location] + visit.files, folders) }
        await examine(visit, look: look, tell: tell)
        await visit.end()
    }

    private func examine(
        _ visit: Visit, look: (Check.Area, @escaping @Sendable () async -> Check) async -> Void, tell: (Check) -> Void
    ) async {
        await look(.proxy) { [environment] in ProxyCheck.of(visit.configuration.backend, environment) }
        let host = visit.configuration.backend.hostName
        await look(.dns) { await inThread { NameCheck.of(host) } ?? .late(.dns, after: Self.deadline) }
        await look(.tls) { await visit.certificates() }
        await look(.backend) { await visit.health() }
        await look(.clock) { await visit.clock() }
        guard await visit.isReachable else {
            return skip([.token, .identity, .groups, .messages, .traps, .stream], "no answer of the backend", tell)
        }
        guard !visit.configuration.tokens.access.isEmpty else {
            tell(Check(.token, .problem, "you are not signed in", advice: "sign in: cruddur login"))
            return skip([.identity, .groups, .messages, .traps, .stream], "no token", tell)
        }
        await look(.token) { await visit.token() }
        await look(.identity) { await visit.identity() }
        await look(.groups) { await visit.groups() }
        guard await visit.hasGroups else { return skip([.messages, .traps, .stream], "no groups", tell) }
        await look(.messages) { await visit.messages(of: Self.readGroups) }
        await look(.traps) { await visit.traps() }
        await look(.stream) { await visit.stream() }
    }

    private struct Loaded: Sendable {
        let configuration: ClientConfiguration
        let log: ClientLog
    }

    private func load() -> Result<Loaded, any Error> {
        Result {
            let source = try ConfigurationSource(path: path, flags: flags, environment: environment)
            var configuration = try source.configuration(of: source.chosenProfile(), tokens: .optional)
            try configuration.fetchTokens(mayAsk: false)
            return Loaded(configuration: configuration, log: try openLog(configuration.log))
        }
    }

    private func skip(_ areas: [Check.Area], _ reason: String, _ tell: (Check) -> Void) {
        for area in areas { tell(Check(area, .skipped, reason)) }
    }

    // MARK: Deadlines

    private func within(_ area: Check.Area, _ body: @escaping @Sendable () async -> Check) async -> Check {
        await within(await body()) ?? .late(area, after: Self.deadline)
    }

    /// `nil`: not in time.
    private func within<Value: Sendable>(_ body: @escaping @autoclosure @Sendable () async -> Value?) async -> Value? {
        let time = time
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask {
                try? await time.sleep(for: Self.deadline)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}

extension Check.Area {
    /// What cannot be looked at without a configuration.
    fileprivate static let ofBackend: [Check.Area] = [
        .proxy, .dns, .tls, .backend, .clock, .token, .identity, .groups, .messages, .traps, .stream,
    ]
}

/// What nobody can hurry, on a thread of its own; whoever is cancelled waits no longer: `nil`.
private func inThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value? {
    let (results, done) = AsyncStream.makeStream(of: Value.self)
    Thread.detachNewThread {
        done.yield(body())
        done.finish()
    }
    return await results.first { _ in true }
}

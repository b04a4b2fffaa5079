import AWSClient
import Foundation
import HTTPExchange
import KeyTemplates
import Logging
import ServiceLifecycle
import TerminalText
import TestSupport
import Testing
import Timestamps
import Traces
import Users

@testable import CruddurDemo
@testable import CruddurServer
@testable import CruddurTUI
@testable import MessageTable

/// What F2 and F3 show is what the engine was asked, and what the table holds: two people write at the same time.
struct InspectedTruthTests {
    /// `INSPECTED_RUNS=200` tries as many; a run is decided by its seed, and `INSPECTED_FIRST` says which is the first.
    private static let seeds: Range<UInt64> = {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["INSPECTED_FIRST"].flatMap(UInt64.init) ?? 1
        return first..<first + (environment["INSPECTED_RUNS"].flatMap(UInt64.init) ?? 6)
    }()

    @Test(.timeLimit(.minutes(10))) func ofTheTableInAFile() async throws {
        let folder = try TemporaryFolder()
        try await run {
            try EmbeddedEngine(path: folder.path + "/\(UUID().uuidString).sqlite", now: Self.now)
        }
    }

    @Test(.enabled(if: Services.aws != nil, "bin/test starts the emulator"), .timeLimit(.minutes(10)))
    func ofTheTableInDynamoDB() async throws {
        let endpoint = Services.aws ?? ""
        try await run {
            let engine = DynamoDBEngine(
                client: Self.client(.dynamoDB, endpoint), streams: Self.client(.dynamoDBStreams, endpoint),
                table: "t-" + UUID().uuidString, logger: Self.silent)
            try await TableDefinition(engine).create(isOnDemand: true)
            return engine
        }
    }

    /// Each run has a table of its own.
    private func run(_ make: () async throws -> any TableEngine) async throws {
        var letters: Set<String> = []
        for seed in Self.seeds {
            let engine = AskedEngine(base: try await make())
            try await InspectedServer.run(engine) { letters.formUnion(try await run(seed, $0, engine)) }
        }
        #expect(letters == ["A", "B", "C", "D", "E"])
    }

    /// - Returns: the letters of the calls that were seen.
    private func run(_ seed: UInt64, _ server: InspectedServer, _ engine: AskedEngine) async throws -> Set<String> {
        engine.asked.forget()
        let before = engine.capacity.total
        let people = try await server.people(["nia", "mei", "lena"].map { "\($0)-\(seed)" })
        // Whoever is first starts the group; the other may find that it is there.
        async let one = act(seed * 2, people[0], people[1], people[2], server)
        async let other = act(seed * 2 + 1, people[1], people[0], people[2], server)
        let messages = try await one + other

        let spans = try await server.spans(of: people, messages: messages)
        var inspector = Inspector()
        var random = Seeded(seed)
        var log = CallLog()
        log.take(spans.shuffled(using: &random))
        inspector.show(log)
        let shown = inspector.calls.flatMap { CallWording.lines(of: $0, LocalTime { _ in 0 }, shortens: false) }
        #expect(Self.operations(shown).sorted() == engine.asked.all.sorted(), "seed \(seed)")
        // All of it, and what it cost.
        let consumed = engine.capacity.total
        #expect(inspector.units.read == consumed.read - before.read, "seed \(seed)")
        #expect(inspector.units.write == consumed.write - before.write, "seed \(seed)")
        try await compareTable(engine, seed)
        return inspector.calls.reduce(into: []) { $0.formUnion($1.letters) }
    }

    /// Lines of the inspector as `AskedEngine` words them: without units, each write behind its transaction, what was read
    /// several times as often.
    private static func operations(_ lines: [CallLine]) -> [String] {
        var found: [String] = []
        for line in lines where line.text.hasPrefix("  ") && !line.text.hasPrefix("  E stream") {
            var text = line.text
            var count = 1
            if let times = text.firstMatch(of: #/ ×(\d+)$/#) {
                (text, count) = (String(text[..<times.range.lowerBound]), Int(times.1) ?? 0)
            }
            if text.hasPrefix("    ") {
                found[found.count - 1] += " | " + text.drop { $0 == " " }
            } else {
                text.replace(#/( [\d.]+ RU)?( [\d.]+ WU)?$/#, with: "")
                found += Array(repeating: String(text.dropFirst(2)), count: count)
            }
        }
        return found
    }

    private func compareTable(_ engine: AskedEngine, _ seed: UInt64) async throws {
        var items: [Item] = []
        var after: ItemKey?
        repeat {
            let page = try await engine.base.scan(limit: 1000, after: after)
            items += page.items
            after = page.next
        } while after != nil
        var table = TableView()
        table.take(TableRow.rows(items, .cruddur), Self.now())
        let group = items.compactMap { $0.key.partition.hasPrefix("MSG#") ? $0.key.partition.dropFirst(4) : nil }.last
        let lines = TableLines.lines(
            table, of: group.map(String.init), room: 100_000, reads: [:], now: Self.now().advanced(bySeconds: 10))
        // Each row stands below its partition, once; the index has those of the group a second time.
        var shown: [ItemKey: Int] = [:]
        var heading = ""
        for line in lines {
            if line.kind == .partition {
                heading = String(line.text.prefix { $0 != " " })
            } else {
                #expect(line.kind == .row, "seed \(seed): \(line.text)")
                let sort = String(line.text.dropFirst(2).prefix { $0 != " " })
                shown[ItemKey(partition: heading, sort: sort), default: 0] += 1
            }
        }
        let own = Set(items.filter { Self.isOf(group.map(String.init), $0) }.map(\.key.partition))
        var held: [ItemKey: Int] = [:]
        for item in items where own.contains(item.key.partition) {
            let sort = item.key.sort.count == 32 ? String(item.key.sort.dropFirst(5).dropLast(6)) : item.key.sort
            let heading = CallWording.shortened(item.key.partition)
            held[ItemKey(partition: heading, sort: sort), default: 0] += 1
            if item.text("message_group_uuid") == group.map(String.init) {
                held[ItemKey(partition: "message-group-sk-index", sort: sort), default: 0] += 1
            }
        }
        #expect(shown == held, "seed \(seed)")
    }

    private static func isOf(_ group: String?, _ item: Item) -> Bool {
        item.key.partition == "MSG#\(group ?? "")" || item.text("message_group_uuid") == group
            || item.text("group_uuid") == group
    }

    /// What one of them does, in an order of the seed's.
    ///
    /// - Returns: how many messages were taken.
    private func act(
        _ seed: UInt64, _ me: Somebody, _ other: Somebody, _ third: Somebody, _ server: InspectedServer
    ) async throws -> Int {
        var random = Seeded(seed)
        var taken = 0
        for number in 0..<8 {
            let groups = try await server.groups(me)
            let group = groups[other.handle]
            switch Int.random(in: 0..<6, using: &random) {
            case 0: _ = try await server.groups(me)
            case 1: if let group { try await server.read(group, me) }
            case 2 where groups[third.handle] == nil:
                taken += try await server.send(["message": "n\(number)", "handle": third.handle], me)
            default:
                let address = group.map { ["message_group_uuid": $0] } ?? ["handle": other.handle]
                taken += try await server.send(address.merging(["message": "m\(number)"]) { $1 }, me)
            }
        }
        return taken
    }

    // MARK: Engines

    private static let now: @Sendable () -> Timestamp = { SystemTime().now() }

    fileprivate static var silent: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    private static func client(_ service: AWSService, _ endpoint: String) -> AWSClient {
        AWSClient(
            service, region: "us-east-1", endpoint: endpoint,
            credentials: CredentialChain(
                environment: ["AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"], now: now),
            logger: silent, now: now)
    }
}

/// A user with a token.
struct Somebody: Sendable {
    let handle: String
    let token: String
}

/// A server that traces, with its stream, for the length of a test.
struct InspectedServer: Sendable {
    let url: String
    private let users: EmbeddedUsers
    private let issuer: LocalIssuer

    static func run(
        _ engine: AskedEngine, _ body: (InspectedServer) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder().path
        let now: @Sendable () -> Timestamp = { SystemTime().now() }
        let users = try EmbeddedUsers(path: folder + "/users.sqlite")
        let issuer = try await LocalIssuer(keyPath: folder + "/key.pem", now: now)
        let tracing = ServerTracing(tracer: RingTracer(time: SystemTime()), table: "messages")
        let project = ServerTracing.projection(on: engine, tracing, now: now)
        let reader = StreamReader(
            name: GroupProjector.consumer, checkpoints: { folder + "/stream.sqlite" }, now: now,
            logger: InspectedTruthTests.silent
        ) { _ = try await project($0) }
        let follow = try await engine.stream().following(as: reader)
        var options = ServerOptions()
        options.limits = .none
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try MessagingServer(
            options, engine: engine, users: users, verifier: issuer.verifier(), issuer: issuer, tracing: tracing,
            workers: [follow], time: SystemTime(), now: now, logger: InspectedTruthTests.silent
        ) { listening.yield($0) }
        let services = ServiceGroup(configuration: .init(services: [server], logger: InspectedTruthTests.silent))
        let serving = Task { try await services.run() }
        guard let port = await ports.first(where: { _ in true }) else { return }
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await body(InspectedServer(url: "http://127.0.0.1:\(port)", users: users, issuer: issuer)))
        } catch {
            result = .failure(error)
        }
        await services.triggerGracefulShutdown()
        try await serving.value
        try result.get()
    }

    func people(_ handles: [String]) async throws -> [Somebody] {
        var people: [Somebody] = []
        for handle in handles {
            let user = User(
                uuid: UUID().uuidString.lowercased(), displayName: handle, email: "", handle: handle,
                cognitoUserID: UUID().uuidString)
            try await users.add(user)
            people.append(Somebody(handle: handle, token: try await issuer.tokens(for: user).access))
        }
        return people
    }

    /// Their uuids, by the other's handle.
    func groups(_ me: Somebody) async throws -> [String: String] {
        struct Row: Decodable {
            let uuid: String
            let handle: String
        }
        let rows: [Row] = try JSONDecoder().decode(
            [Row].self, from: try await call(.get, "/api/message_groups", me).body)
        return Dictionary(rows.map { ($0.handle, $0.uuid) }) { $1 }
    }

    func read(_ group: String, _ me: Somebody) async throws { _ = try await call(.get, "/api/messages/\(group)", me) }

    /// - Returns: 1 if it was taken.
    func send(_ body: [String: String], _ me: Somebody) async throws -> Int {
        let answer = try await call(.post, "/api/messages", me, body: try JSONEncoder().encode(body))
        return answer.status == 200 ? 1 : 0
    }

    /// All steps that are offered to any of them, each once, when the stream has handled all their messages.
    func spans(of people: [Somebody], messages: Int) async throws -> [TraceSpan] {
        struct Page: Decodable {
            let spans: [TraceSpan]
            let next: Int
        }
        var spans: [String: TraceSpan] = [:]
        var places = people.map { _ in 0 }
        while true {
            for (number, somebody) in people.enumerated() {
                let answer = try await call(.get, "/api/traces?after=\(places[number])", somebody)
                let page = try JSONDecoder().decode(Page.self, from: answer.body)
                for span in page.spans { spans[span.spanID] = span }
                places[number] = page.next
            }
            if spans.values.count(where: { $0.kind == "consumer" }) >= messages { return Array(spans.values) }
            try Task.checkCancellation()
        }
    }

    private func call(
        _ method: HTTPCall.Method, _ path: String, _ me: Somebody, body: Data? = nil
    ) async throws -> HTTPAnswer {
        try await HTTPConnections.shared.send(
            HTTPCall(
                method, url + path,
                headers: ["Authorization": "Bearer \(me.token)", "Content-Type": "application/json"], body: body),
            within: HTTPBounds(time: nil, size: 16 << 20))
    }
}

import AWSClient
import ArgumentParser
import BoundedNumbers
import Foundation
import HTTPExchange
import Logging
import MessageTable
import PrivateFiles
import TerminalText
import Timestamps

/// Which table a command works on.
struct TableOptions: ParsableArguments {
    static let localEndpoint = "http://localhost:8000"

    @Option(help: "DynamoDB's address; \(localEndpoint) if nothing else is said.")
    var endpointUrl: String?

    @Flag(help: "AWS, with your usual credentials and region.")
    var prod = false

    @Option(help: ArgumentHelp("A table in this SQLite file instead of DynamoDB.", valueName: "file"))
    var embedded: String?

    static let usualTable = "cruddur-messages"

    @Option(help: "The table's name.")
    var table = usualTable

    @Option(help: "The AWS region; else AWS_REGION, the profile's, or us-east-1.")
    var region: String?

    @Flag(help: "Say every call and what it cost, on standard error.")
    var verbose = false

    @Option(
        help: ArgumentHelp("Seconds that a call may take before it is given up, tries and all.", valueName: "seconds"),
        transform: Self.seconds)
    var timeout = 30.0

    private static func seconds(_ text: String) throws -> Double {
        guard let seconds = Double(decimal: text, in: 0.1...86_400) else {
            throw ValidationError("--timeout is between 0.1 and 86400 seconds.")
        }
        return seconds
    }

    func validate() throws {
        let said = [
            endpointUrl != nil ? "--endpoint-url" : nil, prod ? "--prod" : nil, embedded != nil ? "--embedded" : nil,
        ]
        .compactMap { $0 }
        guard said.count < 2 else {
            throw ValidationError("\(said.joined(separator: " and ")) name two places. Take one of them.")
        }
        try Self.check("--endpoint-url", endpointUrl, example: Self.localEndpoint)
        guard prod else { return }
        for service in ["DYNAMODB", "DYNAMODB_STREAMS"] { try Self.checkEnvironment(service) }
    }

    /// - Throws: `ValidationError` if `url` is none that anybody could be called at.
    static func check(_ option: String, _ url: String?, example: String) throws {
        guard let url else { return }
        do {
            _ = try BaseURL(parsing: url)
        } catch {
            throw ValidationError("\(option) \(BaseURL.shown(url)) \(error). Example: \(example)")
        }
    }

    /// - Throws: `ValidationError` if the environment names a place for `service` that nobody could be called at.
    static func checkEnvironment(_ service: String) throws {
        for name in ["AWS_ENDPOINT_URL_\(service)", "AWS_ENDPOINT_URL"] {
            guard let url = environment[name], !url.isEmpty else { continue }
            try check(name, url, example: localEndpoint)
        }
    }

    /// In words.
    var place: String {
        if let embedded { return embedded }
        return dynamoDBEndpoint ?? "AWS in \(awsRegion)"
    }

    var awsRegion: String { region ?? SharedFiles(Self.environment).region ?? "us-east-1" }

    /// Where on AWS the table is; `nil`: it is elsewhere.
    var cloudRegion: String? { embedded == nil && dynamoDBEndpoint == nil ? awsRegion : nil }

    /// `nil`: AWS's own.
    var dynamoDBEndpoint: String? { prod ? Self.environmentEndpoint("DYNAMODB") : endpointUrl ?? Self.localEndpoint }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// As AWS's own tools read it.
    static func environmentEndpoint(_ service: String) -> String? {
        [environment["AWS_ENDPOINT_URL_\(service)"], environment["AWS_ENDPOINT_URL"]]
            .compactMap { $0 }.first { !$0.isEmpty }
    }

    var logger: Logger {
        var logger = Logger(label: "cruddur-ops") { _ in StandardErrorLog(time: Clock.time) }
        logger.logLevel = verbose ? .debug : .warning
        return logger
    }

    /// Whether a person waits, who is told when nobody answers; a server's log has what becomes of it.
    enum Silence {
        case told
        case unsaid
    }

    /// An emulator takes any credentials, so it need not be given some.
    func client(_ service: AWSService, endpoint: String?, silence: Silence = .told) -> AWSClient {
        let chain = CredentialChain(
            fallback: prod ? nil : Credentials(accessKeyID: "local", secretAccessKey: "local"), now: Clock.now)
        // What is not there on this machine does not come by waiting.
        let patience = AWSClient.Patience(
            attempts: prod ? 8 : 3, answer: .seconds(min(15, timeout)), whole: .seconds(timeout))
        return AWSClient(
            service, region: awsRegion, endpoint: endpoint, credentials: chain, patience: patience, logger: logger,
            now: Clock.now, onSilence: teller(silence))
    }

    private func teller(_ silence: Silence) -> (@Sendable (String) -> Void)? {
        guard silence == .told else { return nil }
        let timeout = timeout
        return { Self.tell(silence: $0, timeout) }
    }

    /// Nobody waits for half a minute without a word.
    private static func tell(silence endpoint: String, _ timeout: Double) {
        let limit = timeout == timeout.rounded() ? "\(Int(timeout))" : "\(timeout)"
        Output.complain("\(endpoint) has not answered for 5 s; it is given up after \(limit) s (--timeout)")
    }

    /// The engine in DynamoDB.
    ///
    /// - Parameter keys: of another table than Cruddur's.
    /// - Throws: `OpsError.notEmbedded` with `--embedded`.
    func dynamoDB(
        for command: String, silence: Silence = .told, keys: KeyNames = KeyNames()
    ) throws -> DynamoDBEngine {
        guard embedded == nil else { throw OpsError.notEmbedded(command) }
        // An emulator has both services at one address.
        let streams = prod ? Self.environmentEndpoint("DYNAMODB_STREAMS") : dynamoDBEndpoint
        return DynamoDBEngine(
            client: client(.dynamoDB, endpoint: dynamoDBEndpoint, silence: silence),
            streams: client(.dynamoDBStreams, endpoint: streams, silence: silence), table: table, keys: keys,
            logger: logger)
    }

    /// Whichever engine is asked for.
    ///
    /// - Parameter missing: whether an embedded table is made where there is none.
    /// - Throws: `TableError`.
    func engine(missing: MissingFile = .refused, silence: Silence = .told) throws -> any TableEngine {
        if let embedded { return try EmbeddedEngine(path: embedded, missing: missing, now: Clock.now) }
        return try dynamoDB(for: "", silence: silence)
    }
}

/// This program's clocks.
enum Clock {
    static let time = SystemTime()
    static let now: @Sendable () -> Timestamp = { time.now() }
}

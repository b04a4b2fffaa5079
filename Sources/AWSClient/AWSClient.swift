import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Timestamps

/// An AWS service that speaks the JSON protocol.
public struct AWSService: Sendable {
    /// In the signature's scope.
    let signingName: String
    /// Before the action in `X-Amz-Target`.
    let target: String
    /// `1.0` or `1.1`
    let jsonVersion: String
    /// The first part of the host.
    let hostPrefix: String

    public static let dynamoDB = AWSService(
        signingName: "dynamodb", target: "DynamoDB_20120810", jsonVersion: "1.0", hostPrefix: "dynamodb")
    public static let dynamoDBStreams = AWSService(
        signingName: "dynamodb", target: "DynamoDBStreams_20120810", jsonVersion: "1.0",
        hostPrefix: "streams.dynamodb")
    public static let cognito = AWSService(
        signingName: "cognito-idp", target: "AWSCognitoIdentityProviderService", jsonVersion: "1.1",
        hostPrefix: "cognito-idp")
}

/// Calls one service: signed, within bounds of time, again after what passes.
public struct AWSClient: Sendable {
    /// How often and how long a call is tried.
    public struct Patience: Sendable {
        /// All tries, the first among them.
        public var attempts: Int
        /// The first wait; each later one at most twice the last. Full jitter.
        public var firstWait: Duration
        public var longestWait: Duration
        /// For one try.
        public var answer: Duration

        public init(
            attempts: Int = 8, firstWait: Duration = .milliseconds(50), longestWait: Duration = .seconds(5),
            answer: Duration = .seconds(15)
        ) {
            self.attempts = attempts
            self.firstWait = firstWait
            self.longestWait = longestWait
            self.answer = answer
        }
    }

    private static let sizeLimit = 32 << 20

    /// Lives as long as the program. Tries are counted here, and not once more below.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(3)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    public let endpoint: String
    private let service: AWSService
    private let region: String
    private let credentials: CredentialChain
    private let patience: Patience
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - endpoint: another place than AWS, such as `http://localhost:8000`; `nil`: the region's.
    ///   - sleep: between two tries.
    public init(
        _ service: AWSService, region: String, endpoint: String? = nil, credentials: CredentialChain,
        patience: Patience = Patience(), logger: Logger, now: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.service = service
        self.region = region
        let address = endpoint ?? "https://\(service.hostPrefix).\(region).\(Self.domain(region))"
        self.endpoint = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.credentials = credentials
        self.patience = patience
        self.logger = logger
        self.now = now
        self.sleep = sleep
    }

    private static func domain(_ region: String) -> String {
        region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    }

    /// Makes the call, and again after throttling, 5xx and lost connections.
    ///
    /// - Returns: the answer's body.
    /// - Throws: `AWSError`; `CancellationError`.
    public func call(_ action: String, _ body: Data) async throws -> Data {
        var wait = patience.firstWait
        var mayHaveHappened = false
        var attempt = 1
        while true {
            do {
                return try await once(action, body)
            } catch let error as AWSError {
                guard error.isTransient, attempt < patience.attempts else {
                    throw error.after(uncertainTry: mayHaveHappened)
                }
                mayHaveHappened = mayHaveHappened || error.mayHaveHappened
                logger.debug("\(action): again after \(error)")
                try await sleep(wait * Double.random(in: 0...1))
                wait = min(wait * 2, patience.longestWait)
                attempt += 1
            }
        }
    }

    private func once(_ action: String, _ body: Data) async throws -> Data {
        var request = HTTPClientRequest(url: endpoint + "/")
        request.method = .POST
        let own = [
            (name: "Content-Type", value: "application/x-amz-json-\(service.jsonVersion)"),
            (name: "X-Amz-Target", value: "\(service.target).\(action)"),
        ]
        let signature = SignatureV4(
            credentials: try await credentials.current(), region: region, service: service.signingName)
        let signed = SignatureV4.Request(method: "POST", host: try host(), headers: own, body: body)
        for (name, value) in own + signature.headers(for: signed, at: now()) {
            request.headers.add(name: name, value: value)
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let limit = TimeAmount.milliseconds(Int64(patience.answer / .milliseconds(1)))
            let response = try await Self.http.execute(request, timeout: limit)
            let content = Data(try await response.body.collect(upTo: Self.sizeLimit).readableBytesView)
            guard response.status == .ok else { throw AWSError(status: Int(response.status.code), body: content) }
            return content
        } catch let error as AWSError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw AWSError(transport: error, endpoint: endpoint)
        }
    }

    /// As the client writes it into `Host`.
    private func host() throws -> String {
        guard let url = URL(string: endpoint), let host = url.host else {
            throw AWSError.transport(endpoint: endpoint, reason: "this is not a URL", mayHaveHappened: false)
        }
        guard let port = url.port, port != (url.scheme == "https" ? 443 : 80) else { return host }
        return "\(host):\(port)"
    }
}

extension AWSError {
    func after(uncertainTry: Bool) -> AWSError {
        guard uncertainTry, case .service(var fault) = self else { return self }
        fault.mayHaveHappenedBefore = true
        return .service(fault)
    }

    var mayHaveHappened: Bool {
        switch self {
        case .service(let fault): fault.status >= 500
        case .transport(_, _, let mayHaveHappened): mayHaveHappened
        case .noCredentials: false
        }
    }

    init(transport error: any Error, endpoint: String) {
        let (reason, mayHaveHappened): (String, Bool) =
            switch error {
            case is NIOConnectionError: ("nobody answers there", false)
            case let error as HTTPClientError where error == .connectTimeout: ("no connection in time", false)
            case let error as HTTPClientError where error == .deadlineExceeded: ("no answer in time", true)
            case let error as IOError where error.errnoCode == ECONNREFUSED: ("connection refused", false)
            default: ("the connection was lost", true)
            }
        self = .transport(endpoint: endpoint, reason: reason, mayHaveHappened: mayHaveHappened)
    }
}

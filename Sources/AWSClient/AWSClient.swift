import Foundation
import HTTPExchange
import Logging
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
        /// For all tries and waits of a call.
        public var whole: Duration

        public init(
            attempts: Int = 8, firstWait: Duration = .milliseconds(50), longestWait: Duration = .seconds(5),
            answer: Duration = .seconds(15), whole: Duration = .seconds(150)
        ) {
            self.whole = whole
            self.attempts = attempts
            self.firstWait = firstWait
            self.longestWait = longestWait
            self.answer = answer
        }
    }

    private static let sizeLimit = 32 << 20
    /// After so long without an answer, who waits is told.
    private static let silence = Duration.seconds(5)

    public let endpoint: String
    private let service: AWSService
    private let region: String
    private let credentials: CredentialChain
    private let patience: Patience
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let time: any TimeSource
    private let sleep: @Sendable (Duration) async throws -> Void
    private let onSilence: (@Sendable (String) -> Void)?

    /// - Parameters:
    ///   - endpoint: another place than AWS, such as `http://localhost:8000`; `nil`: the region's.
    ///   - time: a call's whole time is measured by it.
    ///   - sleep: between two tries.
    ///   - onSilence: told the endpoint, once a call, when it has not answered for five seconds.
    public init(
        _ service: AWSService, region: String, endpoint: String? = nil, credentials: CredentialChain,
        patience: Patience = Patience(), logger: Logger, now: @escaping @Sendable () -> Timestamp,
        time: any TimeSource = SystemTime(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await SystemTime().sleep(for: $0) },
        onSilence: (@Sendable (String) -> Void)? = nil
    ) {
        self.service = service
        self.region = region
        let address = endpoint ?? "https://\(service.hostPrefix).\(region).\(Self.domain(region))"
        self.endpoint = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.credentials = credentials
        self.patience = patience
        self.logger = logger
        self.now = now
        self.time = time
        self.sleep = sleep
        self.onSilence = onSilence
    }

    private static func domain(_ region: String) -> String {
        region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    }

    /// Makes the call, and again after throttling, 5xx and lost connections.
    ///
    /// - Parameter onFault: told of each try that went wrong, also of those after which it was tried again.
    /// - Returns: the answer's body.
    /// - Throws: `AWSError`; `CancellationError`.
    public func call(
        _ action: String, _ body: Data, onFault: (AWSError) -> Void = { _ in }
    ) async throws -> Data {
        guard let onSilence else { return try await tries(action, body, onFault) }
        let alarm = Task {
            try await time.sleep(for: Self.silence)
            onSilence(endpoint)
        }
        defer { alarm.cancel() }
        return try await tries(action, body, onFault)
    }

    private func tries(_ action: String, _ body: Data, _ onFault: (AWSError) -> Void) async throws -> Data {
        let end = time.elapsed() + patience.whole
        var wait = patience.firstWait
        var mayHaveHappened = false
        var attempt = 1
        while true {
            do {
                return try await once(action, body, within: min(patience.answer, end - time.elapsed()))
            } catch let error as AWSError {
                onFault(error)
                guard error.isTransient, attempt < patience.attempts, time.elapsed() + wait < end else {
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

    private func once(_ action: String, _ body: Data, within limit: Duration) async throws -> Data {
        let own = [
            (name: "Content-Type", value: "application/x-amz-json-\(service.jsonVersion)"),
            (name: "X-Amz-Target", value: "\(service.target).\(action)"),
        ]
        let signature = SignatureV4(
            credentials: try await credentials.current(), region: region, service: service.signingName)
        let signed = SignatureV4.Request(method: "POST", host: try host(), headers: own, body: body)
        let headers = own + signature.headers(for: signed, at: now())
        let call = HTTPCall(
            .post, endpoint + "/", headers: Dictionary(headers.map { ($0.name, $0.value) }) { $1 }, body: body)
        do {
            // Tries are counted here, and not once more below.
            let answer = try await HTTPConnections.shared.send(
                call, within: HTTPBounds(time: limit, size: Self.sizeLimit))
            guard answer.status == 200 else { throw AWSError(status: answer.status, body: answer.body) }
            return answer.body
        } catch let fault as HTTPFault {
            throw AWSError.transport(
                endpoint: endpoint, reason: fault.description, mayHaveHappened: fault.mayHaveArrived)
        }
    }

    /// As it is written into `Host`.
    private func host() throws -> String {
        let complaint: String
        do {
            let url = try BaseURL(parsing: endpoint)
            guard let port = url.port, port != (url.scheme == "https" ? 443 : 80) else { return url.host }
            return "\(url.host):\(port)"
        } catch {
            complaint = error.description
        }
        throw AWSError.unusable(endpoint: endpoint, complaint: complaint)
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
        case .unusable, .noCredentials: false
        }
    }
}

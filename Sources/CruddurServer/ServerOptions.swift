import Foundation

/// How a server listens, and what it bears.
public struct ServerOptions: Sendable {
    /// The address to listen on.
    public var hostname = "127.0.0.1"
    /// 0 for a free one.
    public var port = 0
    /// PEM files, to speak TLS; `nil`: plain HTTP, behind a balancer or on loopback.
    public var certificate: Certificate?
    public var limits = RequestLimits()
    /// Origins of web pages that may call, such as `https://cruddur.example`.
    public var allowedOrigins: [String] = []
    /// Nobody writes.
    public var isReadOnly = false
    /// A balancer in front tells in `X-Forwarded-For` who calls; without one, anybody could.
    public var trustsForwardedFor = false
    public var deviation = ServerDeviation()

    public init() {}

    public struct Certificate: Sendable {
        /// The server's certificate, then those between it and a root.
        public let chainPath: String
        public let keyPath: String

        public init(chainPath: String, keyPath: String) {
            self.chainPath = chainPath
            self.keyPath = keyPath
        }
    }
}

/// What one caller and all together may take. A caller is a token's user, or the address of who has none.
public struct RequestLimits: Sendable {
    /// In the long run, for each caller; `nil`: no limit.
    public var requestsPerSecond: Double? = 20
    /// At once, after a pause.
    public var burst = 60
    /// Of one user at the same time, without those that wait for news.
    public var concurrentPerCaller = 16
    /// Answers of one user that are held until there is news; who asks for more gets them at once.
    public var waitersPerCaller = 64
    /// Of all; more wait until one is closed.
    public var connections = 10_000
    /// Of one address; `nil`: a quarter of all.
    public var connectionsPerAddress: Int?
    /// All header fields of a request, in bytes.
    public var headerBytes = 32 * 1024
    /// Seconds for a request's head, from its first byte; for the first one, from the connection.
    public var headSeconds = 10
    /// Seconds for a body, from its head.
    public var bodySeconds = 20
    /// Seconds for an answer to be taken.
    public var sendSeconds = 30
    /// Seconds that a connection is still listened to after its last answer.
    public var leavingSeconds = 2
    /// Seconds between two requests after which a connection is closed.
    public var idleSeconds = 75

    public init() {}

    var connectionsOfOneAddress: Int { connectionsPerAddress ?? max(1, connections / 4) }

    /// For one machine's own use.
    public static var none: RequestLimits {
        var limits = RequestLimits()
        limits.requestsPerSecond = nil
        limits.concurrentPerCaller = .max
        limits.waitersPerCaller = .max
        limits.connectionsPerAddress = .max
        return limits
    }
}

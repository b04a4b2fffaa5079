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

/// What one caller and all together may take. A caller is a token's user, or an address.
public struct RequestLimits: Sendable {
    /// In the long run, for each caller; `nil`: no limit.
    public var requestsPerSecond: Double? = 20
    /// At once, after a pause.
    public var burst = 60
    /// Of one caller at the same time; those that wait for news count.
    public var concurrentPerCaller = 16
    /// Of all; more wait until one is closed.
    public var connections = 10_000
    /// All header fields of a request, in bytes.
    public var headerBytes = 32 * 1024
    /// Seconds without a byte after which a connection is closed; longer than any wait for news.
    public var idleSeconds = 75

    public init() {}

    /// For one machine's own use.
    public static var none: RequestLimits {
        var limits = RequestLimits()
        limits.requestsPerSecond = nil
        limits.concurrentPerCaller = .max
        return limits
    }
}

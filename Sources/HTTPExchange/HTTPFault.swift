/// Why an exchange did not end in an answer. What servers wrote stands in no description as it came.
public enum HTTPFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// This cannot be sent to anybody. Nothing was.
    case invalid(String)
    /// Nothing was sent: no such host, refused, or no connection in time.
    case unreachable(String)
    /// Nothing was sent: whoever answers there does not prove to be who is asked for.
    case certificate(CertificateFault)
    /// Nothing was sent: the proxy does not pass it on.
    case proxy(ProxyFault)
    /// It was sent, and the whole of an answer did not come in time.
    case timedOut
    /// It was sent, and the connection ended before the answer did.
    case connectionLost
    /// The answer is larger than its bound, as it comes or unpacked.
    case tooLarge
    /// The answer is compressed, and cannot be unpacked: how.
    case packed(String)

    /// Whether the request may have been carried out all the same.
    public var mayHaveArrived: Bool {
        switch self {
        case .invalid, .unreachable, .certificate, .proxy: false
        case .timedOut, .connectionLost, .tooLarge, .packed: true
        }
    }

    public var description: String {
        switch self {
        case .invalid(let reason), .unreachable(let reason): reason
        case .certificate(let fault): "\(fault)"
        case .proxy(let fault): "\(fault)"
        case .timedOut: "no answer in time"
        case .connectionLost: "the connection was lost"
        case .tooLarge: "the answer is too large"
        case .packed(let how): "the answer is compressed (\(HTTPText.plain(how))) and cannot be unpacked"
        }
    }
}

/// Why a proxy does not pass anything on.
public enum ProxyFault: Error, Hashable, Sendable, CustomStringConvertible {
    case unreachable(Proxy, reason: String)
    /// 407: it wants a name and a password, or others.
    case authentication(Proxy)
    /// What it answered instead of a connection to `host`; `nil`: nothing of HTTP.
    case refused(Proxy, host: String, status: Int?)

    public var description: String {
        switch self {
        case .unreachable(let proxy, let reason): "the proxy \(proxy) of \(proxy.variable): \(reason)"
        case .authentication(let proxy):
            proxy.hasCredentials
                ? "the proxy \(proxy) does not take the name and password in \(proxy.variable)"
                : "the proxy \(proxy) wants a name and a password: \(proxy.variable)=http://NAME:PASSWORD@\(proxy)"
        case .refused(let proxy, let host, let status):
            "the proxy \(proxy) of \(proxy.variable) does not connect to \(HTTPText.plain(host))"
                + (status.map { " (\($0))" } ?? "")
        }
    }
}

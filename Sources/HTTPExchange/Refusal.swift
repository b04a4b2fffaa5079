import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSOCKS
import NIOSSL

/// Why a connection did not come about, as far as whoever tried tells it. Nothing was sent.
enum Refusal: Error, Equatable {
    /// The server's certificates are not accepted.
    case chain
    /// They are, for others.
    case name
    /// The proxy answered something that is no connection.
    case proxy
    /// The proxy answered 407.
    case authentication
    case noConnection(String)

    /// `nil` for a fault of an exchange that had begun.
    init?(_ error: any Error, via proxy: Proxy?) {
        switch error {
        case let error as NIOConnectionError: self = .noConnection(Self.reason(error))
        case let error as NIOSSLExtraError where error == .failedToValidateHostname: self = .name
        case let error as NIOSSLError: self = Self.refusal(error)
        case let error as BoringSSLError: self = Self.refusal(.handshakeFailed(error))
        case let error as HTTPClientError: self.init(error)
        case let error as IOError where error.errnoCode == ECONNREFUSED: self = .noConnection("connection refused")
        case is SOCKSError.ConnectionFailed, is SOCKSError.InvalidServerState, is SOCKSError.InvalidReservedByte:
            self = .proxy
        case let error where "\(type(of: error))".contains("SOCKS"): self = .proxy
        case let error where "\(type(of: error))".contains("SSL"): self = .noConnection(Self.insecure)
        default: return nil
        }
    }

    private init?(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .socksHandshakeTimeout,
            .httpProxyHandshakeTimeout:
            self = .noConnection("no connection in time")
        case .invalidProxyResponse: self = .proxy
        case .proxyAuthenticationRequired: self = .authentication
        default: return nil
        }
    }

    private static let insecure = "no secure connection: its certificate or protocol is not accepted"

    private static func refusal(_ error: NIOSSLError) -> Refusal {
        guard case .handshakeFailed(let reason) = error else {
            return .noConnection("it ended the connection while that was being secured")
        }
        let words = "\(reason)"
        if words.contains("CERTIFICATE_VERIFY_FAILED") { return .chain }
        for (mark, sentence) in sentences where words.contains(mark) { return .noConnection(sentence) }
        return .noConnection(insecure)
    }

    /// What the library writes of a handshake, and what that means.
    private static let sentences = [
        ("CERTIFICATE_REQUIRED", askingForOurs), ("HANDSHAKE_FAILURE", noCommonGround),
        ("WRONG_VERSION_NUMBER", "what answers there speaks no TLS; is it http:// ?"),
        ("HTTP_REQUEST", "what answers there speaks no TLS; is it http:// ?"),
        ("PROTOCOL_VERSION", "it speaks only versions of TLS that are too old"),
        ("UNSUPPORTED_PROTOCOL", "it speaks only versions of TLS that are too old"),
        ("UNKNOWN_CA", "it does not accept the certificate of network.client_certificate"),
        ("BAD_CERTIFICATE", "it does not accept the certificate of network.client_certificate"),
        ("EOF during handshake", "it ended the connection while that was being secured"),
        ("ALERT", noCommonGround),
    ]
    private static let askingForOurs =
        "it asks for a certificate of yours; name its files as network.client_certificate and network.client_key"
    private static let noCommonGround = "it refuses the secure connection"

    /// Where nothing more is known.
    func unexplained(_ proxy: Proxy?, _ url: BaseURL) -> HTTPFault {
        switch (self, proxy) {
        case (.noConnection(let reason), let proxy?): .proxy(.unreachable(proxy, reason: reason))
        case (.noConnection(let reason), nil): .unreachable(reason)
        case (.authentication, let proxy?): .proxy(.authentication(proxy))
        case (.proxy, let proxy?): .proxy(.refused(proxy, host: url.host, status: nil))
        case (.chain, _), (.name, _), (.proxy, nil), (.authentication, nil): .unreachable(Self.insecure)
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        guard !error.connectionErrors.isEmpty else { return "no such host \(HTTPText.plain(error.host))" }
        for failure in error.connectionErrors {
            if let failure = failure.error as? IOError {
                switch failure.errnoCode {
                case ECONNREFUSED: return "connection refused"
                case ENETUNREACH, EHOSTUNREACH: return "no network"
                default: break
                }
            }
        }
        return "no connection to \(HTTPText.plain(error.host)):\(error.port)"
    }
}

extension HTTPFault {
    /// For an exchange that had begun and did not end in an answer.
    init(_ error: any Error) {
        switch error {
        case is NIOTooManyBytesError:
            self = .tooLarge
        case let error as HTTPClientError where [.deadlineExceeded, .readTimeout].contains(error):
            self = .timedOut
        case let error as HTTPClientError where [.invalidURL, .emptyHost, .emptyScheme].contains(error):
            self = .invalid("its URL is not valid")
        default:
            self = .connectionLost
        }
    }
}

extension Proxy {
    var configuration: HTTPClient.Configuration.Proxy {
        switch kind {
        case .socks5: .socksServer(host: host, port: Int(port))
        case .http:
            .server(
                host: host, port: Int(port),
                authorization: user.map { .basic(username: $0, password: password ?? "") })
        }
    }
}

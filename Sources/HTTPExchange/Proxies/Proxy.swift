import Foundation

/// Who passes connections on. Its password is nobody's to read: what describes it is its place.
public struct Proxy: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    enum Kind: Hashable, Sendable {
        /// `CONNECT`, for http and https.
        case http
        case socks5
    }

    let kind: Kind
    public let host: String
    public let port: UInt16
    /// The variable that names it, such as `HTTPS_PROXY`.
    public let variable: String
    let user: String?
    let password: String?

    /// `proxy.example:3128`
    public var description: String { "\(host):\(port)" }
    public var debugDescription: String { description }

    /// Whether a name and a password are sent to it.
    public var hasCredentials: Bool { user != nil }

    /// Why a variable names no proxy: to stand behind its name. Repeats nothing of it, which may be a password.
    struct Complaint: Error, Hashable {
        let text: String
    }

    /// `http://name:password@proxy.example:3128`, `proxy.example:3128`, `socks5://proxy.example`. Name and password
    /// may be percent-encoded.
    init(parsing text: String, of variable: String) throws(Complaint) {
        let scheme = text.range(of: "://").map { text[..<$0.lowerBound].lowercased() } ?? "http"
        switch scheme {
        case "http": kind = .http
        case "socks5", "socks5h": kind = .socks5
        default: throw Complaint(text: "names a proxy that is neither http:// nor socks5://")
        }
        let url = text.contains("://") ? text : "http://" + text
        let port: UInt16?
        do {
            port = try BaseURL.port(of: url)
        } catch {
            throw Complaint(text: "\(error)")
        }
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            ["", "/"].contains(parts.path), parts.query == nil, parts.fragment == nil
        else { throw Complaint(text: "is not the address of a proxy, such as http://proxy.example:3128") }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host.lowercased()
        self.port = port ?? (kind == .http ? 80 : 1080)
        self.variable = variable
        (user, password) = (parts.user.flatMap { $0.isEmpty ? nil : $0 }, parts.password)
        guard user == nil || kind == .http else {
            throw Complaint(text: "names a SOCKS proxy with a name and a password, which cannot be sent to it")
        }
        guard [user, password].allSatisfy({ $0.map(Self.isSendable) ?? true }) else {
            throw Complaint(text: "names a proxy with a name or password that cannot be sent")
        }
    }

    private static func isSendable(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { $0.value >= 0x20 } }

    /// As the `Proxy-Authorization` header has it.
    var authorization: String? {
        user.map { "Basic " + Data("\($0):\(password ?? "")".utf8).base64EncodedString() }
    }
}

import Foundation

/// A base URL that requests can be made from: scheme and host, without a trailing slash.
public struct BackendURL: Hashable, Sendable, CustomStringConvertible {
    public let description: String
    /// `api.cruddur.example`, with the port if one is named.
    public let host: String
    /// Whether what is sent can be read on the way: http to another machine.
    public let isPlainAndRemote: Bool

    /// `nil` if `text` is not an http or https URL with a host, or carries a query or a password.
    public init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let name = parts.host, !name.isEmpty,
            parts.query == nil, parts.fragment == nil, parts.user == nil, parts.password == nil
        else { return nil }
        var trimmed = text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        description = trimmed
        host = parts.port.map { "\(name):\($0)" } ?? name
        let isLoopback = name == "localhost" || name == "[::1]" || name == "::1" || name.hasPrefix("127.")
        isPlainAndRemote = scheme == "http" && !isLoopback
    }
}

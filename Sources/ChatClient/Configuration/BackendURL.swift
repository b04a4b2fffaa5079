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
        let isLoopback = ["localhost", "[::1]", "::1"].contains(name) || Self.isLoopbackAddress(name)
        isPlainAndRemote = scheme == "http" && !isLoopback
    }

    /// 127.0.0.0/8, and not a name that begins like it.
    private static func isLoopbackAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

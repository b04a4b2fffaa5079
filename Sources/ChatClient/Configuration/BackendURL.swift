import HTTPExchange

/// A base URL that requests can be made from: scheme and host, without a trailing slash.
public struct BackendURL: Hashable, Sendable, CustomStringConvertible {
    private let url: BaseURL

    /// `nil` if `text` is not an http or https URL with a host, or carries a query or a password.
    public init?(_ text: String) {
        guard let url = BaseURL(text) else { return nil }
        self.url = url
    }

    /// - Throws: `BaseURL.Complaint`.
    init(parsing text: String) throws {
        url = try BaseURL(parsing: text)
    }

    /// What somebody wrote for a URL, without a name and a password in it.
    public static func shown(_ text: String) -> String { BaseURL.shown(text) }

    /// As it was written, without slashes at its end.
    public var description: String { url.description }

    /// `api.cruddur.example`, with the port if one is named.
    public var host: String { url.port.map { "\(url.host):\($0)" } ?? url.host }

    /// Without the port.
    var hostName: String { url.host }

    /// Whether what is sent can be read on the way: http to another machine.
    public var isPlainAndRemote: Bool { url.isPlainAndRemote }

    /// Whether this machine is meant.
    public var isLoopback: Bool { url.isLoopback }

    /// Below which the routes are; mostly empty.
    var path: String { url.path }

    /// `http` or `https`.
    var scheme: String { url.scheme }

    /// Host, port and path, the same for every way to write one address with this scheme, and for no other.
    var place: String {
        let standard: UInt16 = url.scheme == "https" ? 443 : 80
        return url.host + (url.port.flatMap { $0 == standard ? nil : ":\($0)" } ?? "") + url.path
    }
}

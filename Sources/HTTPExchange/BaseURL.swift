import BoundedNumbers
import Foundation

/// An address that requests can be made from: http or https and a host, without a trailing slash.
public struct BaseURL: Hashable, Sendable, CustomStringConvertible {
    /// As it was written, without slashes at its end.
    public let description: String
    /// `http` or `https`.
    public let scheme: String
    /// In small letters, without a port.
    public let host: String
    /// `nil`: the scheme's own.
    public let port: UInt16?
    /// Below which the server's routes are; mostly empty.
    public let path: String

    /// Why a text is no such address: `is not an http or https URL`, to stand behind what was written.
    public struct Complaint: Error, Equatable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// - Throws: `Complaint`.
    public init(parsing text: String) throws(Complaint) {
        // First: what reads URLs for us takes one with a wrong port for no URL.
        port = Self.isHTTP(text) ? try Self.port(of: text) : nil
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let name = parts.host, !name.isEmpty
        else { throw Complaint(description: "is not an http or https URL") }
        guard parts.query == nil, parts.fragment == nil, parts.user == nil, parts.password == nil else {
            throw Complaint(description: "holds more than a scheme, a host and a path")
        }
        self.scheme = scheme
        host = name.lowercased()
        description = Self.withoutEnd(text)
        path = Self.withoutEnd(parts.path)
    }

    private static func withoutEnd(_ text: String) -> String {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    /// `nil` for a text that is no such address.
    public init?(_ text: String) {
        guard let url = try? BaseURL(parsing: text) else { return nil }
        self = url
    }

    /// What somebody wrote for a URL, to be repeated to them: a name and a password in it are nobody's to see.
    public static func shown(_ text: String) -> String {
        guard let begin = text.range(of: "://"), let end = text.range(of: "@", options: .backwards),
            begin.upperBound <= end.lowerBound
        else { return text }
        return text[..<begin.upperBound] + "***" + text[end.lowerBound...]
    }

    /// Where a request's URL leads, whatever it asks there.
    init?(origin url: String) {
        guard let begin = url.range(of: "://") else { return nil }
        self.init(String(url[..<begin.upperBound] + url[begin.upperBound...].prefix { !"/?#".contains($0) }))
    }

    private static func isHTTP(_ text: String) -> Bool {
        let begin = text.prefix(8).lowercased()
        return begin.hasPrefix("http://") || begin.hasPrefix("https://")
    }

    /// The port in any URL; `nil` if it names none. What reads URLs for us either cuts a port that is
    /// too large, or ends the program.
    ///
    /// - Throws: `Complaint`.
    static func port(of url: String) throws(Complaint) -> UInt16? {
        // By its bytes: this is read before the first screen, and Foundation's search is a hundredth of that.
        let authority = behindScheme(of: url).prefix { !"/?#".utf8.contains($0) }
        let behindName = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[$0...] } ?? authority
        let behindHost = behindName.lastIndex(of: UInt8(ascii: "]")).map { behindName[$0...] } ?? behindName
        guard let colon = behindHost.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let written = url[url.utf8.index(after: colon)..<behindHost.endIndex]
        guard let port = UInt16(decimal: written, in: 1...65_535) else {
            throw Complaint(description: "has the port \"\(written)\"; a port is a number from 1 to 65535")
        }
        return port
    }

    private static func behindScheme(of url: String) -> Substring.UTF8View {
        var rest = url[...].utf8
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            rest = rest[rest.index(after: colon)...]
            if rest.starts(with: "//".utf8) { return rest.dropFirst(2) }
        }
        return url[...].utf8
    }

    /// The port that is named, or the scheme's own.
    public var portInUse: UInt16 { port ?? (scheme == "https" ? 443 : 80) }

    /// Whether this machine is meant: what is sent there leaves it nowhere.
    public var isLoopback: Bool {
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        return ["localhost", "[::1]", "::1"].contains(name) || Self.isLoopbackAddress(name)
    }

    /// Whether what is sent can be read on the way: http to another machine.
    public var isPlainAndRemote: Bool { scheme == "http" && !isLoopback }

    /// 127.0.0.0/8, and not a name that begins like it.
    private static func isLoopbackAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8(decimal: $0, in: 0...255) != nil }
    }
}

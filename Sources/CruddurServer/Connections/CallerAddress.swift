import Foundation
import NIOCore

/// An address as limits count it: of IPv4 the whole, of IPv6 the first 64 bits, which is what one
/// customer of a provider gets.
struct CallerAddress: Hashable, Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    var description: String { bytes.map { String($0, radix: 16) }.joined(separator: ":") }

    /// `nil` for a socket of another kind, or one that has no peer any more.
    init?(_ address: SocketAddress?) {
        guard let text = address?.ipAddress else { return nil }
        self.init(text)
    }

    private init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let whole = withUnsafeBytes(of: six) { Array($0) }
            // An IPv4 address that an IPv6 socket has accepted: ::ffff:192.0.2.1
            let isMapped = whole[..<10].allSatisfy { $0 == 0 } && whole[10] == 0xFF && whole[11] == 0xFF
            bytes = Array(isMapped ? whole[12...] : whole[..<8])
        } else {
            return nil
        }
    }

    /// As `X-Forwarded-For` writes it: bare, or with the caller's port behind it, `192.0.2.1:4567` or `[2001:db8::1]:4567`.
    init?(forwarded text: some StringProtocol) {
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        var host = Substring(trimmed).prefix { $0 != " " && $0 != "\t" }
        if host.first == "[" {
            host = host.dropFirst().prefix { $0 != "]" }
        } else if host.filter({ $0 == ":" }).count == 1 {
            host = host.prefix { $0 != ":" }
        }
        // An address of one link names the interface behind it.
        self.init(String(host.prefix { $0 != "%" }))
    }
}

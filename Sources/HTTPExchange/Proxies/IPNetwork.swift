import BoundedNumbers
import Glibc

/// Addresses that begin alike: `10.0.0.0/8`, `fd00::/8`, or one alone.
struct IPNetwork: Hashable, Sendable {
    private let bytes: [UInt8]
    private let bits: Int

    /// `nil` for what is no address, or has more bits than one.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = parts.first.flatMap({ Self.bytes(of: String($0)) }) else { return nil }
        let length = address.count * 8
        guard parts.count == 2 else {
            (bytes, bits) = (address, length)
            return
        }
        guard let bits = Int(decimal: parts[1], in: 0...length) else { return nil }
        (bytes, self.bits) = (address, bits)
    }

    /// Whether `host` is an address of it. A name is none, whatever it resolves to.
    func contains(_ host: String) -> Bool {
        guard let address = Self.bytes(of: host), address.count == bytes.count else { return false }
        return address.indices.allSatisfy { index in
            let within = min(max(bits - index * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> within)
            return address[index] & mask == bytes[index] & mask
        }
    }

    /// Of an IPv4 address, or of an IPv6 one with or without brackets.
    private static func bytes(of text: String) -> [UInt8]? {
        var written = text
        if written.hasPrefix("["), written.hasSuffix("]") { written = String(written.dropFirst().dropLast()) }
        guard !written.unicodeScalars.contains("\0") else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, written, &bytes) == 1 { return bytes }
        }
        return nil
    }
}

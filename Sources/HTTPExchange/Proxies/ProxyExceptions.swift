import BoundedNumbers

/// `NO_PROXY`: to whom one goes without a proxy.
///
/// A list with commas or spaces between: `example.com` is that host and all below it, as are `.example.com` and
/// `*.example.com`; `10.0.0.0/8`, `fd00::/8` and `192.168.1.7` are addresses, and match hosts that are written as
/// one; `:8080` behind a host means that port alone; `*` is everybody.
struct ProxyExceptions: Hashable, Sendable {
    private struct Exception: Hashable, Sendable {
        let host: String
        let network: IPNetwork?
        let port: UInt16?
    }

    private let exceptions: [Exception]

    init(_ list: String) {
        exceptions = list.split { $0 == "," || $0.isWhitespace }.map { Self.exception(String($0)) }
    }

    func contain(host: String, port: UInt16) -> Bool {
        let name = Self.trimmed(host)
        return exceptions.contains { exception in
            guard exception.port.map({ $0 == port }) ?? true else { return false }
            if exception.host == "*" { return true }
            if let network = exception.network { return network.contains(name) }
            return name == exception.host || name.hasSuffix("." + exception.host)
        }
    }

    private static func exception(_ written: String) -> Exception {
        let (host, port) = split(written)
        var name = trimmed(host)
        if name.hasPrefix("*.") { name.removeFirst() }
        while name.hasPrefix(".") { name.removeFirst() }
        return Exception(host: name, network: IPNetwork(name), port: port)
    }

    /// The colons of an IPv6 address without brackets are its own.
    private static func split(_ written: String) -> (host: String, port: UInt16?) {
        guard IPNetwork(written) == nil, let colon = written.lastIndex(of: ":"),
            let port = UInt16(decimal: written[written.index(after: colon)...], in: 1...65_535)
        else { return (written, nil) }
        return (String(written[..<colon]), port)
    }

    private static func trimmed(_ host: String) -> String {
        let name = host.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}

import ArgumentParser
import HTTPExchange

/// A web page's origin, as a browser says it: scheme, host, and the port if it is not the scheme's own.
struct WebOrigin: ExpressibleByArgument, CustomStringConvertible {
    let description: String

    init?(argument: String) {
        guard let url = BaseURL(argument), url.path.isEmpty else { return nil }
        let standard: UInt16 = url.scheme == "https" ? 443 : 80
        description = "\(url.scheme)://\(url.host)" + (url.port.flatMap { $0 == standard ? nil : ":\($0)" } ?? "")
    }
}

/// Through whom one goes, as `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say; in small letters they count
/// first.
///
/// What is on this machine is never asked for through a proxy, whatever they say (curl would ask it): another
/// machine's loopback is not the one that is meant, and what is sent there shall leave it nowhere.
public struct ProxySettings: Hashable, Sendable {
    /// How one gets somewhere.
    public enum Route: Hashable, Sendable {
        case direct
        case through(Proxy)
        /// A variable would name a proxy and does not; the sentence says which, and why.
        case broken(String)
    }

    /// No proxies.
    public static let none = ProxySettings.of([:])

    private let http: Route
    private let https: Route
    private let exceptions: ProxyExceptions

    /// Those of an environment.
    public static func of(_ environment: [String: String]) -> ProxySettings {
        func variable(_ name: String) -> (name: String, value: String)? {
            for name in [name.lowercased(), name] {
                if let value = environment[name], !value.isEmpty { return (name, value) }
            }
            return nil
        }
        func route(_ name: String) -> Route {
            guard let (name, value) = variable(name) ?? variable("ALL_PROXY") else { return .direct }
            do throws(Proxy.Complaint) {
                return .through(try Proxy(parsing: value, of: name))
            } catch {
                return .broken("\(name) \(error.text)")
            }
        }
        return ProxySettings(
            http: route("HTTP_PROXY"), https: route("HTTPS_PROXY"),
            exceptions: ProxyExceptions(variable("NO_PROXY")?.value ?? ""))
    }

    /// The way to a URL.
    public func route(to url: BaseURL) -> Route {
        guard !url.isLoopback, !exceptions.contain(host: url.host, port: url.portInUse) else { return .direct }
        return url.scheme == "https" ? https : http
    }

    /// Each of them once.
    var proxies: Set<Proxy> {
        Set([http, https].compactMap { if case .through(let proxy) = $0 { proxy } else { nil } })
    }
}

import Foundation

/// How this machine gets to others: proxies, whose certificates it accepts, and its own.
public struct NetworkSettings: Hashable, Sendable {
    public var proxies: ProxySettings
    public var trust: TrustSettings

    /// What an environment says.
    public static func of(_ environment: [String: String]) -> NetworkSettings {
        NetworkSettings(proxies: .of(environment), trust: .of(environment))
    }

    /// What that of this process says.
    public static let ofProcess = NetworkSettings.of(ProcessInfo.processInfo.environment)
}

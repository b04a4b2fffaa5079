/// What a pool's owner decides.
public struct PoolSettings: Sendable {
    /// What follows the `_` in the pool's id.
    public var poolName: String
    public var clientID: String
    public var clientSecret: String?
    public var flows: Set<Flow> = [.srp, .refresh]
    /// Whoever signs in sets up an authenticator the first time, and shows its code each time.
    public var requiresAuthenticator = false
    public var remembersDevices = false
    /// Each refresh brings another refresh token, and the former one is good for `grace` seconds more.
    public var rotates = false
    public var grace = 60.0
    /// Seconds that a refresh token is good for; Cognito's default, 30 days.
    public var refreshLifetime = 2_592_000.0
    /// Seconds that a code is good for.
    public var codeLifetime = 3600.0
    /// Seconds that a question waits for its answer; Cognito's default.
    public var sessionLifetime = 180.0

    public enum Flow: Sendable {
        case srp, password, refresh
    }

    public init(poolName: String, clientID: String) {
        self.poolName = poolName
        self.clientID = clientID
    }
}

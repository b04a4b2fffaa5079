import Foundation
import HTTPExchange
import Timestamps

/// The way out: what was given is taken back at Cognito, here or on every machine.
public struct SignOut: Sendable {
    private let configuration: ClientConfiguration
    private let time: any TimeSource

    public init(_ configuration: ClientConfiguration, time: any TimeSource = SystemTime()) {
        self.configuration = configuration
        self.time = time
    }

    /// What was kept of this sign-in is kept no longer. What the configuration holds is not ours to remove.
    ///
    /// - Throws: `ConfigurationError.unwritable`.
    public func forget() throws(ConfigurationError) {
        try configuration.signIn.remove()
    }

    private var tokens: ClientConfiguration.Tokens { configuration.tokens }

    /// - Parameter everywhere: on every machine that this user is signed in on.
    /// - Returns: why the tokens go on being good until they end; `nil` where they do not.
    public func revoke(everywhere: Bool) async -> SignInError? {
        let http = HTTPConnector(network: configuration.network, time: time)
        let fault = await revoke(http, everywhere: everywhere)
        await http.shutdown()
        return fault
    }

    private func revoke(_ http: HTTPConnector, everywhere: Bool) async -> SignInError? {
        struct Everywhere: Encodable, Sendable { let accessToken: String }
        struct One: Encodable, Sendable {
            let token: String
            let clientId: String
            let clientSecret: String?
        }
        let cognito = CognitoClient(http: http, configuration: configuration.cognito)
        do {
            let answer: HTTPAnswer
            if everywhere {
                answer = try await cognito.exchange(
                    "GlobalSignOut", Everywhere(accessToken: tokens.access))
            } else {
                guard let token = tokens.refresh else { return nil }
                guard let client = cognito.clientID else { return .missing(setting: Settings.clientID.name) }
                answer = try await cognito.exchange(
                    "RevokeToken", One(token: token, clientId: client, clientSecret: cognito.clientSecret))
            }
            guard answer.status != 200 else { return nil }
            let fault = CognitoFault(answer)
            return .refused(type: fault.type, message: fault.message)
        } catch {
            return .notAnswered(error as? APIError ?? .connectionLost)
        }
    }
}

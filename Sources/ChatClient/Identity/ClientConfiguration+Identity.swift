import Foundation
import Timestamps

// Who is signed in, as the tokens say themselves: nobody is asked.

extension ClientConfiguration {
    /// Your own handle, where it is known.
    public var ownHandle: String? { tokens.identity.flatMap(TokenClaims.init(unverified:))?.handle ?? handle }

    /// The pool that the access token is of, else the configured one.
    public var ownPool: String? {
        TokenClaims(unverified: tokens.access)?.issuer.flatMap { $0.split(separator: "/").last.map(String.init) }
            ?? cognito.userPoolID
    }

    /// When the access token ends, by its issuer's clock.
    public var signInEnds: Timestamp? { TokenClaims(unverified: tokens.access)?.expires }
}

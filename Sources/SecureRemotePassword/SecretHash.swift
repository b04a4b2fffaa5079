import Crypto
import Foundation

/// `SECRET_HASH`: what an app client with a secret sends with each call, base64.
///
/// - Parameter username: as it is sent in the same call.
public func secretHash(username: String, clientID: String, clientSecret: String) -> String {
    let key = SymmetricKey(data: Data(clientSecret.utf8))
    return Data(HMAC<SHA256>.authenticationCode(for: Data((username + clientID).utf8), using: key))
        .base64EncodedString()
}

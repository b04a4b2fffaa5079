import Crypto
import Foundation
import MessageTable
import Timestamps
import Users

/// One request that is to be carried out once: whose it is, its key, and what it asks for.
struct KeyedRequest: Sendable {
    let key: IdempotencyKey
    let user: User
    let text: String
    /// The same for requests that ask for the same, in whatever order and spelling their JSON had it.
    private let digest: String

    /// - Parameter target: the kind of target, and which.
    init(_ key: IdempotencyKey, of user: User, _ text: String, target: (kind: String, name: String)) {
        self.key = key
        self.user = user
        self.text = text
        var hash = SHA256()
        for part in [target.kind, target.name, text] {
            let bytes = Data(part.utf8)
            hash.update(data: Data("\(bytes.count):".utf8) + bytes)
        }
        digest = hash.finalize().map { String(format: "%02x", $0) }.joined()
    }

    /// Where what came of it is kept.
    var place: ItemKey { KeyItem.key(key.text, of: user.uuid) }

    /// What is kept, once it has written `message`.
    func item(of message: MessageItem, now: Timestamp) -> KeyItem {
        KeyItem(key.text, request: digest, of: message, now: now)
    }

    /// The message that it wrote when it was carried out.
    ///
    /// - Throws: `RequestError.invalid` if it was another request; `ItemError`.
    func message(of item: Item) throws -> MessageItem {
        let kept = try KeyItem(item)
        guard kept.request == digest else { throw RequestError.invalid([.keyReused]) }
        return kept.message(text)
    }
}

import Crypto
import Foundation

extension Message {
    /// The same for the same uuid and text, here and in every program. Stored by exclusive or with its conversation's row,
    /// so that one index tells both. A hash of the whole text: made once.
    var identity: Int64 {
        var hash = SHA256()
        hash.update(data: Data(uuid.utf8))
        hash.update(data: [0])
        hash.update(data: Data(text.utf8))
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

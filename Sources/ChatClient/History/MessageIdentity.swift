import Crypto
import Foundation

extension Message {
    /// The same for the same uuid and text, here and in every program.
    var identity: Int64 {
        var hash = SHA256()
        hash.update(data: Data(uuid.utf8))
        hash.update(data: [0])
        hash.update(data: Data(text.utf8))
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }

    /// The same of one message in one conversation, by that one's row.
    func identity(in conversation: Int64) -> Int64 { identity ^ conversation }
}

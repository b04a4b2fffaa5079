import Crypto

extension Message {
    /// The same for the same uuid and text, here and in every program. Stored by exclusive or with its conversation's row,
    /// so that one index tells both. A hash of the whole text: made once.
    var identity: Int64 {
        var hash = SHA256()
        hash.update(uuid)
        withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
        hash.update(text)
        return hash.finalize().prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

extension SHA256 {
    /// Without a copy of it.
    fileprivate mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }
}

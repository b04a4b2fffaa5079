import Crypto
import NIOCore

/// A list as it was at one moment, in bytes, and what its `ETag` is.
struct EncodedAnswer: Equatable, Sendable {
    let body: ByteBuffer
    let tag: String

    init(_ rows: [some JSONRow]) { self.init(JSONBytes(rows).buffer) }

    /// - Parameter body: the same for the same answer.
    init(_ body: ByteBuffer) {
        self.body = body
        var hash = SHA256()
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        tag = "\"" + hash.finalize().prefix(12).map(Self.hex).joined() + "\""
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count < 2 ? "0" + digits : digits
    }

    static func == (one: Self, other: Self) -> Bool { one.tag == other.tag }
}

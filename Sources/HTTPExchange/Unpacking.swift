import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// Compressed bodies, asked for or not.
enum Unpacking {
    /// What is asked for.
    static let accepted = "gzip, deflate"

    /// The body as it was before it was compressed.
    ///
    /// - Parameters:
    ///   - encodings: of the `Content-Encoding` headers, in the order in which they were made.
    ///   - limit: bytes of what comes out, at each step.
    /// - Throws: `HTTPFault.tooLarge`, `.packed`.
    static func unpack(_ body: ByteBuffer, _ encodings: [String], limit: Int) throws(HTTPFault) -> ByteBuffer {
        let made = encodings.joined(separator: ",").lowercased().split(separator: ",").map {
            $0.trimmingPrefix { $0.isWhitespace }.prefix { !$0.isWhitespace }
        }.filter { !$0.isEmpty && $0 != "identity" }
        // Where nothing was sent, nothing was compressed, whatever is said about it: a 304, a 204.
        guard body.readableBytes > 0, !made.isEmpty else { return body }
        // Who packs again and again wants to make work.
        guard made.count <= 2 else { throw .packed(made.joined(separator: ", ")) }
        var unpacked = body
        for name in made.reversed() {
            guard let algorithm = algorithms[String(name)] else { throw .packed(String(name)) }
            unpacked = try inflate(unpacked, algorithm, limit)
        }
        return unpacked
    }

    private static let algorithms = ["gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"]

    /// The library's handler, with nothing before and nothing behind it.
    private static func inflate(_ body: ByteBuffer, _ algorithm: String, _ limit: Int) throws(HTTPFault) -> ByteBuffer {
        let channel = EmbeddedChannel(handler: NIOHTTPResponseDecompressor(limit: .size(limit)))
        var whole = ByteBuffer()
        do {
            let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Encoding": algorithm])
            try channel.writeInbound(HTTPClientResponsePart.head(head))
            var rest = body
            // In pieces, so that what comes out of one is small and its limit is held soon.
            while let piece = rest.readSlice(length: min(pieceSize, rest.readableBytes)), piece.readableBytes > 0 {
                try channel.writeInbound(HTTPClientResponsePart.body(piece))
                try take(from: channel, into: &whole)
            }
            try channel.writeInbound(HTTPClientResponsePart.end(nil))
            try take(from: channel, into: &whole)
            _ = try? channel.finish()
        } catch NIOHTTPDecompression.DecompressionError.limit {
            _ = try? channel.finish()
            throw .tooLarge
        } catch {
            _ = try? channel.finish()
            throw .packed(algorithm)
        }
        return whole
    }

    private static let pieceSize = 4096

    private static func take(from channel: EmbeddedChannel, into whole: inout ByteBuffer) throws {
        while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
            if case .body(var bytes) = part { whole.writeBuffer(&bytes) }
        }
    }
}

import ChildProcesses
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import HTTPExchange

/// Compressed answers, of servers that compress as they should and as they should not.
struct UnpackingTests {
    private static let limit = 100_000
    private static let text = #"[{"uuid": "1", "message": "hello"}]"# + String(repeating: " ", count: 2000)

    /// What another program makes of a text.
    private static func python(_ expression: String) throws -> [UInt8] {
        let program = "import sys, zlib, gzip\nt = sys.argv[1].encode()\nsys.stdout.buffer.write(\(expression))"
        let (ending, bytes) = try outcome(of: "/usr/bin/python3", ["-c", program, text])
        try #require(ending == .exit(0))
        return Array(bytes)
    }

    private func answer(
        _ body: [UInt8], _ encoding: String, status: String = "200 OK", size: Int = limit
    ) async throws -> Result<HTTPAnswer, HTTPFault> {
        let head = "HTTP/1.1 \(status)\r\nContent-Encoding: \(encoding)\r\nContent-Length: \(body.count)\r\n\r\n"
        let server = try await ByteServer(bytes: Array(head.utf8) + body)
        let connections = HTTPConnections(connect: .seconds(3600), threads: .one, network: .of([:]), time: HeldTime())
        let result: Result<HTTPAnswer, HTTPFault>
        do {
            let call = HTTPCall(.get, "http://127.0.0.1:\(server.port)/")
            result = .success(try await connections.send(call, within: HTTPBounds(time: .seconds(120), size: size)))
        } catch {
            result = .failure(try #require(error as? HTTPFault))
        }
        await connections.shutdown()
        await server.close()
        return result
    }

    @Test(
        "a compressed body is read, however its encoding is written",
        arguments: [
            ("gzip", "gzip.compress(t)"), ("GZip", "gzip.compress(t)"), ("x-gzip", "gzip.compress(t)"),
            ("deflate", "zlib.compress(t)"), (" gzip ", "gzip.compress(t)"), ("identity", "t"), ("", "t"),
            ("deflate, gzip", "gzip.compress(zlib.compress(t))"), ("identity, gzip", "gzip.compress(t)"),
        ])
    func read(_ encoding: String, _ expression: String) async throws {
        let answer = try await answer(Self.python(expression), encoding).get()
        #expect(String(decoding: answer.body, as: UTF8.self) == Self.text)
    }

    @Test(
        "what cannot be unpacked is said, and never half of it taken",
        arguments: [
            ("gzip", "gzip.compress(t)[:-9]", "gzip"), ("gzip", "gzip.compress(t)[:-1]", "gzip"), ("gzip", "t", "gzip"),
            ("deflate", "zlib.compress(t)[:20]", "deflate"), ("br", "t", "br"), ("zstd", "t", "zstd"),
            ("gzip", "gzip.compress(t) + b'more'", "gzip"), ("gzip, gzip, gzip", "t", "gzip, gzip, gzip"),
        ])
    func broken(_ encoding: String, _ expression: String, _ said: String) async throws {
        let result = try await answer(Self.python(expression), encoding)
        #expect(throws: HTTPFault.packed(said)) { try result.get() }
    }

    @Test func aGzipThatIsCutAtAnyByteIsNeverTakenForWhole() throws {
        let whole = try Self.python("gzip.compress(t)")
        for length in 1..<whole.count {
            #expect(throws: HTTPFault.packed("gzip"), "\(length)") {
                try Unpacking.unpack(ByteBuffer(bytes: whole.prefix(length)), ["gzip"], limit: Self.limit)
            }
        }
        #expect(
            try Unpacking.unpack(ByteBuffer(bytes: whole), ["gzip"], limit: Self.limit).readableBytes
                == Self.text.utf8.count)
    }

    @Test(
        "what is small as it comes and large as it is unpacked is not unpacked to its end",
        arguments: [
            "gzip.compress(b' ' * 100_001)", "gzip.compress(b'0' * (1 << 30), 9)", "zlib.compress(b'[' * (1 << 24))",
        ])
    func bombs(_ expression: String) async throws {
        let packed = try Self.python(expression)
        let result = try await answer(packed, "gzip", size: max(Self.limit, packed.count))
        #expect(throws: HTTPFault.tooLarge) { try result.get() }
    }

    @Test func aBombWithinABombIsHeldAtEachStep() async throws {
        let packed = try Self.python("gzip.compress(gzip.compress(b'0' * (1 << 26), 9), 9)")
        #expect(packed.count < 2000)
        let result = try await answer(packed, "gzip, gzip")
        #expect(throws: HTTPFault.tooLarge) { try result.get() }
    }

    @Test(
        "where there is no body, nothing is missing, whatever is said of it",
        arguments: ["304 Not Modified", "401 Unauthorized", "200 OK"])
    func empty(_ status: String) async throws {
        #expect(try await answer([], "gzip", status: status).get().body.isEmpty)
    }

    @Test func compressedAnswersAreAskedFor() async throws {
        let server = try RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let connections = HTTPConnections(connect: .seconds(3600), network: .of([:]), time: HeldTime())
        _ = try await connections.send(HTTPCall(.get, server.url), within: HTTPBounds(time: nil, size: 10))
        await connections.shutdown()
        #expect(server.heads.first?.contains("Accept-Encoding: gzip, deflate\r\n") == true)
    }
}

import Foundation
import Synchronization

/// A server of bytes on loopback, for answers that no server should give. It reads a request's head,
/// gives what it is told to, and keeps the connection until the other side closes it.
public final class RawServer: Sendable {
    public let url: String
    /// One element for each connection whose answer has been written.
    public let answered: AsyncStream<Void>
    /// One element for each connection that the other side has closed.
    public let closed: AsyncStream<Void>
    private let listener: Int32
    private let requests = Requests()

    private final class Requests: Sendable {
        let heads = Mutex<[String]>([])
    }

    /// - Parameter answer: written as it is; then nothing more.
    public init(_ answer: String, closes: Bool = false) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port: UInt16? =
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Bool in
                    bind(listener, pointer, length) == 0 && listen(listener, 16) == 0
                        && getsockname(listener, pointer, &length) == 0
                }
            } ? UInt16(bigEndian: address.sin_port) : nil
        guard let port else { throw POSIXError(.EADDRNOTAVAIL) }
        url = "http://127.0.0.1:\(port)"
        let (answered, wrote) = AsyncStream.makeStream(of: Void.self)
        let (closed, ended) = AsyncStream.makeStream(of: Void.self)
        (self.answered, self.closed) = (answered, closed)
        Thread.detachNewThread { [requests] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread {
                    let head = Self.head(connection)
                    requests.heads.withLock { $0.append(head) }
                    _ = answer.utf8CString.withUnsafeBytes { write(connection, $0.baseAddress, $0.count - 1) }
                    if closes { shutdown(connection, Int32(SHUT_RDWR)) }
                    wrote.yield()
                    var byte: UInt8 = 0
                    while read(connection, &byte, 1) > 0 {}
                    close(connection)
                    ended.yield()
                }
            }
        }
    }

    /// The heads of the requests that came.
    public var heads: [String] { requests.heads.withLock(\.self) }

    private static func head(_ connection: Int32) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(connection, &byte, 1) == 1 {
            bytes.append(byte)
            if bytes.suffix(4) == [13, 10, 13, 10] { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}

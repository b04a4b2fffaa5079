import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// An http proxy on loopback: whoever is asked for is found at one port of this machine.
public final class ConnectProxy: Sendable {
    public let port: UInt16
    private let channel: any Channel
    private let log = Log()

    final class Log: Sendable {
        let heads = Mutex<[String]>([])
    }

    /// - Parameters:
    ///   - target: the port to which it connects.
    ///   - credentials: `name:password` that it wants; `nil`: none.
    ///   - answer: given to everybody instead of a connection.
    public init(to target: UInt16, credentials: String? = nil, answer: String? = nil) async throws {
        let wanted = credentials.map { "Basic " + Data($0.utf8).base64EncodedString() }
        let log = log
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Passing(log, target, wanted, answer))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        port = UInt16(channel.localAddress?.port ?? 0)
    }

    /// What it was asked.
    public var heads: [String] { log.heads.withLock(\.self) }

    public func close() async { try? await channel.close() }
}

private final class Passing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let log: ConnectProxy.Log
    private let target: UInt16
    private let wanted: String?
    private let answer: String?
    private var head = ByteBuffer()
    private var other: (any Channel)?

    init(_ log: ConnectProxy.Log, _ target: UInt16, _ wanted: String?, _ answer: String?) {
        self.log = log
        self.target = target
        self.wanted = wanted
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let other { return other.writeAndFlush(bytes, promise: nil) }
        head.writeImmutableBuffer(bytes)
        let text = String(buffer: head)
        guard text.hasSuffix("\r\n\r\n") else { return }
        log.heads.withLock { $0.append(text) }
        let lines = text.components(separatedBy: "\r\n").map { $0.lowercased() }
        if let answer { return end(context, answer) }
        guard text.hasPrefix("CONNECT ") else { return end(context, "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n") }
        if let wanted, !lines.contains("proxy-authorization: \(wanted)".lowercased()) {
            return end(
                context,
                "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 3\r\n\r\nno\n")
        }
        connect(context)
    }

    private func connect(_ context: ChannelHandlerContext) {
        let channel = context.channel
        ClientBootstrap(group: context.eventLoop).channelInitializer { other in
            other.eventLoop.makeCompletedFuture { try other.pipeline.syncOperations.addHandler(Back(channel)) }
        }.connect(host: "127.0.0.1", port: Int(target)).assumeIsolated().whenComplete { result in
            guard let other = try? result.get() else {
                return self.end(context, "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")
            }
            self.other = other
            channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
        }
    }

    private func end(_ context: ChannelHandlerContext, _ answer: String) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.value.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer))).whenComplete { _ in
            context.value.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { other?.close(promise: nil) }
}

private final class Back: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        channel.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { channel.close(promise: nil) }
}

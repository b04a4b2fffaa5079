import NIOCore
import NIOPosix

/// A server on loopback that answers the first bytes it gets with some of its own, and closes.
public final class ByteServer: Sendable {
    public let port: UInt16
    private let channel: any Channel

    public convenience init(_ answer: String) async throws { try await self.init(bytes: Array(answer.utf8)) }

    public init(bytes: [UInt8]) async throws {
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Replying(bytes))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        port = UInt16(channel.localAddress?.port ?? 0)
    }

    public func close() async { try? await channel.close() }
}

private final class Replying: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let bytes: [UInt8]
    private var hasReplied = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasReplied else { return }
        hasReplied = true
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.value.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in
            context.value.close(promise: nil)
        }
    }
}

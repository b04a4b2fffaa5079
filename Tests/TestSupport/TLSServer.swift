import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// An https server on loopback that gives one answer to everybody, and says what was asked.
public final class TLSServer: Sendable {
    public let port: UInt16
    private let channel: any Channel
    private let log = Log()

    final class Log: Sendable {
        let heads = Mutex<[HTTPRequestHead]>([])
    }

    /// - Parameters:
    ///   - certificate: PEM files, of the chain and of its key.
    ///   - clientIssuer: whoever does not show a certificate that this one signed is refused.
    public init(
        certificate: String, key: String, clientIssuer: String? = nil, body: String = "[]",
        address: String = "127.0.0.1"
    ) async throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        if let clientIssuer {
            configuration.trustRoots = .file(clientIssuer)
            configuration.certificateVerification = .noHostnameVerification
        }
        let context = try NIOSSLContext(configuration: configuration)
        let log = log
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(Answering(log, body))
                }
            }.bind(host: address, port: 0).get()
        port = UInt16(channel.localAddress?.port ?? 0)
    }

    /// The requests that came.
    public var heads: [HTTPRequestHead] { log.heads.withLock(\.self) }

    public func close() async { try? await channel.close() }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let log: TLSServer.Log
    private let body: String

    init(_ log: TLSServer.Log, _ body: String) {
        self.log = log
        self.body = body
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        log.heads.withLock { $0.append(head) }
        let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": "\(body.utf8.count)"]
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: .ok, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

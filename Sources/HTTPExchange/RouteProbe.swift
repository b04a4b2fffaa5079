import BoundedNumbers
import NIOCore
import NIOPosix
import NIOSOCKS
import NIOSSL

/// Goes to a server as an exchange does, and says nothing to it: to see which certificates it shows, and what a
/// proxy on the way answers. Whoever makes the exchanges for us tells neither.
struct RouteProbe {
    let group: any EventLoopGroup
    let url: BaseURL
    let proxy: Proxy?
    let connect: TimeAmount

    /// The certificates that the server shows, its own first, whether they are accepted or not.
    ///
    /// - Throws: `ProxyFault`, or whatever the connection fails with.
    func certificates() async throws -> [CertificateFacts] {
        let loop = group.next()
        let shown = loop.makePromise(of: [NIOSSLCertificate].self)
        let connecting = bootstrap(loop, shown).connect(
            host: proxy?.host ?? url.host.unbracketed, port: Int(proxy?.port ?? url.portInUse))
        connecting.whenComplete { result in
            switch result {
            case .failure(let error): shown.fail(error)
            case .success(let channel):
                // Whatever has become of it by then.
                channel.closeFuture.whenComplete { _ in shown.fail(ChannelError.eof) }
                shown.futureResult.whenComplete { _ in channel.close(promise: nil) }
            }
        }
        let chain = try await withTaskCancellationHandler {
            try await shown.futureResult.get()
        } onCancel: {
            shown.fail(CancellationError())
        }
        return chain.compactMap(CertificateFacts.init)
    }

    private func bootstrap(_ loop: any EventLoop, _ shown: EventLoopPromise<[NIOSSLCertificate]>) -> ClientBootstrap {
        let (proxy, host, port) = (proxy, url.host.unbracketed, url.portInUse)
        return ClientBootstrap(group: loop).connectTimeout(connect).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                switch proxy {
                case nil: try Self.addTLS(to: channel, host, shown)
                case let proxy? where proxy.kind == .http:
                    try pipeline.addHandler(
                        ConnectHandler(proxy, host: host, port: port) { channel in
                            try Self.addTLS(to: channel, host, shown)
                        })
                case _?:
                    let way = SOCKSClientHandler(targetAddress: .domain(host, port: Int(port)))
                    try pipeline.addHandler(way)
                    try pipeline.addHandler(SOCKSHandler { channel in try Self.addTLS(to: channel, host, shown) })
                }
                try pipeline.addHandler(FaultHandler(shown))
            }
        }
    }

    /// Before what is there: it hears of the faults.
    private static func addTLS(
        to channel: any Channel, _ host: String, _ shown: EventLoopPromise<[NIOSSLCertificate]>
    ) throws {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let handler = try NIOSSLClientHandler(
            context: NIOSSLContext(configuration: .makeClientConfiguration()),
            serverHostname: isAddress ? nil : host,
            customVerificationCallback: { chain, verdict in
                shown.succeed(chain)
                // Seen, and that is all.
                verdict.succeed(.failed)
            })
        try channel.pipeline.syncOperations.addHandler(handler, position: .first)
    }
}

/// Ends a probe with the first fault on its way.
private final class FaultHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let shown: EventLoopPromise<[NIOSSLCertificate]>

    init(_ shown: EventLoopPromise<[NIOSSLCertificate]>) { self.shown = shown }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { shown.fail(error) }
}

/// Asks a proxy for a connection, and goes out of the way once there is one.
private final class ConnectHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let longestHead = 16 * 1024

    private let proxy: Proxy
    private let host: String
    private let target: String
    private let established: (any Channel) throws -> Void
    private var answer = ByteBuffer()

    init(_ proxy: Proxy, host: String, port: UInt16, established: @escaping (any Channel) throws -> Void) {
        self.proxy = proxy
        self.host = host
        target = (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
        self.established = established
    }

    func channelActive(context: ChannelHandlerContext) {
        let credentials = proxy.authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? ""
        let request = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\(credentials)\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        answer.writeImmutableBuffer(unwrapInboundIn(data))
        let head = String(decoding: answer.readableBytesView.prefix(Self.longestHead), as: UTF8.self)
        guard head.contains("\r\n\r\n") || answer.readableBytes >= Self.longestHead else { return }
        do {
            try check(head)
            try established(context.channel)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            context.fireErrorCaught(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        context.fireErrorCaught(ProxyFault.refused(proxy, host: host, status: nil))
        context.fireChannelInactive()
    }

    private func check(_ head: String) throws {
        let words = head.prefix { $0 != "\r\n" }.split(separator: " ")
        guard let version = words.first, version.hasPrefix("HTTP/1."), words.count > 1,
            let status = Int(decimal: words[1], in: 100...599)
        else { throw ProxyFault.refused(proxy, host: host, status: nil) }
        if status == 407 { throw ProxyFault.authentication(proxy) }
        guard (200..<300).contains(status) else { throw ProxyFault.refused(proxy, host: host, status: status) }
    }
}

/// Goes out of the way once a SOCKS proxy has made the connection.
private final class SOCKSHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let established: (any Channel) throws -> Void

    init(established: @escaping (any Channel) throws -> Void) { self.established = established }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is SOCKSProxyEstablishedEvent else { return context.fireUserInboundEventTriggered(event) }
        do {
            let way = try context.pipeline.syncOperations.handler(type: SOCKSClientHandler.self)
            context.pipeline.syncOperations.removeHandler(way, promise: nil)
            try established(context.channel)
        } catch {
            context.fireErrorCaught(error)
        }
    }
}

extension String {
    /// An IPv6 address as resolvers take it.
    fileprivate var unbracketed: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self }
}

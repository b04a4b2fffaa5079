import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// What one connection may take: a place among those of its address, and a deadline for each thing that
/// its caller has to do. While the server works on an answer there is none.
///
/// - A head must be there soon after its first byte; the first one, soon after the connection.
/// - A body must be there soon after its head. Once it is answered, its rest is not waited for.
/// - An answer must be taken.
/// - Between two requests a connection may be idle for longer.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Reading { case nothing, head, body }

    private let limits: RequestLimits
    private let connections: Connections
    private let countsAddresses: Bool

    private var address: CallerAddress?
    private var departure: Departure?
    private var reading = Reading.nothing
    /// Requests whose heads have come and whose answers have not gone.
    private var unanswered = 0
    /// The answer that is being written is the last one.
    private var isLast = false
    /// The last answer has been written: whatever comes now is of no interest.
    private var isLeaving = false
    private var deadline: NIODeadline?
    private var alarm: (at: NIODeadline, task: Scheduled<Void>)?

    /// - Parameter countsAddresses: `false` behind a balancer, whose address all connections have.
    init(_ limits: RequestLimits, connections: Connections, countsAddresses: Bool) {
        self.limits = limits
        self.connections = connections
        self.countsAddresses = countsAddresses
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        address = countsAddresses ? CallerAddress(context.channel.remoteAddress) : nil
        departure = connections.open(context.channel, from: address)
        guard departure != nil else { return context.close(promise: nil) }
        expect(within: limits.headSeconds, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end(context) }

    private func end(_ context: ChannelHandlerContext) {
        alarm?.task.cancel()
        (alarm, deadline) = (nil, nil)
        guard let departure else { return }
        self.departure = nil
        connections.close(context.channel, from: address)
        departure.happened()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is BytesArrived:
            guard reading == .nothing, !isLeaving else { return }
            reading = .head
            expect(within: limits.headSeconds, context, orSooner: unanswered == 0)
            return
        case ChannelEvent.inputClosed:
            departure?.happened()
            if isLeaving { context.close(promise: nil) }
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: What comes and what goes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLeaving else { return }
        switch unwrapInboundIn(data) {
        case .head:
            reading = .body
            unanswered += 1
            expect(within: limits.bodySeconds, context)
        case .body: break
        case .end:
            reading = .nothing
            if context.channel.isWritable { deadline = nil }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational:
            // Of this very request something is still to come.
            isLast = unanswered == 1 && reading == .body
            if isLast { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            unanswered = max(0, unanswered - 1)
            guard isLast else {
                context.write(data, promise: promise)
                if unanswered == 0, reading == .nothing, context.channel.isWritable {
                    expect(within: limits.idleSeconds, context)
                }
                return
            }
            leave(after: data, context, promise)
        default:
            context.write(data, promise: promise)
        }
    }

    /// A socket that is closed with bytes unread takes its last answer back: so the way out is closed first, and
    /// what comes in is dropped for a moment.
    private func leave(after data: NIOAny, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        isLeaving = true
        expect(within: limits.leavingSeconds, context)
        let written = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.close(mode: .output, promise: nil) }
        context.writeAndFlush(data, promise: written)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable {
            expect(within: limits.sendSeconds, context)
        } else if !isLeaving {
            deadline = nil
            if unanswered == 0 { expect(within: limits.idleSeconds, context) }
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Deadlines

    /// - Parameter orSooner: a deadline that is sooner stays.
    private func expect(within seconds: Int, _ context: ChannelHandlerContext, orSooner: Bool = false) {
        let end = context.eventLoop.now + .seconds(Int64(seconds))
        if orSooner, let deadline, deadline < end { return }
        deadline = end
        // Most deadlines are met: an alarm that is set for sooner looks again then.
        if let alarm {
            guard end < alarm.at else { return }
            alarm.task.cancel()
        }
        setAlarm(end, context)
    }

    private func setAlarm(_ at: NIODeadline, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(deadline: at) {
            let (handler, context) = bound.value
            handler.look(context)
        }
        alarm = (at, task)
    }

    private func look(_ context: ChannelHandlerContext) {
        alarm = nil
        guard let deadline else { return }
        guard deadline <= context.eventLoop.now else { return setAlarm(deadline, context) }
        context.close(promise: nil)
    }
}

/// The first sign of a head: the decoder behind it tells of it when it is whole.
struct BytesArrived {}

/// Tells that bytes have come, before they are decoded.
final class ByteArrivals: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireUserInboundEventTriggered(BytesArrived())
        context.fireChannelRead(data)
    }
}

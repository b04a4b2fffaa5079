import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import NIOPosix
import Synchronization
import Testing

@testable import CruddurServer

/// How long a connection may take for what, on a loop whose time the test holds.
struct ConnectionHandlerTests {
    private let channel = EmbeddedChannel()
    private let connections: Connections
    private let limits: RequestLimits

    init() throws {
        var limits = RequestLimits()
        limits.connectionsPerAddress = 2
        self.limits = limits
        connections = Connections(limit: limits.connectionsOfOneAddress)
        try open(channel)
    }

    private func open(_ channel: EmbeddedChannel, from address: String = "192.0.2.1", countsAddresses: Bool = true)
        throws
    {
        let peer = try SocketAddress(ipAddress: address, port: 1)
        channel.remoteAddress = peer
        try channel.pipeline.syncOperations.addHandler(
            ConnectionHandler(limits, connections: connections, countsAddresses: countsAddresses))
        channel.connect(to: peer, promise: nil)
        channel.remoteAddress = peer
    }

    private func wait(_ seconds: Int) { channel.embeddedEventLoop.advanceTime(by: .seconds(Int64(seconds))) }

    private func bytes() { channel.pipeline.fireUserInboundEventTriggered(BytesArrived()) }

    private func head() throws {
        bytes()
        try channel.writeInbound(
            HTTPRequestPart.head(HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/")))
    }

    private func answer(_ status: HTTPResponse.Status = .ok) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: status)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    @Test func aConnectionThatSaysNothingIsClosed() {
        wait(limits.headSeconds - 1)
        #expect(channel.isActive)
        wait(1)
        #expect(!channel.isActive)
    }

    @Test func aHeadThatComesByteByByteHasNoMoreTimeThanOneThatDoesNotCome() {
        for _ in 1..<limits.headSeconds {
            bytes()
            wait(1)
        }
        #expect(channel.isActive)
        bytes()
        wait(1)
        #expect(!channel.isActive)
    }

    @Test func aBodyThatComesByteByByteIsNotWaitedForLonger() throws {
        try head()
        for _ in 1..<limits.bodySeconds {
            bytes()
            try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "a")))
            wait(1)
        }
        #expect(channel.isActive)
        wait(1)
        #expect(!channel.isActive)
    }

    @Test func anAnswerMayTakeAsLongAsTheServerWants() throws {
        try head()
        try channel.writeInbound(HTTPRequestPart.end(nil))
        wait(10 * limits.idleSeconds)
        #expect(channel.isActive)
        try answer()
        // And then the next request may let itself be waited for.
        wait(limits.idleSeconds - 1)
        #expect(channel.isActive)
        try head()
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try answer()
        wait(limits.idleSeconds)
        #expect(!channel.isActive)
    }

    @Test func aSecondHeadHasToComeAsQuicklyAsTheFirst() throws {
        try head()
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try answer()
        wait(30)
        bytes()
        wait(limits.headSeconds - 1)
        #expect(channel.isActive)
        wait(1)
        #expect(!channel.isActive)
    }

    @Test func afterAnAnswerTheRestOfABodyIsNotWaitedFor() throws {
        try head()
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "a")))
        try answer(.unauthorized)
        guard case .head(let head) = try channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("no answer")
            return
        }
        #expect(head.headerFields[.connection] == "close")
        // What still comes goes nowhere.
        while try channel.readInbound(as: HTTPRequestPart.self) != nil {}
        bytes()
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "a")))
        #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
        wait(limits.leavingSeconds)
        #expect(!channel.isActive)
    }

    @Test func anAnswerToAWholeRequestKeepsTheConnection() throws {
        try head()
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try answer()
        guard case .head(let head) = try channel.readOutbound(as: HTTPResponsePart.self) else {
            Issue.record("no answer")
            return
        }
        #expect(head.headerFields[.connection] == nil)
        wait(limits.leavingSeconds)
        #expect(channel.isActive)
    }

    @Test func anAnswerThatNobodyTakesIsNotKept() throws {
        try head()
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        wait(limits.sendSeconds)
        #expect(!channel.isActive)
    }

    @Test func oneAddressHasSoManyConnectionsAndGetsThemBack() throws {
        let second = EmbeddedChannel()
        try open(second)
        let third = EmbeddedChannel()
        try open(third)
        #expect(channel.isActive && second.isActive && !third.isActive)
        let other = EmbeddedChannel()
        try open(other, from: "192.0.2.2")
        #expect(other.isActive)
        second.close(promise: nil)
        let fourth = EmbeddedChannel()
        try open(fourth)
        #expect(fourth.isActive)
        let balancer = EmbeddedChannel()
        try open(balancer, countsAddresses: false)
        #expect(balancer.isActive)
    }

    @Test func aDepartureIsToldHoweverItComesAndToWhoeverAsksLater() async throws {
        let departure = try #require(connections.departure(of: channel))
        let calls = Mutex(0)
        // Whoever has stopped to wait is not told.
        await departure.during({}, whenGone: { calls.withLock { $0 += 10 } })
        await departure.during {
            channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            #expect(calls.withLock { $0 } == 1)
        } whenGone: {
            calls.withLock { $0 += 1 }
        }
        await departure.during({ #expect(calls.withLock { $0 } == 2) }, whenGone: { calls.withLock { $0 += 1 } })
        channel.close(promise: nil)
        #expect(connections.departure(of: channel) == nil)
    }
}

/// A server that has no file left for a connection.
struct AcceptRestTests {
    private final class Reads: ChannelOutboundHandler {
        typealias OutboundIn = Never
        var count = 0

        func read(context: ChannelHandlerContext) { count += 1 }
    }

    @Test func itRestsForAMomentAndThenGoesOn() throws {
        let channel = EmbeddedChannel()
        let reads = Reads()
        try channel.pipeline.syncOperations.addHandlers([
            reads, AcceptRest(logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() }),
        ])
        channel.read()
        #expect(reads.count == 1)
        for _ in 1...3 {
            channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
            for _ in 1...10 { channel.read() }
        }
        #expect(reads.count == 1)
        // Nobody further on takes it for the end.
        try channel.throwIfErrorCaught()
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(500))
        #expect(reads.count == 2)
    }
}

import Logging
import NIOCore

/// Rests for a moment when there is no file or memory left for another connection: who comes meanwhile waits
/// in the kernel's queue, and the processor is left to those who are here.
final class AcceptRest: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private static let pause = TimeAmount.milliseconds(500)

    private let logger: Logger
    private var isResting = false
    private var wantsToRead = false

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whoever gave up before being accepted is nobody's fault either.
        guard let fault = error as? IOError, !isResting else { return }
        logger.warning("no connection can be accepted", metadata: ["error": "\(fault)"])
        isResting = true
        // A channel that could not read goes on being told that it can, without end.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.pause) {
            let (handler, context) = bound.value
            handler.goOn(context)
        }
    }

    func read(context: ChannelHandlerContext) {
        guard !isResting else { return wantsToRead = true }
        context.read()
    }

    private func goOn(_ context: ChannelHandlerContext) {
        isResting = false
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        guard wantsToRead else { return }
        wantsToRead = false
        context.read()
    }
}

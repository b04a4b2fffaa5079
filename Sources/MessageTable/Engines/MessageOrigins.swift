import Synchronization
import Tracing

/// In which trace each of the newest messages was written, so that what the stream makes of it can be linked to it.
public final class MessageOrigins: Sendable {
    private static let size = 1024

    private struct State {
        /// Of those that are being written: the stream may be quicker than the answer.
        var underWay: [ItemKey: ServiceContext] = [:]
        var contexts: [ItemKey: ServiceContext] = [:]
        var order: [ItemKey] = []
        var next = 0

        mutating func keep(_ key: ItemKey, _ context: ServiceContext) {
            if contexts[key] == nil {
                if order.count < MessageOrigins.size {
                    order.append(key)
                } else {
                    contexts[order[next]] = nil
                    order[next] = key
                    next = (next + 1) % MessageOrigins.size
                }
            }
            contexts[key] = context
        }
    }

    private let state = Mutex(State())

    public init() {}

    /// Before it is written.
    func begin(_ writes: [Write], in context: ServiceContext) {
        for key in Self.messages(writes) { state.withLock { $0.underWay[key] = context } }
    }

    /// Afterwards.
    func end(_ writes: [Write], in context: ServiceContext, isWritten: Bool) {
        for key in Self.messages(writes) {
            state.withLock { state in
                state.underWay[key] = nil
                if isWritten { state.keep(key, context) }
            }
        }
    }

    private static func messages(_ writes: [Write]) -> [ItemKey] {
        writes.compactMap { write in
            guard case .put(let item, _) = write, item.key.partition.hasPrefix(MessageItem.prefix) else { return nil }
            return item.key
        }
    }

    /// `nil`: written by somebody else, or too long ago.
    func context(of key: ItemKey) -> ServiceContext? { state.withLock { $0.contexts[key] ?? $0.underWay[key] } }
}

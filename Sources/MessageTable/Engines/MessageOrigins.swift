import Synchronization
import Tracing

/// In which trace each of the newest messages was written, so that what the stream makes of it can be linked to it.
public final class MessageOrigins: Sendable {
    private static let size = 1024

    private struct State {
        var contexts: [ItemKey: ServiceContext] = [:]
        var order: [ItemKey] = []
        var next = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Once before it is written, because the stream may be quicker than the answer, and once more when it is.
    ///
    /// - Parameter isWritten: else one that stands there already stays: it may be somebody else's at the same time.
    func note(_ writes: [Write], in context: ServiceContext, isWritten: Bool) {
        for case .put(let item, _) in writes where item.key.partition.hasPrefix(MessageItem.prefix) {
            state.withLock { state in
                if state.contexts[item.key] != nil {
                    if isWritten { state.contexts[item.key] = context }
                    return
                }
                if state.order.count < Self.size {
                    state.order.append(item.key)
                } else {
                    state.contexts[state.order[state.next]] = nil
                    state.order[state.next] = item.key
                    state.next = (state.next + 1) % Self.size
                }
                state.contexts[item.key] = context
            }
        }
    }

    /// `nil`: written by somebody else, or too long ago.
    func context(of key: ItemKey) -> ServiceContext? { state.withLock { $0.contexts[key] } }
}

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

    func note(_ writes: [Write], in context: ServiceContext) {
        for case .put(let item, _) in writes where item.key.partition.hasPrefix(MessageItem.prefix) {
            state.withLock { state in
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

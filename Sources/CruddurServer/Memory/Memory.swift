import Synchronization

/// Remembers what was asked for lately, within a bound: what has not been asked for while as much again was added is
/// forgotten.
final class Memory<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Generation {
        var values: [Key: (value: Value, size: Int)] = [:]
        var size = 0
    }

    private struct State {
        var young = Generation()
        var old = Generation()
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: of the sizes of all values together.
    init(limit: Int) {
        self.limit = limit
    }

    subscript(key: Key) -> Value? {
        state.withLock { state in
            if let known = state.young.values[key] { return known.value }
            guard let known = state.old.values[key] else { return nil }
            insert(known.value, known.size, key, &state)
            return known.value
        }
    }

    func remember(_ value: Value, size: Int = 1, for key: Key) {
        state.withLock { insert(value, size, key, &$0) }
    }

    private func insert(_ value: Value, _ size: Int, _ key: Key, _ state: inout State) {
        state.young.size += size - (state.young.values[key]?.size ?? 0)
        state.young.values[key] = (value, size)
        guard state.young.size > limit / 2 else { return }
        state.old = state.young
        state.young = Generation()
    }
}

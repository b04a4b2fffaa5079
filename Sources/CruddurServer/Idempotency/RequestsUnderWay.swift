import MessageTable
import Synchronization

/// The keyed requests that this server is carrying out: a second one with the same key is told so at once. Two servers
/// know nothing of each other's; there the table's condition lets one of two write, and the other answers the same.
final class RequestsUnderWay: Sendable {
    private let places = Mutex<Set<ItemKey>>([])

    /// Runs `body`, unless a request with the same key is.
    ///
    /// - Throws: `RequestError.keyInUse`; what `body` throws.
    func carryOut<Value>(_ request: KeyedRequest, _ body: () async throws -> Value) async throws -> Value {
        let place = request.place
        guard places.withLock({ $0.insert(place).inserted }) else { throw RequestError.keyInUse }
        defer { places.withLock { _ = $0.remove(place) } }
        return try await body()
    }
}

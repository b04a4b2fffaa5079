import BoundedNumbers
import HTTPExchange
import Synchronization

/// Whether the backend keeps idempotency keys, and for how long, as its newest answer says. Nothing is configured, and
/// nothing is remembered from earlier days: another deployment may stand behind the same URL.
final class KeptKeys: Sendable {
    private let newest = Mutex<Double?>(nil)

    /// Seconds that a key is kept at least; `nil`: the newest answer says nothing of keys.
    var lifetime: Double? { newest.withLock { $0 } }

    /// What stands between us and the backend answers too: that says nothing.
    func note(_ answer: HTTPAnswer) {
        let told = answer[header: "Idempotency-Key-Lifetime"].flatMap { Int(decimal: $0, in: 1...31_536_000) }
        if told == nil, [429, 502, 503, 504].contains(answer.status) { return }
        newest.withLock { $0 = told.map(Double.init) }
    }
}

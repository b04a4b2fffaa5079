/// Lets everybody in who uses a history; or one alone, who puts another in its place.
///
/// Who waits here is not sent away by being cancelled: what is inside ends by itself, and the count is always right.
/// Nobody may come in who is inside already.
actor HistoryGate {
    private var inside = 0
    private var isClosed = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var lastOut: CheckedContinuation<Void, Never>?

    /// Waits while it is closed. Each `enter` has its `leave`.
    func enter() async {
        while isClosed { await withCheckedContinuation { waiting.append($0) } }
        inside += 1
    }

    func leave() {
        inside -= 1
        guard inside == 0 else { return }
        lastOut?.resume()
        lastOut = nil
    }

    /// Waits until nobody is inside, and nobody else has closed it. Each `close` has its `open`.
    func close() async {
        while isClosed { await withCheckedContinuation { waiting.append($0) } }
        isClosed = true
        if inside > 0 { await withCheckedContinuation { lastOut = $0 } }
    }

    func open() {
        isClosed = false
        let waited = waiting
        waiting = []
        for one in waited { one.resume() }
    }
}

/// Puts things in order of which only some pairs are known.
enum PageOrder {
    /// - Parameters:
    ///   - ids: in the order that holds where `ties` say nothing.
    ///   - ties: pairs in their order; they may contradict each other.
    /// - Returns: places in `ids`.
    static func sort(_ ids: [Int64], ties: [(earlier: Int64, later: Int64)]) -> [Int] {
        let places = Dictionary(zip(ids, ids.indices), uniquingKeysWith: { first, _ in first })
        var blockers = Array(repeating: 0, count: ids.count)
        var blocked: [Int: [Int]] = [:]
        for tie in ties {
            guard let earlier = places[tie.earlier], let later = places[tie.later] else { continue }
            blockers[later] += 1
            blocked[earlier, default: []].append(later)
        }
        var isPlaced = Array(repeating: false, count: ids.count)
        // Sorted, last first.
        var free = ids.indices.filter { blockers[$0] == 0 }.reversed() as [Int]
        var oldestWaiting = 0
        var order: [Int] = []
        while order.count < ids.count {
            // In a circle nobody is free: the first breaks it.
            while isPlaced[oldestWaiting] { oldestWaiting += 1 }
            let next = free.popLast() ?? oldestWaiting
            guard !isPlaced[next] else { continue }
            isPlaced[next] = true
            order.append(next)
            for other in blocked[next] ?? [] {
                blockers[other] -= 1
                guard blockers[other] == 0, !isPlaced[other] else { continue }
                free.insert(other, at: free.firstIndex { $0 < other } ?? free.count)
            }
        }
        return order
    }
}

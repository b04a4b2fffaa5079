import MessageTable
import Timestamps
import Traces

/// The table as the seed's code asks it, where the stage says so; else as it is asked.
struct SeedEngine: TableEngine {
    let base: any TableEngine
    let stage: DemoStage

    var hasExactIndex: Bool { base.hasExactIndex }
    var capacity: CapacityMeter { base.capacity }
    var scanSegments: Int { base.scanSegments }
    func put(_ item: Item, if condition: Condition) async throws { try await base.put(item, if: condition) }
    func transact(_ writes: [Write]) async throws { try await base.transact(writes) }
    func putAll(_ items: [Item]) async throws { try await base.putAll(items) }
    func checkWritable() async throws { try await base.checkWritable() }
    func versions(of partitions: [String]) async throws -> [Int64]? { try await base.versions(of: partitions) }
    func changes(of partition: String) -> Changes { base.changes(of: partition) }
    func stream() async throws -> any TableStream { try await base.stream() }
    func forgetChanges(of keys: [ItemKey]) async throws { try await base.forgetChanges(of: keys) }

    func scan(_ segment: ScanSegment, limit: Int, after: ItemKey?) async throws -> Page {
        try await base.scan(segment, limit: limit, after: after)
    }

    // MARK: What the seed does in another way

    /// It does not look whether two users have a group.
    func item(at key: ItemKey) async throws -> Item? {
        stage.isOn(.twoGroups) && key.partition.hasPrefix("PAIR#") ? nil : try await base.item(at: key)
    }

    func query(_ query: Query) async throws -> Page {
        let gone = query.index == .messageGroup ? stage.gone(of: query.partition) : []
        if !gone.isEmpty { return Page(items: gone, next: nil) }
        let looksForPair = query.partition.hasPrefix("GRP#") && query.limit == nil
        guard looksForPair, stage.isOn(.twoGroups) else { return try await base.query(query) }
        return Page(items: [], next: nil)
    }

    /// It asks for the rows of one year.
    func run(_ pattern: ReadPattern, isConsistent: Bool) async throws -> [Item] {
        try await base.run(stage.isOn(.newYear) ? ofNextYear(pattern) : pattern, isConsistent: isConsistent)
    }

    private func ofNextYear(_ pattern: ReadPattern) -> ReadPattern {
        let year = Int(stage.now().description.prefix(4)).map { $0 + 1 }
        return switch pattern {
        case .listMessages(let group, _, let limit, let before):
            .listMessages(group: group, year: year, limit: limit, before: before)
        case .listGroups(let user, _, let limit): .listGroups(user: user, year: year, limit: limit)
        case .listMessagesAfter: pattern
        }
    }

    /// It puts without a condition, and has no item for a pair.
    func run(_ pattern: WritePattern) async throws {
        switch pattern {
        case .addMessage(let message, _, let key) where stage.isOn(.sameTime):
            try await base.run(.addMessage(message, .none, once: key))
        case .startGroup(let message, let recipient, let key, _) where stage.isOn(.twoGroups):
            try await base.run(.startGroup(message, recipient: recipient, once: key, hasPair: false))
        default: try await base.run(pattern)
        }
    }
}

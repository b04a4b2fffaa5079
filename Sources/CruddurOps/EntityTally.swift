import KeyTemplates
import MessageTable

/// How many items there are of each kind. The items of a partition come one after another, so only one is held.
struct EntityTally {
    struct Kind: Encodable, Equatable {
        struct Partition: Encodable, Equatable {
            let partition: String
            var items = 0
            var bytes = 0
        }

        /// `nil`: the templates have none that fits.
        let entity: String?
        var items = 0
        var bytes = 0
        var partitions = 0
        /// With the most bytes.
        var largest: Partition?
    }

    private let templates: TableTemplates
    /// `nil`: what is none of them.
    private var known: [String?: Kind] = [:]
    private var partition = ""
    /// What has been found in it.
    private var parts: [String?: Kind.Partition] = [:]

    init(_ templates: TableTemplates) { self.templates = templates }

    mutating func take(_ item: Item) {
        if partition != item.key.partition {
            endPartition()
            partition = item.key.partition
        }
        let entity = templates.entity(partition: partition, sort: item.key.sort)?.entity.name
        parts[entity, default: Kind.Partition(partition: partition)].items += 1
        parts[entity]?.bytes += CapacityRule.size(item)
    }

    private mutating func endPartition() {
        for (entity, part) in parts { known[entity, default: Kind(entity: entity)].add(part) }
        parts = [:]
    }

    /// In the order of the templates, what is none of them last.
    mutating func kinds() -> [Kind] {
        endPartition()
        let named = templates.entities.map { known[$0.name] ?? Kind(entity: $0.name) }
        return named + (known[nil].map { [$0] } ?? [])
    }
}

extension EntityTally.Kind {
    fileprivate mutating func add(_ partition: Partition) {
        items += partition.items
        bytes += partition.bytes
        partitions += 1
        if partition.bytes > largest?.bytes ?? -1 { largest = partition }
    }
}

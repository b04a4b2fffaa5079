import Foundation

/// What the keys of a single-table application look like, and which calls are which of its access patterns.
public struct TableTemplates: Sendable, Equatable {
    /// A kind of item. Both keys decide, and a name that stands in both means the same in both.
    public struct Entity: Sendable, Equatable {
        public let name: String
        public let partition: KeyTemplate
        public let sort: KeyTemplate
    }

    /// A global or local secondary index.
    public struct Index: Sendable, Equatable {
        public let name: String
        public let partitionKey: String
        public let sortKey: String?
    }

    /// One of the application's calls: it is made with one of `operations`. A read asks for `entities`; a write writes all
    /// of them, and nothing else but what `also` names.
    public struct Pattern: Sendable, Equatable {
        public let letter: Character
        public let name: String
        public let operations: [String]
        public let entities: [String]
        public let also: [String]
        /// `nil`: the table itself.
        public let index: String?
    }

    /// The table's name.
    public let table: String
    /// The attributes that are its key.
    public let partitionKey: String
    public let sortKey: String
    public let indexes: [Index]
    public let entities: [Entity]
    public let patterns: [Pattern]

    /// Which kind of item stands at a key, and what the names of its templates stand for; the first that fits; `nil`: none.
    public func entity(partition: String, sort: String) -> (entity: Entity, values: [String: String])? {
        for entity in entities {
            guard let values = entity.partition.values(in: partition), let more = entity.sort.values(in: sort),
                more.allSatisfy({ name, value in values[name].map { $0.utf8.elementsEqual(value.utf8) } ?? true })
            else { continue }
            return (entity, values.merging(more) { $1 })
        }
        return nil
    }

    /// What kinds of items a read may find in a partition.
    ///
    /// - Parameter sortPrefix: only items whose sort keys begin so.
    public func entities(in partition: String, sortPrefix: String = "") -> [Entity] {
        entities.filter { $0.partition.values(in: partition) != nil && $0.sort.mayBegin(with: sortPrefix) }
    }

    /// Which of the patterns a read is; the first that fits; `nil`: none.
    ///
    /// - Parameters:
    ///   - index: the name of one; `nil`: the table.
    ///   - found: the names of the kinds of items that it may find; of an index it does not count.
    public func pattern(reading found: Set<String>, operation: String, index: String?) -> Pattern? {
        patterns.first { pattern in
            pattern.operations.contains(operation) && pattern.index == index
                && (index != nil || found.isSuperset(of: pattern.entities))
        }
    }

    /// Which of the patterns a write is; the first that fits; `nil`: none.
    ///
    /// - Parameter touched: the names of the kinds of items that it writes.
    public func pattern(writing touched: Set<String>, operation: String) -> Pattern? {
        patterns.first { pattern in
            pattern.operations.contains(operation) && touched.isSuperset(of: pattern.entities)
                && touched.isSubset(of: pattern.entities + pattern.also)
        }
    }
}

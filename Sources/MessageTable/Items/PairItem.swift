/// Which group two users share: `pk = PAIR#{smaller uuid}#{larger uuid}`.
///
/// The seed's table has no such item, so two "creates" for one pair made two
/// groups. Written under a condition, in pattern D's transaction, it lets only one
/// of them win. It carries no `message_group_uuid`, so the index does not hold it.
public struct PairItem: Hashable, Sendable {
    public let group: String
    private let members: [String]

    public init(_ one: String, _ other: String, group: String) {
        self.group = group
        members = [one, other].sorted()
    }

    /// Where the pair's item is, whoever is named first.
    public static func key(_ one: String, _ other: String) -> ItemKey {
        PairItem(one, other, group: "").item.key
    }

    /// The uuids that a pair's key names.
    public static func members(_ key: ItemKey) -> [String] {
        key.partition.split(separator: "#").dropFirst().map(String.init)
    }

    /// - Throws: `ItemError.missing` when the item names no group.
    public static func group(_ item: Item) throws -> String {
        try item.required("group_uuid")
    }

    public var item: Item {
        Item(
            key: ItemKey(partition: "PAIR#" + members.joined(separator: "#"), sort: "PAIR"),
            attributes: ["group_uuid": .string(group)])
    }
}

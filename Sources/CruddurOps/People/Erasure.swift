import MessageTable
import Timestamps
import Users

/// Takes a user out of the table: what is theirs goes, what they wrote is replaced, and what others have of conversations
/// with them names nobody.
struct Erasure {
    /// Items of one transaction.
    private static let batch = 40

    let engine: any TableEngine
    let subject: Subject
    let now: @Sendable () -> Timestamp

    /// What has to be done, and how much of each kind.
    struct Plan {
        var steps: [Step] = []
        var deleted = 0
        var replaced = 0
        var keys: [ItemKey] = []

        var isEmpty: Bool { deleted + replaced == 0 }
    }

    /// - Throws: `TableError`.
    func plan() async throws -> Plan {
        var own: [Item] = []
        var changes: [(old: Item, new: Item)] = []
        var rows: [Item] = []
        try await engine.each { item in
            guard !subject.isTombstone(item) else { return }
            switch subject.concern(item) {
            case .own: own.append(item)
            case .written: changes.append((item, erased(item)))
            case .named: rows.append(item)
            case .unknown, nil: break
            }
        }
        for row in rows { changes.append((row, try await erased(row: row))) }
        var plan = Plan()
        (plan.deleted, plan.replaced) = (own.count, changes.count)
        plan.keys = own.map(\.key) + changes.map(\.old.key)
        if !plan.isEmpty, try await engine.item(at: GoneItem.key(user: subject.uuid)) == nil {
            // First of all: from now on nothing of theirs is missing anywhere.
            plan.steps.append(Step(holding: [], put: [GoneItem(user: subject.uuid, since: now()).item]))
        }
        for start in stride(from: 0, to: changes.count, by: Self.batch) {
            let part = changes[start..<min(start + Self.batch, changes.count)]
            plan.steps.append(Step(holding: part.map(\.old), put: part.map(\.new)))
        }
        for start in stride(from: 0, to: own.count, by: Self.batch) {
            let part = Array(own[start..<min(start + Self.batch, own.count)])
            plan.steps.append(Step(holding: part, delete: part.map(\.key)))
        }
        return plan
    }

    private func erased(_ message: Item) -> Item {
        var attributes = names
        attributes["message_uuid"] = message.attributes["message_uuid"]
        attributes["message"] = .string(Person.erasedText)
        return Item(key: message.key, attributes: attributes)
    }

    /// Another's row keeps what is not of the erased.
    private func erased(row: Item) async throws -> Item {
        var attributes = row.attributes.merging(names) { $1 }
        let group = row.text(Index.messageGroup.partitionAttribute) ?? ""
        let newest = try await engine.query(AccessPattern.newestMessage(group: group)).items.first
        let isOthers = newest.map { $0.text("user_uuid") != subject.uuid && $0.text("message") == row.text("message") }
        if isOthers != true { attributes["message"] = .string(Person.erasedText) }
        return Item(key: row.key, attributes: attributes)
    }

    private var names: Item.Attributes {
        let person = Person.erased(subject.uuid)
        return [
            "user_uuid": .string(person.uuid), "user_handle": .string(person.handle),
            "user_display_name": .string(person.displayName),
        ]
    }

    // MARK: Proof

    /// What is left of them, read anew.
    struct Proof: Encodable {
        var itemsRead = 0
        var tombstones = 0
        /// Items that still name them.
        var left: [String] = []
        /// Rows of the directory's database that still do.
        var records: [String] = []

        var isProven: Bool { left.isEmpty && records.isEmpty }
    }

    /// - Throws: `TableError`; what the directory throws.
    func proof(_ registry: any UserRegistry) async throws -> Proof {
        var proof = Proof()
        try await engine.each { item in
            proof.itemsRead += 1
            if subject.isTombstone(item) {
                proof.tombstones += 1
            } else if subject.concern(item) != nil {
                proof.left.append("\(item.key.partition) / \(item.key.sort)")
            }
        }
        proof.records = try await registry.records(of: subject.uuid).map { "\($0.table): \($0.rows.count) rows" }
        return proof
    }
}

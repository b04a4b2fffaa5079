import Foundation
import KeyTemplates
import MessageTable
import Timestamps
import Traces

/// An item of the table, to be looked at.
public struct TableRow: Hashable, Sendable {
    public let partition: String
    public let sort: String
    /// Of which conversation it is; `nil`: of none.
    public let group: String?
    /// The handle of whose partition it is; `nil`: of nobody's, or of somebody who has written nothing yet.
    public let owner: String?
    /// What it is, in the words of the table's templates; `nil`: none of them.
    public let entity: String?
    /// Whether the index holds it too.
    public let isIndexed: Bool
    /// What it says: `@mei: hello`.
    public let text: String
    /// All of it, in DynamoDB's JSON.
    public let json: String
}

/// The demo's table, to be looked at while it changes.
public struct DemoTable: Sendable {
    /// Rows that are shown at most.
    public static let most = 2000
    /// Changes within it are shown together.
    private static let pause = Duration.milliseconds(100)

    /// The file that it is in.
    public let file: String
    let engine: EmbeddedEngine
    let time: any TimeSource
    let templates: TableTemplates

    /// Hands on its rows, in the order of their keys, now and whenever something has changed, until the task is cancelled.
    public func follow(_ take: @Sendable ([TableRow]) -> Void) async {
        for await _ in engine.newRecords() {
            // Where it cannot be read now, the next change is another time to look.
            if let page = try? await engine.scan(limit: Self.most, after: nil) {
                take(TableRow.rows(page.items, templates))
            }
            guard (try? await time.sleep(for: Self.pause)) != nil else { return }
        }
    }

}

extension TableRow {
    /// In the order of their keys.
    static func rows(_ items: [Item], _ templates: TableTemplates) -> [TableRow] {
        let named = items.compactMap { item in
            item.text("user_uuid").flatMap { uuid in item.text("user_handle").map { (uuid, $0) } }
        }
        let handles = Dictionary(named) { first, _ in first }
        return items.map { TableRow($0, handles, templates) }
    }

    /// - Parameter handles: of users, by their uuids.
    private init(_ item: Item, _ handles: [String: String], _ templates: TableTemplates) {
        let parts = item.key.partition.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let (kind, name) = (parts.first.map(String.init), parts.count > 1 ? String(parts[1]) : nil)
        let indexed = item.text("message_group_uuid")
        let text = item.text("message")
        let handle = item.text("user_handle").map { "@\($0)" + (text == nil ? "" : ":") }
        self.init(
            partition: item.key.partition, sort: item.key.sort,
            group: kind == "MSG" ? name : indexed ?? item.text("group_uuid"),
            owner: kind == "MSG" ? nil : name.flatMap { handles[$0] },
            entity: templates.entity(partition: item.key.partition, sort: item.key.sort)?.entity.name,
            isIndexed: indexed != nil,
            text: [handle, text].compactMap { $0 }.joined(separator: " "), json: Self.json(item))
    }

    /// An attribute a line.
    private static func json(_ item: Item) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func encoded(_ value: some Encodable) -> String {
            (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
        }
        var values = item.attributes
        (values["pk"], values["sk"]) = (.string(item.key.partition), .string(item.key.sort))
        let lines = values.sorted { $0.key < $1.key }.map { "  \(encoded($0.key)): \(encoded($0.value))" }
        return "{\n\(lines.joined(separator: ",\n"))\n}"
    }
}

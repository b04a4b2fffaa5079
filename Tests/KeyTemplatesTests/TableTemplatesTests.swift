import Foundation
import KeyTemplates
import MessageTable
import Testing
import Timestamps

struct TableTemplatesTests {
    private let cruddur = TableTemplates.cruddur
    private let mei = Person(uuid: "m", displayName: "Mei", handle: "mei")
    private let nia = Person(uuid: "n", displayName: "Nia", handle: "nia")

    private var message: MessageItem {
        MessageItem(
            group: "g", createdAt: "2026-11-24T12:00:00.000000+00:00", uuid: "u", text: "hello", sender: mei)
    }

    private func names(_ writes: [Write]) -> Set<String> {
        Set(writes.compactMap { cruddur.entity(partition: $0.key.partition, sort: $0.key.sort)?.entity.name })
    }

    @Test func whatTheTableHoldsHasTheNamesOfItsTemplates() {
        let items = [
            message.item, MovedItem(group: "g", successor: "h").item, PairItem("m", "n", group: "g").item,
            GoneItem(user: "m", since: .init(microseconds: 0)).item,
        ]
        let found = items.map { cruddur.entity(partition: $0.key.partition, sort: $0.key.sort)?.entity.name }
        #expect(found == ["message", "merged group", "pair", "user who is gone"])
        #expect(cruddur.indexes.map(\.name) == [MessageTable.Index.messageGroup.name])
        #expect(cruddur.indexes.map(\.partitionKey) == [MessageTable.Index.messageGroup.partitionAttribute])
    }

    @Test func writesAreThePatternsThatTheyAre() throws {
        let once = KeyItem("k", request: "r", of: message, now: .init(microseconds: 0))
        let row = GroupItem(owner: "m", lastMessageAt: "2026-11-23", group: "g", text: "", other: nia)
        let patterns: [WritePattern] = [
            .addMessage(message), .addMessage(message, once: once), .startGroup(message, recipient: nia),
            .startGroup(message, recipient: nia, once: once), .startGroup(message, recipient: nia, hasPair: false),
            .rekeyGroups([row], to: message),
        ]
        for pattern in patterns {
            let operation = pattern.writes.count == 1 ? "PutItem" : "TransactWriteItems"
            let found = cruddur.pattern(writing: names(pattern.writes), operation: operation)
            #expect(found?.letter == pattern.letter)
        }
        #expect(cruddur.pattern(writing: ["pair"], operation: "PutItem") == nil)
    }

    @Test func readsAreThePatternsThatTheyAre() {
        let reads: [ReadPattern] = [
            .listMessages(group: "g", year: 2026, limit: 20), .listGroups(user: "m", year: nil, limit: 20),
        ]
        for read in reads {
            let found = cruddur.entities(in: read.query.partition, sortPrefix: read.query.sortKeyPrefix ?? "")
            let pattern = cruddur.pattern(
                reading: Set(found.map(\.name)), operation: "Query", index: read.query.index.name)
            #expect(pattern?.letter == read.letter)
        }
        #expect(cruddur.pattern(reading: ["message"], operation: "Query", index: "message-group-sk-index") == nil)
    }

    @Test func aNameThatStandsInBothKeysMeansTheSameInBoth() throws {
        let orders = try Self.read(#"{"name": "customer", "partition_key": "C#{id}", "sort_key": "C#{id}"}"#)
        #expect(orders.entity(partition: "C#1", sort: "C#1")?.values == ["id": "1"])
        #expect(orders.entity(partition: "C#1", sort: "C#2") == nil)
    }

    @Test func sortKeysTellWhatAReadMayFind() throws {
        let orders = try Self.read(
            #"{"name": "customer", "partition_key": "C#{id}", "sort_key": "PROFILE"}"#,
            #"{"name": "order", "partition_key": "C#{id}", "sort_key": "ORDER#{number}"}"#)
        #expect(orders.entities(in: "C#1").map(\.name) == ["customer", "order"])
        #expect(orders.entities(in: "C#1", sortPrefix: "ORDER#2026").map(\.name) == ["order"])
        #expect(orders.entities(in: "C#1", sortPrefix: "PRO").map(\.name) == ["customer"])
    }

    @Test func aFileIsWhatItsTemplatesAre() throws {
        #expect(try TableTemplates(json: try cruddur.json()) == cruddur)
    }

    @Test(arguments: [
        ("{", "it is not JSON"),
        ("[]", "is of another kind"),
        (#"{"table": "t"}"#, "entities is missing"),
        (#"{"table": "t", "entities": []}"#, "entities is empty"),
        (
            #"{"table": "t", "entities": [{"name": "a", "partition_key": "{x}{y}", "sort_key": "s"}]}"#,
            "entities[0].partition_key: {x}{y}"
        ),
        (
            #"{"table": "t", "entities": [{"name": "a", "partition_key": 1, "sort_key": "s"}]}"#,
            "entities[0].partition_key is of another kind"
        ),
        (
            #"{"table": "t", "entities": [{"name": "a", "partitionkey": "P", "sort_key": "s"}]}"#,
            "entities[0].partitionkey: there is no such setting; there are name, partition_key, sort_key"
        ),
        (
            #"{"table": "t", "entities": [{"name": "a", "partition_key": "P", "sort_key": "s"}, {"name": "a", "partition_key": "Q", "sort_key": "s"}]}"#,
            "entities: a stands there twice"
        ),
        (
            #"{"table": "t", "entities": [{"name": "a", "partition_key": "P", "sort_key": "s"}], "patterns": [{"letter": "AB", "name": "n", "operations": ["Query"], "entities": ["a"]}]}"#,
            "patterns[0].letter"
        ),
        (
            #"{"table": "t", "entities": [{"name": "a", "partition_key": "P", "sort_key": "s"}], "patterns": [{"letter": "A", "name": "n", "operations": ["Query"], "entities": ["b"]}]}"#,
            "there is no entity b"
        ),
        (
            #"{"table": "t", "entities": [{"name": "a", "partition_key": "P", "sort_key": "s"}], "patterns": [{"letter": "A", "name": "n", "operations": ["Select"], "entities": ["a"]}]}"#,
            "Select is none of"
        ),
        (
            #"{"table": "t", "entities": [{"name": "a", "partition_key": "P", "sort_key": "s"}], "patterns": [{"letter": "A", "name": "n", "operations": ["Query"], "entities": ["a"], "index": "i"}]}"#,
            "there is no index i"
        ),
    ])
    func whatIsWrongInAFileIsSaidWithItsPlace(file: String, complaint: String) {
        #expect {
            try TableTemplates(json: Data(file.utf8))
        } throws: {
            "\($0)".contains(complaint)
        }
    }

    private static func read(_ entities: String...) throws -> TableTemplates {
        try TableTemplates(json: Data(#"{"table": "orders", "entities": [\#(entities.joined(separator: ", "))]}"#.utf8))
    }
}

import MessageTable
import Testing

/// The exact keys, attributes and operations of the seed's table.
struct AccessPatternTests {
    private let ada = Person(uuid: "ada-uuid", displayName: "Ada Lovelace", handle: "ada")
    private let bob = Person(uuid: "bob-uuid", displayName: "Bob Ross", handle: "bob")

    private var message: MessageItem {
        MessageItem(
            group: "g", createdAt: "2026-11-24T05:50:07.058076+00:00", uuid: "m", text: "hello", sender: ada)
    }

    @Test func aMessageItemIsTheSeeds() {
        #expect(message.item.key == ItemKey(partition: "MSG#g", sort: "2026-11-24T05:50:07.058076+00:00"))
        #expect(
            message.item.attributes == [
                "message_uuid": "m", "message": "hello", "user_uuid": "ada-uuid", "user_display_name": "Ada Lovelace",
                "user_handle": "ada",
            ])
    }

    @Test func patternsAAndBReadTheNewestOfAYearOrOfAll() {
        let a = ReadPattern.listMessages(group: "g", year: 2026, limit: 20)
        #expect(a.letter == "A")
        #expect(
            a.query == Query(partition: "MSG#g", sortKeyPrefix: "2026", direction: .descending, limit: 20))
        let b = ReadPattern.listGroups(user: "ada-uuid", year: nil, limit: 20)
        #expect(b.letter == "B")
        #expect(b.query == Query(partition: "GRP#ada-uuid", direction: .descending, limit: 20))
    }

    @Test func patternCNeverOverwritesAMessageAndComesAfterAll() {
        let c = WritePattern.addMessage(message)
        #expect(c.letter == "C")
        #expect(c.writes == [.put(message.item, .itemIsNewest)])
        let beside = WritePattern.addMessage(message, .itemDoesNotExist)
        #expect(beside.writes == [.put(message.item, .itemDoesNotExist)])
    }

    @Test func patternDWritesARowForEachMemberWithTheOthersNames() throws {
        let d = WritePattern.startGroup(message, recipient: bob)
        #expect(d.letter == "D")
        let items = d.writes.compactMap { if case .put(let item, .itemDoesNotExist) = $0 { item } else { nil } }
        #expect(items.map(\.key.partition) == ["PAIR#ada-uuid#bob-uuid", "GRP#ada-uuid", "GRP#bob-uuid", "MSG#g"])
        #expect(
            items[1].attributes == [
                "message_group_uuid": "g", "message": "hello", "user_uuid": "bob-uuid",
                "user_display_name": "Bob Ross", "user_handle": "bob",
            ])
        #expect(items[2].attributes["user_handle"] == "ada")
        // The index holds group items only.
        #expect(items[0].attributes["message_group_uuid"] == nil)
    }

    @Test func patternEDeletesAndPutsBothRowsInOneTransaction() {
        let rows = [(ada, bob), (bob, ada)].map {
            GroupItem(owner: $0.uuid, lastMessageAt: "2026-01", group: "g", text: "old", other: $1)
        }
        let e = WritePattern.rekeyGroups(rows, to: message)
        #expect(e.letter == "E")
        let writes = e.writes
        #expect(writes.count == 4)
        #expect(writes[0] == .delete(ItemKey(partition: "GRP#ada-uuid", sort: "2026-01"), .itemExists))
        #expect(writes[2] == .delete(ItemKey(partition: "GRP#bob-uuid", sort: "2026-01"), .itemExists))
    }

    @Test func aPairIsTheSameWhoeverIsNamedFirst() {
        #expect(PairItem.key("a", "b") == PairItem.key("b", "a"))
    }
}

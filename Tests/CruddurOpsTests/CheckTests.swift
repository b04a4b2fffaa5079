import Foundation
import MessageTable
import TestSupport
import Testing
import Timestamps

@testable import CruddurOps

/// Each kind of finding, what it is concluded from, and what mends it.
struct CheckTests {
    @Test func aTableInOrderHasNoFindingsAndIsNotChanged() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        try await checked.talk("h", 0, 2, minutes: 3...5)
        let before = try await checked.everything()
        #expect(try await checked.check(repairs: true).kinds.isEmpty)
        #expect(try await checked.everything() == before)
    }

    @Test func whatIsNoTimeIsNeverASource() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        var stray = checked.message(9, in: "g").item.attributes
        stray["message"] = "from nowhere"
        try await checked.put("MSG#g", "yesterday", stray)
        #expect(try await checked.check(repairs: true).kinds == ["no_time"])
        #expect(try await checked.rows("g").map(\.lastMessageAt) == [Checked.time(5), Checked.time(5)])
        // Nor for the stream.
        let message = try MessageItem(
            Item(key: ItemKey(partition: "MSG#g", sort: "yesterday"), attributes: stray))
        await #expect(throws: ItemError.noTime(key: message.item.key)) { try await checked.project(message) }
        // Rows that an earlier repair sent there come back.
        for row in try await checked.rows("g") {
            try await checked.delete(row.item.key)
            try await checked.put(row.item.key.partition, "yesterday", row.item.attributes)
        }
        #expect(try await checked.check(repairs: true).mended == ["no_time"])
        #expect(try await checked.rows("g").map(\.lastMessageAt) == [Checked.time(5), Checked.time(5)])
        #expect(try await checked.check().kinds == ["no_time"])
    }

    @Test(arguments: [("stale_group", 2, "at 2"), ("ahead_group", 9, "at 9"), ("wrong_preview", 5, "something else")])
    func aRowThatSaysSomethingUntrueIsSetRight(_ kind: String, _ minute: Int, _ text: String) async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        for row in try await checked.rows("g") {
            try await checked.delete(row.item.key)
            let untrue = row.moved(to: checked.message(minute, in: "g", text: text))
            try await checked.put(untrue.item.key.partition, untrue.lastMessageAt, untrue.item.attributes)
        }
        let found = try await checked.check()
        #expect(found.kinds == [kind])
        #expect(try await checked.check(repairs: true).mended == [kind])
        #expect(try await checked.rows("g").map(\.text) == ["at 5", "at 5"])
        #expect(try await checked.rows("g").map(\.lastMessageAt) == [Checked.time(5), Checked.time(5)])
        #expect(try await checked.check().kinds.isEmpty)
    }

    @Test func aRowThatStepsAsideForAnothersIsInOrder() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        // Another group of @u0 has its last message in the very same microsecond.
        try await checked.talk("h", 0, 2, minutes: 0...5)
        #expect(try await checked.rows("h").map(\.lastMessageAt).sorted() != [Checked.time(5), Checked.time(5)])
        #expect(try await checked.check(repairs: true).kinds.isEmpty)
        // A repair does so as well.
        for row in try await checked.rows("h") {
            try await checked.delete(row.item.key)
            try await checked.put(row.item.key.partition, Checked.time(1) + "", row.item.attributes)
        }
        #expect(try await checked.check(repairs: true).mended == ["stale_group"])
        #expect(try await checked.check().kinds.isEmpty)
        #expect(try await checked.rows("g").count == 2)
    }

    @Test func aConversationWithOneselfAndOneOfNoMessageAreForPeopleToDecide() async throws {
        let checked = try await Checked()
        let own = GroupItem(
            owner: "p0", lastMessageAt: Checked.time(1), group: "self", text: "me", other: checked.people[0])
        try await checked.table.put(own.item, if: .none)
        for (owner, other) in [(1, 2), (2, 1)] {
            let row = GroupItem(
                owner: "p\(owner)", lastMessageAt: Checked.time(1), group: "empty", text: "?",
                other: checked.people[other])
            try await checked.table.put(row.item, if: .none)
        }
        let before = try await checked.everything()
        #expect(try await checked.check(repairs: true).kinds == ["empty_group", "self_conversation"])
        #expect(try await checked.check(repairs: true).mended.isEmpty)
        #expect(try await checked.everything() == before)
        #expect(try await checked.check(resolves: true).mended == ["empty_group"])
    }

    @Test func aMessageWithoutATextIsSaid() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        try await checked.table.put(checked.message(2, in: "g", text: " ").item, if: .none)
        #expect(try await checked.check(repairs: true).kinds == ["empty_text"])
    }

    // MARK: What cannot be read counts as there

    @Test func nothingIsConcludedFromWhatCannotBeRead() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        // Rows and message lose what makes them readable; the pair stays.
        for item in try await checked.everything() where !item.key.partition.hasPrefix("PAIR") {
            var attributes = item.attributes
            attributes["user_uuid"] = nil
            try await checked.put(item.key.partition, item.key.sort, attributes)
        }
        let before = try await checked.everything()
        let found = try await checked.check(repairs: true)
        #expect(Set(found.kinds) == ["unreadable_item"])
        #expect(try await checked.everything() == before)
    }

    @Test(arguments: [true, false])
    func noSecondRowIsMadeBesideOneThatCannotBeRead(_ keepsGroup: Bool) async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        let row = try #require(try await checked.rows("g").first { $0.owner == "p1" })
        try await checked.put(row.item.key.partition, row.item.key.sort, keepsGroup ? ["message_group_uuid": "g"] : [:])
        let before = try await checked.everything()
        #expect(try await checked.check(repairs: true).kinds == ["unreadable_item"])
        #expect(try await checked.everything() == before)
    }

    @Test func aRowOfTheLastMessageThatCannotBeReadIsNotSetBack() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        try await checked.put("MSG#g", Checked.time(5), ["message": "at 5"])
        #expect(try await checked.check(repairs: true).kinds == ["unreadable_item"])
        #expect(try await checked.rows("g").map(\.lastMessageAt) == [Checked.time(5), Checked.time(5)])
    }

    // MARK: Rows and pairs

    @Test func aMissingRowIsMadeAndADoubledOneRemoved() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        let row = try #require(try await checked.rows("g").first { $0.owner == "p1" })
        try await checked.delete(row.item.key)
        let older = try #require(try await checked.rows("g").first)
        try await checked.put(older.item.key.partition, Checked.time(2), older.item.attributes)
        #expect(try await checked.check(repairs: true).mended == ["doubled_group", "wrong_members"])
        #expect(try await checked.rows("g").contains(row))
        #expect(try await checked.check().kinds.isEmpty)
    }

    @Test func aPairThatLeadsNowhereOrIntoOthersConversationIsRemoved() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        try await checked.table.put(PairItem("p2", "p3", group: "g").item, if: .none)
        try await checked.table.put(PairItem("p1", "p3", group: "nobody's").item, if: .none)
        #expect(try await checked.check(repairs: true).mended == ["dead_pair", "wrong_pair"])
        #expect(try await checked.check().kinds.isEmpty)
        #expect(try await checked.table.item(at: PairItem.key("p0", "p1")) != nil)
    }

    /// Whatever a repair was concluded from: if any of it has changed, nothing is done.
    @Test func aRepairHoldsAllThatItRead() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        let lost = try #require(try await checked.rows("g").first { $0.owner == "p1" })
        try await checked.delete(lost.item.key)
        let plan = checked.folder.path + "/plan"
        let writer = try PlanFile.Writer(plan, .init(table: "t", place: "p"))
        try await checked.check(repairs: true, plan: writer)
        try writer.finish()
        let steps = try PlanFile.read(plan, for: .init(table: "t", place: "p")).flatMap(\.steps)
        #expect(steps.count == 1)
        // Somebody else writes both rows while the plan is looked at.
        let kept = try #require(try await checked.rows("g").first)
        let sixth = checked.message(6, in: "g")
        for row in [kept, lost] {
            try await checked.delete(row.item.key)
            try await checked.table.put(row.moved(to: sixth).item, if: .none)
        }
        try await checked.table.put(sixth.item, if: .none)
        #expect(try await Mending.perform(steps, on: checked.table) == 0)
        // Only the missing one, elsewhere: no member gets a second.
        for row in try await checked.rows("g") { try await checked.delete(row.item.key) }
        try await checked.table.put(kept.item, if: .none)
        try await checked.table.put(lost.moved(to: sixth).item, if: .none)
        #expect(try await Mending.perform(steps, on: checked.table) == 0)
        #expect(try await checked.rows("g").count == 2)
        #expect(throws: OpsError.self) { try PlanFile.read(plan, for: .init(table: "other", place: "p")) }
    }
}

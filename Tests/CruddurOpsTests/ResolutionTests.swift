import Foundation
import MessageTable
import TestSupport
import Testing
import Timestamps
import Users

@testable import CruddurOps
@testable import CruddurServer

/// What people decide: each leaves a table in which nothing is lost.
struct ResolutionTests {
    private func texts(_ checked: Checked, _ group: String) async throws -> [String] {
        try await checked.table.all(Query(partition: MessageItem.partition(group: group))).compactMap {
            $0.text("message")
        }
    }

    /// Two groups of @u0 and @u1, as two creates at once made them.
    private func twins() async throws -> Checked {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...50)
        try await checked.delete(PairItem.key("p0", "p1"))
        for minute in [10, 60] {
            try await checked.table.put(checked.message(minute, in: "old", text: "old \(minute)").item, if: .none)
        }
        for (owner, other) in [(0, 1), (1, 0)] {
            let row = GroupItem(
                owner: "p\(owner)", lastMessageAt: Checked.time(60), group: "old", text: "old 60",
                other: checked.people[other])
            try await checked.table.put(
                Item(key: row.item.key, attributes: row.item.attributes.merging(["isPinned": .boolean(true)]) { $1 }),
                if: .none)
        }
        return checked
    }

    @Test func twoGroupsOfAPairBecomeOneAndTheOldOneLeadsThere() async throws {
        let checked = try await twins()
        #expect(try await checked.check(repairs: true).kinds == ["two_groups"])
        #expect(try await checked.check(resolves: true).mended == ["two_groups"])
        let merged = try await texts(checked, "g")
        #expect(merged.count == 53)
        #expect(Array(merged[10...12]) == ["at 10", "old 10", "at 11"])
        #expect(merged.last == "old 60")
        #expect(try await texts(checked, "old").isEmpty)
        #expect(try await checked.rows("old").isEmpty)
        let rows = try await checked.rows("g")
        #expect(rows.map(\.text) == ["old 60", "old 60"])
        #expect(rows.allSatisfy { $0.foreignAttributes == ["isPinned"] })
        #expect(try await checked.check().kinds.isEmpty)
        // Pattern C into the old one goes into the other.
        let conversations = Conversations(engine: checked.table, users: checked.users) {
            Timestamp(seconds: 1_790_000_000)
        }
        let sender = try #require(try await checked.users.user(handle: "u0"))
        let sent = try await conversations.add("still here", to: "old", from: sender)
        #expect(sent.group == "g")
        #expect(try await texts(checked, "g").last == "still here")
    }

    @Test func aMergerThatWasCutOffAnywhereIsFinishedByTheNextCheck() async throws {
        for limit in 0..<3 {
            let checked = try await twins()
            let engine = CrashingEngine(checked.table, after: limit)
            await #expect(throws: CrashingEngine.Crash.self) { try await checked.check(resolves: true, on: engine) }
            try await checked.check(resolves: true)
            try await checked.check(repairs: true)
            #expect(try await checked.check().kinds.isEmpty, "after \(limit)")
            #expect(try await texts(checked, "g").count == 53)
            #expect(try await checked.rows("g").map(\.text) == ["old 60", "old 60"])
        }
    }

    @Test func whatComesIntoAMergedGroupLaterIsMovedByARepair() async throws {
        let checked = try await twins()
        try await checked.check(resolves: true)
        try await checked.table.put(checked.message(70, in: "old", text: "late").item, if: .none)
        #expect(try await checked.check(repairs: true).mended == ["left_behind"])
        try await checked.check(repairs: true)
        #expect(try await texts(checked, "g").last == "late")
        #expect(try await checked.rows("g").map(\.text) == ["late", "late"])
        #expect(try await checked.check().kinds.isEmpty)
    }

    @Test func messagesOfNoGroupAreAdoptedByThoseWhoWroteThem() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        for row in try await checked.rows("g") { try await checked.delete(row.item.key) }
        try await checked.delete(PairItem.key("p0", "p1"))
        #expect(try await checked.check(repairs: true).kinds == ["orphaned_messages"])
        #expect(try await checked.check(resolves: true).mended == ["orphaned_messages"])
        #expect(try await checked.rows("g").map(\.lastMessageAt) == [Checked.time(5), Checked.time(5)])
        #expect(try await checked.table.item(at: PairItem.key("p0", "p1")) != nil)
        #expect(try await checked.check().kinds.isEmpty)
    }

    @Test func whereOnlyOneWroteSomebodyMustSayWhomItWasFor() async throws {
        let checked = try await Checked()
        try await checked.table.put(checked.message(1, in: "g").item, if: .none)
        let left = try await checked.check(resolves: true).left
        #expect(left.map(\.kind) == ["orphaned_messages"])
        #expect(left[0].explanation.contains("--with"))
        #expect(try await checked.check(resolves: true, with: checked.people[3]).mended == ["orphaned_messages"])
        #expect(try await checked.rows("g").map(\.owner).sorted() == ["p0", "p3"])
    }

    @Test func orphansOfAPairThatTalksElsewhereGoThere() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        for (minute, sender) in [(2, 0), (9, 1)] {
            try await checked.table.put(
                checked.message(minute, in: "lost", from: sender, text: "lost \(minute)").item, if: .none)
        }
        #expect(try await checked.check(resolves: true).mended == ["orphaned_messages"])
        try await checked.check(repairs: true)
        #expect(try await texts(checked, "g").last == "lost 9")
        #expect(try await checked.rows("g").map(\.text) == ["lost 9", "lost 9"])
        #expect(try await checked.check().kinds.isEmpty)
    }

    @Test func aUserWhoIsGoneIsForgottenAndTheOtherKeepsTheConversation() async throws {
        let checked = try await Checked()
        try await checked.talk("g", 0, 1, minutes: 0...5)
        try await checked.users.remove("p1")
        #expect(try await checked.check(repairs: true).kinds == ["unknown_user"])
        #expect(try await checked.check(resolves: true).mended == ["unknown_user"])
        #expect(try await checked.rows("g").map(\.owner) == ["p0"])
        #expect(try await texts(checked, "g").count == 6)
        #expect(try await checked.check(resolves: true).kinds.isEmpty)
    }
}

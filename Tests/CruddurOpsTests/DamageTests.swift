import Foundation
import MessageTable
import TestSupport
import Testing
import Timestamps

@testable import CruddurOps

/// Random damage to a table, repaired while two writers go on and the repair is killed: a law, whatever the damage.
struct DamageTests {
    /// `DAMAGE_RUNS=500` tries as many; a run is decided by its seed, and `DAMAGE_FIRST` says which is the first.
    private static let seeds: Range<UInt64> = {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["DAMAGE_FIRST"].flatMap(UInt64.init) ?? 0
        return first..<first + (environment["DAMAGE_RUNS"].flatMap(UInt64.init) ?? 12)
    }()

    @Test(arguments: seeds)
    func noMessageIsLostAndNoRowSaysSomethingUntrue(_ seed: UInt64) async throws {
        var dice = Seeded(seed)
        let checked = try await world(&dice)
        for _ in 0..<Int.random(in: 1...20, using: &dice) { try await damage(checked, &dice) }
        let said = try await messages(checked)
        let kills = (0..<Int.random(in: 1...4, using: &dice)).map { _ in Int.random(in: 0...6, using: &dice) }
        let writing = [0, 1].map { number in write(checked, seed &* 7 &+ UInt64(number), number) }
        for limit in kills {
            do {
                try await checked.check(repairs: true, on: CrashingEngine(checked.table, after: limit))
            } catch is CrashingEngine.Crash {}
        }
        var written: Set<String> = []
        for task in writing { written.formUnion(try await task.value) }
        try await checked.check(repairs: true)

        let there = try await messages(checked)
        #expect(said.union(written).isSubset(of: there), "seed \(seed)")
        try await expectTruth(checked, seed)
        let second = try await checked.check(repairs: true)
        #expect(second.mended.isEmpty, "seed \(seed): \(second.repaired)")
        let before = try await checked.everything()
        let third = try await checked.check(repairs: true)
        #expect(third.kinds == second.kinds, "seed \(seed)")
        #expect(try await checked.everything() == before, "seed \(seed)")
    }

    // MARK: The table

    private func world(_ dice: inout Seeded) async throws -> Checked {
        let checked = try await Checked(people: 6)
        var number = 0
        for one in 0..<6 {
            for other in one + 1..<6 where Int.random(in: 0..<2, using: &dice) == 0 {
                number += 1
                // No two of one person's rows stand at the same time, wherever they move.
                let begin = number * 8
                try await checked.talk(
                    "g\(number)", one, other, minutes: begin...begin + Int.random(in: 0...6, using: &dice))
            }
        }
        return checked
    }

    /// Dropped, doubled, moved, mistyped, made unreadable.
    private func damage(_ checked: Checked, _ dice: inout Seeded) async throws {
        guard let item = try await checked.everything().randomElement(using: &dice) else { return }
        let sort = Checked.time(Int.random(in: 0..<40, using: &dice))
        let key = item.key
        // Messages are not lost by damage: what is lost before, no check can find.
        let isMessage = key.partition.hasPrefix("MSG#")
        switch Int.random(in: 0..<9, using: &dice) {
        case 0 where !isMessage: try await checked.delete(key)
        case 1 where !isMessage: try await checked.put(key.partition, sort, item.attributes)
        case 2:
            let moved = Item(key: ItemKey(partition: key.partition, sort: sort), attributes: item.attributes)
            try? await checked.table.transact([.delete(key, .none), .put(moved, .itemDoesNotExist)])
        case 3:
            try await checked.put(
                key.partition, key.sort, item.attributes.merging(["message": .number("42")]) { $1 })
        case 4 where !isMessage:
            var less = item.attributes
            if let name = less.keys.sorted().randomElement(using: &dice) { less[name] = nil }
            try await checked.put(key.partition, key.sort, less)
        case 5 where !isMessage:
            try await checked.put(
                key.partition, key.sort, item.attributes.merging(["message": "never said"]) { $1 })
        case 6 where !isMessage:
            try await checked.delete(key)
            try await checked.put(
                key.partition, ["yesterday", "0", ""][Int.random(in: 0..<2, using: &dice)], item.attributes)
        case 7: try await checked.put("MSG#g1", "broken \(sort)", ["message": "half"])
        case 8 where !isMessage:
            try await checked.put(
                key.partition, key.sort, item.attributes.merging(["isPinned": .boolean(true)]) { $1 })
        default: break
        }
    }

    /// By uuid.
    private func messages(_ checked: Checked) async throws -> Set<String> {
        Set(try await checked.everything().compactMap { try? MessageItem($0).uuid })
    }

    // MARK: Who goes on writing

    private func write(_ checked: Checked, _ seed: UInt64, _ number: Int) -> Task<Set<String>, any Error> {
        Task {
            var dice = Seeded(seed)
            var written: Set<String> = []
            for count in 0..<15 {
                let group = "g\(Int.random(in: 1...4, using: &dice))"
                let rows = try await checked.table.all(AccessPattern.members(group: group))
                let sender = rows.compactMap { try? GroupItem($0) }.first?.owner.dropFirst().description
                guard let person = sender.flatMap({ Int($0) }) else { continue }
                let message = MessageItem(
                    group: group, createdAt: Checked.time(200 + count * 2 + number),
                    uuid: "w\(number)-\(count)", text: "written \(number) \(count)", sender: checked.people[person])
                guard (try? await checked.table.run(.addMessage(message, .itemDoesNotExist))) != nil else { continue }
                written.insert(message.uuid)
                // The stream tells of it, some time.
                if Bool.random(using: &dice) { try? await checked.project(message) }
                await Task.yield()
            }
            return written
        }
    }

    // MARK: What holds afterwards

    /// Each row that can be read is of its conversation's newest message, but where that cannot be read.
    private func expectTruth(_ checked: Checked, _ seed: UInt64) async throws {
        let items = try await checked.everything()
        let messages = items.filter { $0.key.partition.hasPrefix("MSG#") }
        for row in items.compactMap({ try? GroupItem($0) }) {
            let own = messages.filter { $0.key.partition == MessageItem.partition(group: row.group) }
            let readable = own.compactMap { try? MessageItem($0) }.filter { Timestamp($0.createdAt) != nil }
            let unreadable = own.filter { (try? MessageItem($0)) == nil }.compactMap { Timestamp($0.key.sort) }.max()
            guard let newest = readable.max(by: { $0.createdAt < $1.createdAt }),
                let time = Timestamp(newest.createdAt), unreadable.map({ $0 < time }) ?? true
            else { continue }
            let shown = try #require(Timestamp(row.lastMessageAt), "seed \(seed): \(row)")
            #expect(abs(shown.seconds(since: time)) < 0.001, "seed \(seed): \(row) of \(newest)")
            #expect(row.text == newest.text, "seed \(seed): \(row) of \(newest)")
        }
    }
}

import GRDB
import MessageTable
import Timestamps
import Users

/// Reads the whole table once, several parts side by side where the engine can, into a spill.
struct Survey {
    /// Items of one page.
    private static let page = 1000

    let engine: any TableEngine
    let spill: Spill

    /// - Parameter progress: told how many items were read.
    /// - Returns: how many there were.
    /// - Throws: `TableError`.
    func read(progress: @escaping @Sendable (Int) -> Void) async throws -> Int {
        let segments = engine.scanSegments
        let (batches, continuation) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<segments {
                tasks.addTask { try await read(ScanSegment(number, of: segments)) { continuation.yield($0) } }
            }
            tasks.addTask {
                var items = 0
                for await count in batches {
                    items += count
                    progress(items)
                }
            }
            for _ in 0..<segments { try await tasks.next() }
            continuation.finish()
            try await tasks.waitForAll()
            return try await spill.write {
                try Int.fetchOne($0, sql: "SELECT coalesce(sum(count), 0) FROM fact WHERE kind = -1") ?? 0
            }
        }
    }

    /// While one page is being noted, the next is read.
    private func read(_ segment: ScanSegment, onPage: @escaping @Sendable (Int) -> Void) async throws {
        var after: ItemKey?
        var noting: Task<Void, any Error>?
        repeat {
            let page = try await engine.scan(segment, limit: Self.page, after: after)
            try await noting?.value
            noting = Task { [spill] in
                let notes = Notes(page.items)
                try await spill.write { database in
                    try database.inTransaction {
                        try notes.write(database)
                        return .commit
                    }
                }
                onPage(page.items.count)
            }
            after = page.next
        } while after != nil
        try await noting?.value
    }

    /// Whom the directory knows.
    ///
    /// - Throws: what the directory throws.
    func readPeople(_ registry: any UserRegistry) async throws {
        var after: String?
        repeat {
            let users = try await registry.users(after: after, limit: Self.page)
            after = users.count == Self.page ? users.last?.uuid : nil
            try await spill.write { database in
                try database.inTransaction {
                    for user in users {
                        try database.cachedStatement(sql: "INSERT OR REPLACE INTO person VALUES (?, ?, ?)").execute(
                            arguments: [user.uuid.stored, user.handle.stored, user.displayName.stored])
                    }
                    return .commit
                }
            }
        } while after != nil
    }
}

/// What a page of items says.
private struct Notes: Sendable {
    private var facts: [Fact] = []
    private var findings: [Finding] = []
    private var gone: [String] = []
    private var blurred: [String] = []
    private let items: Int
    /// Messages of one group stand one after another: they are one fact.
    private var run: Fact?

    init(_ items: [Item]) {
        self.items = items.count
        for item in items { take(item) }
        endRun()
    }

    private mutating func take(_ item: Item) {
        do {
            switch item.key.partition.prefix(4) {
            case "MSG#": take(try MessageItem(item))
            case "GRP#": take(try GroupItem(item))
            case "KEY#": _ = try KeyItem(item)
            case "PAIR":
                facts.append(
                    Fact(
                        kind: .pair, group: try PairItem.group(item), one: item.key.partition, sort: item.key.sort))
            case "MOVE":
                let moved = try MovedItem(item)
                facts.append(Fact(kind: .moved, group: moved.group, other: moved.successor))
            case "GONE": gone.append(try GoneItem(item).user)
            default: note(.unreadable, item.key, "its key is none of ours")
            }
        } catch {
            note(.unreadable, item.key, "\(error)")
            takeUnreadable(item)
        }
    }

    /// It counts as being there.
    private mutating func takeUnreadable(_ item: Item) {
        let key = item.key
        if key.partition.hasPrefix("MSG#") {
            facts.append(
                Fact(
                    kind: .unreadableMessage, group: String(key.partition.dropFirst(4)),
                    at: Timestamp(key.sort)?.microseconds))
        } else if key.partition.hasPrefix("GRP#") {
            if let group = item.attributes[Index.messageGroup.partitionAttribute]?.string {
                facts.append(Fact(kind: .unreadableRow, group: group, one: key.partition, sort: key.sort))
            } else {
                blurred.append(String(key.partition.dropFirst(4)))
            }
        }
    }

    private mutating func take(_ message: MessageItem) {
        let time = Timestamp(message.createdAt)
        if time == nil { note(.noTime, message.item.key, "a message whose sort key is no time") }
        if message.text.allSatisfy(\.isWhitespace) { note(.emptyText, message.item.key, "a message without a text") }
        if run?.group != message.group {
            endRun()
            run = Fact(kind: .messages, group: message.group)
        }
        run?.count += 1
        if let time, run?.at.map({ $0 <= time.microseconds }) ?? true {
            run?.at = time.microseconds
            run?.words = Fact.words(message.text)
        }
    }

    private mutating func endRun() {
        if let run { facts.append(run) }
        run = nil
    }

    private mutating func take(_ row: GroupItem) {
        facts.append(
            Fact(
                kind: .row, group: row.group, at: Timestamp(row.lastMessageAt)?.microseconds,
                words: Fact.words(row.text), one: row.owner, other: row.other.uuid, sort: row.lastMessageAt))
    }

    private mutating func note(_ kind: Finding.Kind, _ key: ItemKey, _ why: String) {
        findings.append(Finding(kind: kind, subject: "\(key.partition) / \(key.sort)", explanation: why))
    }

    func write(_ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO fact VALUES ('', -1, NULL, NULL, ?, NULL, NULL, NULL)")
            .execute(arguments: [items])
        for fact in facts { try fact.insert(database) }
        for finding in findings {
            try database.cachedStatement(sql: "INSERT INTO found (kind, subject, words) VALUES (?, ?, ?)").execute(
                arguments: [finding.kind.rawValue, finding.subject.stored, finding.explanation.stored])
        }
        for (table, uuids) in [("gone", gone), ("blurred", blurred)] {
            for uuid in uuids {
                try database.cachedStatement(sql: "INSERT OR IGNORE INTO \(table) VALUES (?)").execute(
                    arguments: [uuid.stored])
            }
        }
    }
}

import Foundation
import GRDB
import MessageTable
import Timestamps

/// The first look: which groups are not plainly in order. It may suspect too many, never too few.
struct Suspicion {
    /// As read from the database, one group's facts after another's.
    private struct Group {
        var facts: [Fact] = []
        var name: String { facts.first?.group ?? "" }
    }

    let hasDirectory: Bool

    /// Fills `suspect` and `twin`.
    func look(_ database: Database) throws {
        var group = Group()
        let facts = try Row.fetchCursor(database, sql: "SELECT * FROM fact ORDER BY grp")
        while let row = try facts.next() {
            guard let fact = Self.fact(row) else { continue }
            if fact.group != group.name, !group.facts.isEmpty {
                try judge(group, database)
                group = Group()
            }
            group.facts.append(fact)
        }
        if !group.facts.isEmpty { try judge(group, database) }
        try twins(database)
    }

    private static func fact(_ row: Row) -> Fact? {
        guard let kind = Fact.Kind(rawValue: row["kind"]) else { return nil }
        func text(_ column: String) -> String? {
            let value: DatabaseValue = row[column]
            return value.isNull ? nil : String(stored: value)
        }
        return Fact(
            kind: kind, group: text("grp") ?? "", at: row["at"], words: row["words"], count: row["count"],
            one: text("one"), other: text("other"), sort: text("sk"))
    }

    private func judge(_ group: Group, _ database: Database) throws {
        guard try !isInOrder(group, database) else { return }
        let of = { (kind: Fact.Kind) in group.facts.filter { $0.kind == kind } }
        let rows = of(.row).map { ["GRP#" + ($0.one ?? ""), $0.sort ?? ""] }
        let pairs = of(.pair).map { [$0.one ?? "", $0.sort ?? ""] }
        let messages = of(.messages).reduce(0) { $0 + $1.count } + of(.unreadableMessage).count
        try database.cachedStatement(
            sql: "INSERT INTO suspect (grp, messages, rows, pairs, unreadable) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            group.name.stored, messages, try Self.json(rows), try Self.json(pairs),
            of(.unreadableMessage).compactMap(\.at).max(),
        ])
    }

    private static func json(_ keys: [[String]]) throws -> String {
        String(decoding: try JSONEncoder().encode(keys), as: UTF8.self)
    }

    /// Two rows that name each other, both of the newest message; no more than a pair's item beside.
    private func isInOrder(_ group: Group, _ database: Database) throws -> Bool {
        let rows = group.facts.filter { $0.kind == .row }
        let talks = group.facts.filter { $0.kind == .messages && $0.at != nil }
        guard rows.count == 2, let newest = talks.compactMap(\.at).max(),
            let one = rows[0].one, let other = rows[1].one, one != other, rows[0].other == other, rows[1].other == one
        else { return false }
        let words = Set(talks.filter { $0.at == newest }.map(\.words))
        guard rows.allSatisfy({ $0.at == newest && words == [$0.words] }) else { return false }
        let pair = PairItem.key(one, other).partition
        let isPlain = group.facts.allSatisfy { fact in
            switch fact.kind {
            case .messages, .row: true
            case .pair: fact.one == pair
            case .moved, .unreadableRow, .unreadableMessage: false
            }
        }
        return try isPlain && (!hasDirectory || (isKnown(one, database) && isKnown(other, database)))
    }

    private func isKnown(_ uuid: String, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM person WHERE uuid = ?)"),
            arguments: [uuid.stored]) ?? false
    }

    private func twins(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TEMP TABLE bond AS SELECT
                    CASE WHEN one < other THEN one || '#' || other ELSE other || '#' || one END AS pair, grp
                    FROM fact WHERE kind = \(Fact.Kind.row.rawValue) AND one <> other;
                INSERT INTO twin (pair, grp) SELECT DISTINCT pair, grp FROM bond WHERE pair IN
                    (SELECT pair FROM bond GROUP BY pair HAVING min(grp) <> max(grp)) ORDER BY pair, grp;
                DROP TABLE bond;
                """)
    }
}

import CruddurDemo
import Timestamps
import Traces

/// A line of the table.
struct TableLine: Equatable, Sendable {
    enum Kind: Equatable, Sendable { case partition, row, came, changed, left }

    let kind: Kind
    let text: String
}

/// The item collections of a conversation: both users' groups, the index, the pair, the messages.
enum TableLines {
    /// The letters of the patterns that have just read a partition.
    typealias Reads = [String: String]

    /// - Parameters:
    ///   - group: the conversation; `nil`, or one of which the table has nothing: all of the table.
    ///   - room: lines at most.
    static func lines(
        _ table: TableView, of group: String?, room: Int, reads: Reads, now: Timestamp
    ) -> [TableLine] {
        let all = table.rows(now)
        let own = Set(all.filter { $0.row.group != nil && $0.row.group == group }.map(\.row.partition))
        let shown = own.isEmpty ? all : all.filter { own.contains($0.row.partition) }
        var collections = collections(shown)
        if let group, !own.isEmpty {
            // Those that are there, then those that have left.
            let indexed = shown.filter { $0.row.isIndexed && $0.row.group == group }.sorted {
                ($0.change == .left ? 1 : 0, $0.row.sort) < ($1.change == .left ? 1 : 0, $1.row.sort)
            }
            collections.append((name: "message-group-sk-index \(group)", rows: indexed))
        }
        collections.sort { (rank($0.name), $0.name) < (rank($1.name), $1.name) }
        return fitted(worthShowing(collections, room), room).flatMap { name, rows in
            let owner = rows.first?.row.owner.map { " @\($0)" } ?? ""
            let read = reads[name].map { "  ← \($0)" } ?? ""
            let isOwned = name == rows.first?.row.partition
            let title = CallWording.shortened(name) + (isOwned ? owner + entity(rows) : "") + read
            return [TableLine(kind: .partition, text: title)] + rows.map { line($0, now) }
        }
    }

    /// What stands there, where all of it is of one kind.
    private static func entity(_ rows: [TableView.Seen]) -> String {
        let names = Set(rows.map(\.row.entity))
        return names.count == 1 ? names.first?.map { " · \($0)" } ?? "" : ""
    }

    private typealias Collection = (name: String, rows: [TableView.Seen])

    private static func collections(_ rows: [TableView.Seen]) -> [Collection] {
        var collections: [Collection] = []
        for row in rows {
            if collections.last?.name == row.row.partition {
                collections[collections.count - 1].rows.append(row)
            } else {
                collections.append((row.row.partition, [row]))
            }
        }
        // The newest of a user's groups stands at the top, as it does in their list.
        return collections.map { $0.name.hasPrefix("GRP#") ? ($0.name, $0.rows.reversed()) : $0 }
    }

    private static func rank(_ name: String) -> Int {
        ["GRP#", "message-group", "PAIR#", "MSG#"].firstIndex { name.hasPrefix($0) } ?? 4
    }

    /// Where there is no room for two rows of each, what says least goes.
    private static func worthShowing(_ collections: [Collection], _ room: Int) -> [Collection] {
        var shown = collections
        for kind in ["KEY#", "PAIR#", "message-group"] where shown.count * 3 > room {
            shown.removeAll { $0.name.hasPrefix(kind) }
        }
        return shown
    }

    /// Messages get what the others leave, and at least half where there is room for more than two of each; of them
    /// the newest are shown, of the others the first.
    private static func fitted(_ collections: [Collection], _ room: Int) -> [Collection] {
        let (others, messages) = (
            collections.filter { !$0.name.hasPrefix("MSG#") }, collections.filter { $0.name.hasPrefix("MSG#") }
        )
        func rows(_ share: Int) -> Int { others.reduce(0) { $0 + min($1.rows.count, share) } }
        let most = others.map(\.rows.count).max() ?? 0
        let half = (room - collections.count) / (messages.isEmpty ? 1 : 2)
        let left = room - collections.count - 2 * messages.count
        var share = 1
        while share < most, rows(share + 1) <= (share == 1 ? max(half, left) : half) { share += 1 }
        let rest = max(1, (room - collections.count - rows(share)) / max(1, messages.count))
        return collections.map {
            $0.name.hasPrefix("MSG#")
                ? ($0.name, Array($0.rows.suffix(rest))) : ($0.name, Array($0.rows.prefix(share)))
        }
    }

    private static func line(_ seen: TableView.Seen, _ now: Timestamp) -> TableLine {
        let (mark, kind): (String, TableLine.Kind) =
            switch seen.change(now) {
            case nil: ("  ", .row)
            case .came: ("+ ", .came)
            case .changed: ("~ ", .changed)
            case .left: ("− ", .left)
            }
        return TableLine(kind: kind, text: "\(mark)\(shortened(seen.row.sort)) \(seen.row.text)")
    }

    /// A time without its year and its zone; whole, where it has another zone.
    private static func shortened(_ sort: String) -> String {
        guard sort.hasSuffix("+00:00"), sort.count == 32 else { return sort }
        return String(sort.dropFirst(5).dropLast(6))
    }

    /// What has been read within a moment, by its partition.
    static func reads(_ calls: [InspectedCall], now: Timestamp) -> Reads {
        var reads: Reads = [:]
        for call in calls {
            for step in call.operations {
                let end = Timestamp(microseconds: step.start + step.duration)
                guard now.seconds(since: end) < TableView.glow, let letter = call.pattern,
                    let condition = step.keyCondition
                else { continue }
                let index = step.attributes["aws.dynamodb.index_name"]?.text.map { "\($0) " } ?? ""
                reads[index + condition.partition] = letter
            }
        }
        return reads
    }
}

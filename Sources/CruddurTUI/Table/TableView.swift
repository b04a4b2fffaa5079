import CruddurDemo
import Timestamps

/// The table's items as they are, and for a moment what has just become of them.
struct TableView: Sendable {
    /// Seconds for which it is seen.
    static let glow = 3.0

    /// The file that it is in; `nil`: another program has it.
    var file: String?
    /// In place of the list.
    var isShown = false
    /// By partition key and sort key; those that have left stand among them for a moment.
    private(set) var rows: [Seen] = []
    private var isFirst = true
    /// Counts what has changed.
    private(set) var revision = 0

    enum Change: Sendable { case came, changed, left }

    struct Seen: Equatable, Sendable {
        let row: TableRow
        /// `nil`: it was there before one looked.
        let change: Change?
        let at: Timestamp

        /// What is to be seen of it.
        func change(_ now: Timestamp) -> Change? { now.seconds(since: at) < TableView.glow ? change : nil }

        /// Gone for good.
        func isOver(_ now: Timestamp) -> Bool { change == .left && change(now) == nil }
    }

    private struct Key: Hashable {
        let partition: String
        let sort: String

        init(_ row: TableRow) { (partition, sort) = (row.partition, row.sort) }
    }

    mutating func take(_ new: [TableRow], _ now: Timestamp) {
        let before = Dictionary(rows.map { (Key($0.row), $0) }) { first, _ in first }
        let isFirst = isFirst
        var seen = new.map { row in
            guard let known = before[Key(row)], known.change != .left else {
                return Seen(row: row, change: isFirst ? nil : .came, at: now)
            }
            return known.row == row ? known : Seen(row: row, change: .changed, at: now)
        }
        let there = Set(new.map(Key.init))
        seen += rows.filter { !there.contains(Key($0.row)) && !$0.isOver(now) }.map {
            $0.change == .left ? $0 : Seen(row: $0.row, change: .left, at: now)
        }
        rows = seen.sorted { ($0.row.partition, $0.row.sort) < ($1.row.partition, $1.row.sort) }
        self.isFirst = false
        revision += 1
    }

    /// Those that are there, and those that have just left.
    func rows(_ now: Timestamp) -> [Seen] { rows.filter { !$0.isOver(now) } }

    /// When something that is seen is over; `nil`: nothing is.
    func nextChange(_ now: Timestamp) -> Timestamp? {
        guard isShown else { return nil }
        return rows.filter { $0.change(now) != nil }.map { $0.at.advanced(bySeconds: Self.glow) }.min()
    }
}

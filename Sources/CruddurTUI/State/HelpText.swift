import Foundation
import TerminalText

/// The help: the keymap, what the marks of a message mean, and what is typed.
enum HelpText {
    private static let keyWidth = 22

    /// Narrower terminals have no room for two columns.
    private static let bothColumns = 60

    /// - Parameter columns: of the chat.
    static func rows(_ keymap: Keymap, in columns: Int) -> [[Cluster]] {
        let width = max(1, min(columns - 4, 76))
        let inColumns = columns >= bothColumns
        let keys = keymap.sections.map { section in
            let isOfList = section.rows.allSatisfy { $0.contexts == [.list] }
            let rows = section.rows.filter { !$0.does.isEmpty }.map { row in
                let does = tr(key: row.does)
                let isWriting = keymap.hasModes && row.contexts.contains(.chat) && !row.contexts.contains(.normal)
                // Elsewhere somebody has taken it away.
                let isListAlone = row.contexts == [.list] && !isOfList
                return (
                    row.names,
                    isWriting
                        ? tr("\(does) (while writing)")
                        : isListAlone ? tr("\(does) (in the list of a narrow terminal)") : does
                )
            }
            return (title: tr(key: section.title), rows: rows)
        }
        let marks = (
            title: tr("At the end of your messages"), rows: DeliveryMark.allCases.map { ($0.symbol, $0.means(keymap)) }
        )
        let typed = (
            title: tr("Lines that begin with /"), rows: TypedCommand.all.map { ($0.usage, tr(key: $0.does)) }
        )
        return (keys + [marks, typed, own]).enumerated().flatMap { position, section in
            (position == 0 ? [] : [[]]) + [Lines.fit(Lines.single(section.title), width: width)]
                + section.rows.flatMap { inColumns ? Self.columns($0.0, $0.1, width) : running($0.0, $0.1, width) }
        }
    }

    /// What is not done in the chat.
    private static var own: (title: String, rows: [(String, String)]) {
        (
            title: tr("Your own keys and colours"),
            rows: [
                (
                    "keys, theme",
                    tr("settings of the configuration: the name of one that is there, or of a file of yours")
                ),
                ("cruddur keys", tr("says in a terminal what a key of yours sends, and what it does here")),
                ("cruddur help keys", tr("how such a file is written")),
                ("cruddur help files", tr("where these files are")),
            ]
        )
    }

    /// The names in rows: none is ever cut, and two keys in a row stand together.
    private static func names(_ keys: String) -> [String] {
        let names = keys.components(separatedBy: ", ")
        let written = names.enumerated().map { $0.offset + 1 < names.count ? $0.element + "," : $0.element }
        return written.reduce(into: []) { rows, name in
            if let last = rows.last, last.count + 1 + name.count <= keyWidth - 2 {
                rows[rows.count - 1] = "\(last) \(name)"
            } else {
                rows.append(name)
            }
        }
    }

    private static func running(_ keys: String, _ does: String, _ width: Int) -> [[Cluster]] {
        Wrapping.rows(of: "\(keys): \(does)", width: width).map { Array($0) }
    }

    private static func columns(_ keys: String, _ does: String, _ width: Int) -> [[Cluster]] {
        let left = names(keys).map { Lines.single($0) }
        let right = Wrapping.rows(of: does, width: max(1, width - keyWidth)).map { Array($0) }
        return (0..<max(left.count, right.count)).map { row in
            let names = row < left.count ? left[row] : []
            let gap = Array(repeating: Cluster.space, count: max(0, keyWidth - Lines.width(names)))
            return names + gap + (row < right.count ? right[row] : [])
        }
    }
}

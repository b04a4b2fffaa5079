/// Text as lines of clusters: sanitised, broken where the writer broke it, tabs as spaces.
package enum Lines {
    private static let tab = 4

    /// At least one line. This is the one door through which remote text reaches the screen.
    package static func split(_ text: String) -> [[Cluster]] {
        if let clusters = Cluster.ascii(text) { return [clusters] }
        var lines: [[Cluster]] = [[]]
        for character in text {
            switch character {
            case "\n", "\r\n", "\r", "\u{2028}", "\u{2029}", "\u{85}":
                lines.append([])
            case "\t":
                let count = Self.tab - width(lines[lines.count - 1]) % Self.tab
                lines[lines.count - 1] += Array(repeating: .space, count: count)
            default:
                if let cluster = Cluster(sanitizing: character) { lines[lines.count - 1].append(cluster) }
            }
        }
        return lines
    }

    /// One line: breaks are shown as spaces.
    package static func single(_ text: String) -> [Cluster] {
        Array(split(text).joined(separator: [.space]))
    }

    /// In cells. At every key, for every row that is written in: one that is made for a type is ten times as fast.
    package static func width(_ clusters: [Cluster]) -> Int { width(clusters[...]) }

    package static func width(_ clusters: ArraySlice<Cluster>) -> Int {
        var width = 0
        for cluster in clusters { width += cluster.width }
        return width
    }

    /// As much of `clusters` as fits into `width` cells, with an ellipsis where it was cut.
    package static func fit(_ clusters: [Cluster], width: Int) -> [Cluster] {
        guard Lines.width(clusters) > width else { return clusters }
        guard width > 0 else { return [] }
        var fitted: [Cluster] = []
        var used = 0
        for cluster in clusters {
            guard used + cluster.width <= width - 1 else { break }
            fitted.append(cluster)
            used += cluster.width
        }
        return fitted + [Cluster("…", width: 1)]
    }
}

extension String {
    /// With spaces behind it, for a column of names that we have made ourselves.
    package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

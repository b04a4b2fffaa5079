/// Breaks lines of clusters into rows of at most `width` cells.
///
/// Rows joined again are the line: nothing is lost. Spaces at a break hang over the
/// row's end, where they are not seen.
package enum Wrapping {
    /// The rows of one line, as ranges of it; at least one.
    package static func rows(_ line: [Cluster], width: Int) -> [Range<Int>] {
        let width = max(1, width)
        if Lines.width(line) <= width { return [0..<line.count] }
        var rows: [Range<Int>] = []
        var start = 0
        var used = 0
        /// The last place in this row where it may break.
        var breakAt: Int?
        var position = 0
        while position < line.count {
            let cluster = line[position]
            if used + cluster.width > width, !cluster.isSpace, position > start {
                let end = breakAt ?? position
                rows.append(start..<end)
                start = end
                used = Lines.width(line[start..<position])
                breakAt = nil
                continue
            }
            used += cluster.width
            position += 1
            if position < line.count, mayBreak(after: cluster, before: line[position]) { breakAt = position }
        }
        rows.append(start..<line.count)
        return rows
    }

    /// The rows of `text`.
    package static func rows(of text: String, width: Int) -> [[Cluster]] {
        Lines.split(text).flatMap { line in rows(line, width: width).map { Array(line[$0]) } }
    }

    private static func mayBreak(after cluster: Cluster, before next: Cluster) -> Bool {
        if next.isSpace { return false }
        if cluster.isSpace || cluster.isHyphen { return true }
        // Scripts written without spaces, and emoji, break anywhere, but not before what closes.
        return (cluster.width == 2 || next.width == 2) && !closing.contains(next.text)
            && !opening.contains(cluster.text)
    }

    private static let closing: Set<String> = [
        "、", "。", "，", "．", "！", "？", "：", "；", "」", "』", "）", "】", "》", "〉", "ー", "…", ",", ".", "!", "?", ":", ";",
        ")", "]", "}",
    ]
    private static let opening: Set<String> = ["「", "『", "（", "【", "《", "〈", "(", "[", "{"]
}

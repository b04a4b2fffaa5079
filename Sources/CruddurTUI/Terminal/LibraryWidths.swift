import CNcurses
import TerminalText

/// What the C library, and so ncurses, thinks of widths. Scalars that are newer than it are not drawn by ncurses at all.
struct LibraryWidths {
    /// Whether ncurses gives it the cells that are planned.
    func agrees(_ cluster: Cluster) -> Bool {
        if cluster.text.utf8.count <= 1 { return true }
        var cells = 0
        for scalar in cluster.text.unicodeScalars {
            let width = cn_width(scalar.value)
            guard width >= 0 else { return false }
            cells += Int(width)
        }
        return cells == cluster.width
    }
}

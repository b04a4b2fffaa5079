import TerminalText

/// The stream's lag as a small graph, on the line below a pane's title: ` stream lag ▁▂█▂ 0.4 s `.
enum LagGraph {
    private static let most = 16
    private static let steps = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    /// Seconds; what is less than a whole bar of it is little.
    private static let least = 0.5

    static func draw(_ lags: [StreamLag], columns: Range<Int>, y: Int, on canvas: inout Canvas) {
        guard let text = text(lags.suffix(most).map(\.seconds)) else { return }
        let width = Lines.width(Lines.single(text))
        guard width + 2 <= columns.count else { return }
        canvas.put(text, x: columns.upperBound - width - 1, y: y, style: Theme.quiet, limit: columns.upperBound)
    }

    /// `nil` where there is none yet.
    static func text(_ seconds: [Double]) -> String? {
        guard let newest = seconds.last else { return nil }
        let highest = max(seconds.max() ?? 0, least)
        let bars = seconds.map { steps[min(steps.count - 1, Int($0 / highest * Double(steps.count)))] }
        return " \(tr("stream lag")) \(bars.joined()) \(StreamLag.words(newest)) "
    }
}

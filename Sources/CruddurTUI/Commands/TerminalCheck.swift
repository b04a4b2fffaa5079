import ChatClient

/// Whether the chat can be drawn here.
enum TerminalCheck {
    /// Below that little is seen.
    private static let smallest = CellSize(width: 40, height: 10)

    /// - Parameter report: `nil`: there is no terminal.
    static func of(_ report: TerminalReport?) -> Check {
        guard let report else { return Check(.terminal, .skipped, "this is no terminal") }
        let size = "\(report.size.width)x\(report.size.height)"
        guard let colors = report.colors else {
            return Check(
                .terminal, .problem, "the terminal type \"\(report.type)\" is not known here, or too simple",
                advice: "TERM=xterm-256color cruddur")
        }
        var parts = ["\(report.type), \(size), \(colors) colours, \(report.codeset)"]
        if let drawn = report.drawnAsPlanned {
            parts.append("\(drawn) of \(TerminalWidths.kinds.count) kinds of emoji as wide as planned")
        } else {
            parts.append("it does not say how wide emoji are")
        }
        let text = parts.joined(separator: ", ")
        if report.size.width < smallest.width || report.size.height < smallest.height {
            return Check(
                .terminal, .warning, text,
                advice: "make it \(smallest.width)x\(smallest.height) cells at least, to see a conversation")
        }
        if report.codeset != "UTF-8" {
            return Check(
                .terminal, .warning, text, advice: "set a locale with UTF-8, such as LANG=C.UTF-8; cruddur draws as if")
        }
        return Check(.terminal, .ok, text)
    }
}

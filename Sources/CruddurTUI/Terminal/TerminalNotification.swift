import CNcurses
import Foundation
import TerminalText

/// A notification by the terminal itself, as far as one knows what it takes.
enum TerminalNotification {
    /// - Parameter environment: what tells the terminal apart.
    static func sequence(title: PrintableText, body: PrintableText, environment: [String: String]) -> String {
        let (term, program) = (environment["TERM"] ?? "", environment["TERM_PROGRAM"] ?? "")
        // A multiplexer keeps it to itself, and has a bell of its own to tell by.
        if term.hasPrefix("tmux") || term.hasPrefix("screen") || environment["TMUX"] != nil { return "\u{07}" }
        if term.contains("kitty") {
            return "\u{1B}]99;i=cruddur:d=0;\(title)\u{1B}\\\u{1B}]99;i=cruddur:d=1:p=body;\(body)\u{1B}\\"
        }
        if term.hasPrefix("rxvt") || term.hasPrefix("foot") || ["WezTerm", "ghostty"].contains(program)
            || environment["VTE_VERSION"] != nil
        {
            return "\u{1B}]777;notify;\(semicolonFree(title));\(semicolonFree(body))\u{1B}\\"
        }
        return "\u{1B}]9;\(title): \(body)\u{1B}\\"
    }

    private static func semicolonFree(_ text: PrintableText) -> PrintableText {
        text.escaping { $0 == ";" ? "," : nil }
    }
}

extension Terminal {
    /// One without an alternate screen is an old one, and might write what it does not know.
    private var isModern: Bool { cn_terminfo("rmcup") != nil }

    /// Goes with what is drawn next, as the other two do.
    mutating func ring() { Self.append("\u{07}") }

    mutating func tell(_ title: PrintableText, _ body: PrintableText) {
        guard isModern else { return ring() }
        Self.append(
            TerminalNotification.sequence(
                title: title, body: body, environment: ProcessInfo.processInfo.environment))
    }

    /// The title of its window is ours until the end.
    func writeTitle() {
        guard isModern, let title else { return }
        cn_keep_title()
        Self.append("\u{1B}]2;\(PrintableText(line: title))\u{1B}\\")
    }

    private static func append(_ text: String) { text.withCString { cn_append($0, text.utf8.count) } }
}

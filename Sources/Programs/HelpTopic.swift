import ArgumentParser
import TerminalText

/// What the manual tells beside the commands: `cruddur help files`. The manual pages are made of the same words.
package struct HelpTopic: Sendable {
    /// Terms that belong together, and what they mean.
    package struct Section: Sendable {
        let title: String?
        let entries: [(term: String, means: String)]

        package init(_ title: String? = nil, _ entries: [(term: String, means: String)]) {
            self.title = title
            self.entries = entries
        }
    }

    /// What is typed for it: `exit-codes`
    package let name: String
    let about: String
    let sections: [Section]

    package init(_ name: String, _ about: String, _ sections: [Section]) {
        self.name = name
        self.about = about
        self.sections = sections
    }

    /// Blocks with an empty line between: the title, what it is about, then for each section its title with a colon,
    /// a term behind 2 spaces, what it means behind 6. `scripts/generate-manual` reads it.
    package var text: String {
        ([name.uppercased().replacing("-", with: " "), Self.wrapped(about, indent: 0)] + sections.map(Self.block))
            .joined(separator: "\n\n")
    }

    private static func block(_ section: Section) -> String {
        let entries = section.entries.map { "  \($0.term)\n\(wrapped($0.means, indent: 6))" }
        let title = section.title.map { ["\($0):"] } ?? []
        return (title + entries).joined(separator: "\n")
    }

    private static let width = 79

    private static func wrapped(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        return text.split(separator: " ").reduce(into: [String]()) { rows, word in
            if let last = rows.last, last.count + 1 + word.count <= width {
                rows[rows.count - 1] = "\(last) \(word)"
            } else {
                rows.append(margin + word)
            }
        }.joined(separator: "\n")
    }
}

extension HelpTopic {
    /// Exit codes, as every program has them.
    package static func exitCodes(_ about: String, _ codes: [(code: Int32, means: String)]) -> HelpTopic {
        HelpTopic("exit-codes", about, [Section(nil, codes.map { ("\($0.code)", $0.means) })])
    }

    /// - Parameter examples: by command.
    package static func examples(_ about: String, _ examples: [(command: String, [Example])]) -> HelpTopic {
        HelpTopic(
            "examples", about, examples.map { command, lines in Section(command, lines.map { ($0.line, $0.does) }) })
    }

    /// The line of a program's help that names its topics.
    package static func names(_ topics: [String], of program: String) -> String {
        "More: \(program) help TOPIC, with one of \(topics.joined(separator: ", "))."
    }
}

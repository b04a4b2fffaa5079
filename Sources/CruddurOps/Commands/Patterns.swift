import ArgumentParser
import KeyTemplates
import Programs
import TerminalText

/// `cruddur-ops patterns`
struct Patterns: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the keys of the table look like, and which calls are which access patterns.",
        discussion: Examples.patterns.help(
            then: """
                Of Cruddur's table, or of any other in one table: --json prints a file to begin with, --file reads \
                one. scan and top take it with --patterns, and speak of that table in its own words.
                """))

    @Option(help: ArgumentHelp("Of the application that this file tells of.", valueName: "file")) var file: String?
    @Flag(help: "As such a file.") var json = false

    func run() throws {
        let templates = try file.map(TableTemplates.init(path:)) ?? .cruddur
        if json { return try Output.line(PrintableText(json: String(decoding: try templates.json(), as: UTF8.self))) }
        try Output.line(
            "\(templates.table): partition key \(templates.partitionKey), sort key \(templates.sortKey)")
        for index in templates.indexes {
            let sort: PrintableText = index.sortKey.map { ", sort key \($0)" } ?? ""
            try Output.line("index \(index.name): partition key \(index.partitionKey)\(sort)")
        }
        try Output.line("")
        try Columns.show(
            [["entity", "partition key", "sort key"]]
                + templates.entities.map { [$0.name, $0.partition.description, $0.sort.description] })
        guard !templates.patterns.isEmpty else { return }
        try Output.line("")
        try Columns.show(
            [["pattern", "operations", "items"]]
                + templates.patterns.map {
                    let also = $0.also.isEmpty ? "" : " (and \($0.also.joined(separator: ", ")))"
                    let index = $0.index.map { " through \($0)" } ?? ""
                    return [
                        "\($0.letter) \($0.name)", $0.operations.joined(separator: ", "),
                        $0.entities.joined(separator: ", ") + also + index,
                    ]
                })
    }
}

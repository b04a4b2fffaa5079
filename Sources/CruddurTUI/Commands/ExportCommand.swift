import ArgumentParser
import ChatClient
import Foundation
import Programs
import TerminalText

/// `cruddur export @mei --format html --output mei.html`
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write out everything that the history holds of a conversation.",
        discussion: Examples.export.help(
            then: """
                Asks no server. JSON keeps texts exactly as they are; the others are made safe to look at. A \
                file that is there is replaced once all is written; a device or a pipe is written into.
                """))

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case markdown, json, html

        func writer(_ title: UserShort) -> any ExportFormat {
            switch self {
            case .markdown: MarkdownExport(title: title)
            case .json: JSONExport(title: title)
            case .html: HTMLExport(title: title)
            }
        }
    }

    @OptionGroup var settings: SettingOptions
    @Argument(help: "The other's handle, or the group's uuid.") var conversation: String
    @Option(help: "markdown, json or html.") var format = Format.markdown
    @Option(help: "The file to write; else, or with -, standard output.") var output: String?

    func run() async throws {
        let archive = try Archive(settings.load(), dataFolder: XDGFolders.current.data)
        let conversation = try await archive.conversation(conversation)
        var writer = format.writer(conversation.title)
        let target = try ExportTarget(path: output)
        var progress = Progress(total: conversation.messages, isShown: target.isElsewhere && isatty(STDERR_FILENO) == 1)
        try target.write(writer.begin())
        try await archive.forEachPage(of: conversation) { page in
            try target.write(page.map { writer.entry($0) }.joined())
            progress.advance(by: page.count)
        }
        try target.write(writer.end())
        try target.finish()
        progress.finish()
    }
}

/// How an export is written, a piece at a time.
protocol ExportFormat {
    mutating func begin() -> PrintableText
    mutating func entry(_ entry: TranscriptEntry) -> PrintableText
    mutating func end() -> PrintableText
}

/// One line on the terminal that says how far it is.
private struct Progress {
    private let total: Int
    private let isShown: Bool
    private var done = 0

    init(total: Int, isShown: Bool) {
        self.total = total
        self.isShown = isShown
    }

    mutating func advance(by count: Int) {
        done += count
        guard isShown else { return }
        Output.complain("\rExported \(done) of \(total) messages", terminator: "")
    }

    func finish() {
        if isShown { Output.complain(".") }
    }
}

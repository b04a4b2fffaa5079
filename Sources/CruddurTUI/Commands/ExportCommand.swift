import ArgumentParser
import ChatClient
import Foundation
import TerminalText

/// `cruddur export @mei --format html --output mei.html`
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write out everything that the history holds of a conversation.",
        discussion: "Asks no server. JSON keeps texts exactly as they are; the others are made safe to look at.")

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
    @Option(help: "The file to write; else standard output.") var output: String?

    func run() async throws {
        let archive = try Archive(settings.load(), dataFolder: XDGFolders.current.data)
        let conversation = try archive.conversation(conversation)
        var writer = format.writer(conversation.title)
        let target = try ExportTarget(path: output)
        var progress = Progress(total: conversation.messages, isShown: output != nil && isatty(STDERR_FILENO) == 1)
        try target.write(writer.begin())
        try archive.forEachPage(of: conversation) { page in
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
    mutating func begin() -> String
    mutating func entry(_ entry: TranscriptEntry) -> String
    mutating func end() -> String
}

/// Where an export goes: a file is whole or not there.
private struct ExportTarget {
    private let path: String?
    private let handle: FileHandle

    init(path: String?) throws {
        self.path = path
        guard let path else {
            handle = .standardOutput
            return
        }
        let descriptor = open(path + ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ExportError.unwritable(path, String(cString: strerror(errno))) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func write(_ text: String) throws {
        do {
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            let reason = String(cString: strerror(errno))
            if let path { unlink(path + ".part") }
            throw ExportError.unwritable(path ?? "standard output", reason)
        }
    }

    func finish() throws {
        guard let path else { return }
        guard fsync(handle.fileDescriptor) == 0, rename(path + ".part", path) == 0 else {
            throw ExportError.unwritable(path, String(cString: strerror(errno)))
        }
    }
}

enum ExportError: Error, CustomStringConvertible {
    case unwritable(String, String)

    var description: String {
        switch self {
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
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

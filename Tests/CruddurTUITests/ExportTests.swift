import ChatClient
import Foundation
import Programs
import TerminalText
import TestSupport
import Testing
import Timestamps

@testable import CruddurTUI

@Suite struct ExportTests {
    private static let at = Timestamp(seconds: 1_700_000_000)

    private func message(_ text: String, handle: String = "mei", name: String = "Mei Lin") -> TranscriptEntry {
        TranscriptEntry(
            Message(uuid: "u\(text)", text: text, handle: handle, displayName: name, at: Self.at), me: "nia")
    }

    private func unsent(_ state: Outgoing.State, me: String?) -> TranscriptEntry {
        TranscriptEntry(Outgoing(id: Outgoing.ID(1), text: "hello", queuedAt: Self.at, state: state), me: me)
    }

    private func export(_ format: ExportCommand.Format, _ entries: [TranscriptEntry], title: String = "Mei") -> String {
        var writer = format.writer(UserShort(handle: "mei", displayName: title))
        return ([writer.begin()] + entries.map { writer.entry($0) } + [writer.end()]).joined().text
    }

    // MARK: Remote text

    /// Marks, joiners and selectors: what makes one character of a sign of markup and itself.
    static let joining: [String] = ["", "\u{301}", "\u{338}", "\u{20E3}", "\u{FE0F}", "\u{200D}", "\u{E0061}"]

    @Test(arguments: joining)
    func noTextAndNoNameIsMarkupInHTML(_ joining: String) {
        let hostile = "<\(joining)script>\(joining)\"\(joining)'\(joining)&\(joining)amp;"
        let page = export(.html, [message(hostile, handle: hostile, name: hostile)], title: hostile)
        let scalars = page.unicodeScalars
        let plain = export(.html, [message("x", handle: "x", name: "x")], title: "x").unicodeScalars
        for sign in ["<", ">", "\"", "'"] as [Unicode.Scalar] {
            #expect(scalars.filter { $0 == sign }.count == plain.filter { $0 == sign }.count, "\(sign)")
        }
        #expect(scalars.filter { $0 == "&" }.count == 5 * 5)
    }

    @Test(arguments: joining)
    func noTextAndNoNameIsMarkupInMarkdown(_ joining: String) {
        let signs = "\\`*_{}[]()<>#+-.!|~&@:/=^$\"'"
        let hostile = signs.map { "\($0)\(joining)" }.joined()
        let page = export(.markdown, [message(hostile, handle: hostile, name: hostile)], title: hostile)
        let scalars = Array(page.unicodeScalars)
        var escaped = 0
        var position = 0
        while position < scalars.count - 1 {
            let isEscaped = scalars[position] == "\\"
            if isEscaped { escaped += 1 }
            position += isEscaped ? 2 : 1
        }
        #expect(escaped == signs.count * 4)
    }

    @Test(arguments: ExportCommand.Format.allCases)
    func noControlAndNoLineOfANameComesThrough(_ format: ExportCommand.Format) {
        let hostile = "a\u{1B}[31m\u{9B}\u{7}\u{0}\u{202E}\n# b\r\nc"
        let page = export(format, [message("\u{1B}\u{9B}", handle: hostile, name: hostile)], title: hostile)
        #expect(page.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
        #expect(!page.unicodeScalars.contains("\u{202E}"))
        #expect(!page.contains("\n# b") && !page.contains("\nc"))
    }

    @Test func jsonKeepsEveryScalar() throws {
        let text = "a\u{0}b\u{1B}\u{85} e\u{301} <\u{338} \u{202E}\u{FEFF}👨‍👩‍👧\r\n\u{2028}"
        let page = export(.json, [message(text)])
        let parsed = try JSONSerialization.jsonObject(with: Data(page.utf8)) as? [String: Any]
        let messages = try #require(parsed?["messages"] as? [[String: Any]])
        let back = try #require(messages.first?["message"] as? String)
        #expect(Array(back.unicodeScalars) == Array(text.unicodeScalars))
        #expect(page.contains("a\\u0000b") && page.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
    }

    // MARK: What is not sent

    static let states: [(Outgoing.State, String)] = [
        (.queued, "not sent yet"), (.sending, "not sent yet"), (.failed(reason: "<no>"), "not sent"),
        (.unsure(reason: "x"), "may not have arrived"), (.sent(at: nil), "not listed"),
    ]

    @Test(arguments: ExportCommand.Format.allCases, states)
    func anUnsentMessageIsSaidToBeOne(_ format: ExportCommand.Format, _ state: (Outgoing.State, String)) throws {
        for me in [nil, "nia"] {
            let page = export(format, [unsent(state.0, me: me)])
            #expect(page.contains("hello") && page.contains(state.1))
            // Nobody is called nothing.
            #expect(!page.contains("@ ") && !page.contains("@<") && !page.contains("\"handle\": \"\""))
            #expect(!page.contains("<no>") || format == .json)
        }
        guard format == .json else { return }
        let parsed = try JSONSerialization.jsonObject(with: Data(export(.json, [unsent(state.0, me: nil)]).utf8))
        let entry = try #require(((parsed as? [String: Any])?["messages"] as? [[String: Any]])?.first)
        #expect(entry["handle"] is NSNull && (entry["delivery"] as? String)?.contains(state.1) == true)
    }

    // MARK: Files

    private func names(in folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func aFileIsReplacedWhenAllIsWrittenAndNotBefore() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/page"
        try "old".write(toFile: path, atomically: false, encoding: .utf8)
        let target = try ExportTarget(path: path)
        try target.write("new")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        try target.finish()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
        #expect(try names(in: folder) == ["page"])
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    @Test func whatIsNotFinishedLeavesNothing() throws {
        let folder = try TemporaryFolder()
        do { try ExportTarget(path: folder.path + "/page").write("half") }
        #expect(try names(in: folder).isEmpty)
    }

    @Test func linksFoldersAndNamelessFilesAreRefusedAndStay() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/file"
        try "kept".write(toFile: file, atomically: false, encoding: .utf8)
        symlink(file, folder.path + "/link")
        symlink(folder.path + "/nowhere", folder.path + "/dangling")
        symlink(folder.path, folder.path + "/here")
        for name in ["/link", "/here", "", "/", "/new/", "/none/file", "/file/x"] {
            #expect(throws: ExportError.self, "\(name)") { try ExportTarget(path: folder.path + name) }
        }
        #expect(throws: ExportError.self) { try ExportTarget(path: "") }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "kept")
        #expect(try names(in: folder) == ["dangling", "file", "here", "link"])
        // What the link would have led to is not made.
        #expect(throws: ExportError.self) { try ExportTarget(path: folder.path + "/dangling") }
        #expect(try names(in: folder) == ["dangling", "file", "here", "link"])
    }

    @Test func aDeviceIsWrittenIntoAndItsFaultIsSaid() throws {
        let folder = try TemporaryFolder()
        symlink("/dev/full", folder.path + "/full")
        for path in ["/dev/full", folder.path + "/full"] {
            let target = try ExportTarget(path: path)
            #expect(throws: ExportError.self) { try target.write("x") }
        }
        let target = try ExportTarget(path: "/dev/null")
        try target.write("x")
        try target.finish()
        #expect(try names(in: folder) == ["full"])
    }

    @Test func aPipeWithANameGetsAllOfIt() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/fifo"
        #expect(mkfifo(path, 0o600) == 0)
        // Open for both, nobody waits for the other.
        let reading = open(path, O_RDWR)
        let target = try ExportTarget(path: path)
        try target.write("through a pipe")
        try target.finish()
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(reading, &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "through a pipe")
        #expect(try names(in: folder) == ["fifo"])
        close(reading)
    }
}

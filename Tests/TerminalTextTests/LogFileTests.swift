import Foundation
import TerminalText
import TestSupport
import Testing

/// Where logs go: bounded, private, and never in anybody's way.
struct LogFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.path + "/cruddur.log" }

    private func write(_ lines: [String], to sink: LogSink) {
        for line in lines { sink.write("\(line)\n") { "lost \($0.lines): \($0.reason)\n" } }
    }

    private func content(_ ending: String = "") -> String? {
        try? String(contentsOfFile: path + ending, encoding: .utf8)
    }

    @Test func itGoesOnWhereItEndedAndIsForItsOwnerAlone() throws {
        let old = LogLine.json(["level": "info", "message": "old"]).text
        try old.write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o644)
        write(["new"], to: LogSink(try LogFile(path: path)))
        #expect(content() == old + "new\n")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    @Test(arguments: ["a letter\n", "{\"backend_url\": \"https://api.cruddur.example\"}\n", "SQLite format 3\u{0}"])
    func aFileThatIsNoLogStaysAsItIs(_ text: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o644)
        #expect(throws: LogFile.Fault.self) { try LogFile(path: path) }
        #expect(content() == text)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o644)
    }

    @Test func itsFilesAreBoundedInSizeAndNumberAndNoLineIsCut() throws {
        let sink = LogSink(try LogFile(path: path, limit: 100, count: 3))
        write((0..<100).map { "line number \($0)" }, to: sink)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == ["cruddur.log", "cruddur.log.1", "cruddur.log.2"])
        let kept = [content(".2"), content(".1"), content()].compactMap(\.self)
        #expect(kept.allSatisfy { $0.utf8.count <= 100 })
        let lines = kept.joined().split(separator: "\n")
        #expect(lines.last == "line number 99")
        // The last of them, without a hole.
        #expect(lines.map(String.init) == ((100 - lines.count)..<100).map { "line number \($0)" })
    }

    @Test func aLineThatIsLongerThanAFileIsAFile() throws {
        let sink = LogSink(try LogFile(path: path, limit: 10, count: 2))
        write(["short", String(repeating: "x", count: 50), "next"], to: sink)
        #expect(content(".1") == String(repeating: "x", count: 50) + "\n")
        #expect(content() == "next\n")
    }

    @Test func twoProgramsWriteOneLogAndLoseNothing() throws {
        let sinks = try (0..<2).map { _ in LogSink(try LogFile(path: path, limit: 1000, count: 50)) }
        DispatchQueue.concurrentPerform(iterations: 2) { number in
            write((0..<200).map { "\(number):\($0)" }, to: sinks[number])
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let lines = files.compactMap { try? String(contentsOfFile: folder.path + "/" + $0, encoding: .utf8) }
            .joined().split(separator: "\n").map(String.init)
        #expect(lines.sorted() == (0..<2).flatMap { number in (0..<200).map { "\(number):\($0)" } }.sorted())
    }

    @Test func oneThatIsRemovedIsMadeAnew() throws {
        let sink = LogSink(try LogFile(path: path))
        write(["first"], to: sink)
        unlink(path)
        write(["second"], to: sink)
        #expect(content() == "second\n")
    }

    @Test func whatCanBeNoLogIsRefusedWithTheReason() throws {
        symlink(path, folder.path + "/link")
        mkfifo(folder.path + "/pipe", 0o600)
        func reason(_ path: String) -> String? {
            do {
                _ = try LogFile(path: path)
                return nil
            } catch { return error.reason }
        }
        #expect(reason(folder.path + "/link") == "it is a link")
        #expect(reason(folder.path + "/pipe") == "it is no file")
        #expect(reason(folder.path) == "it is a folder")
        #expect(reason(folder.path + "/none/log") == "there is no such folder")
    }

    @Test func aFullDiskLosesLinesAndStopsNobody() throws {
        write(["a", "b"], to: LogSink(try LogFile(path: "/dev/full")))
    }
}

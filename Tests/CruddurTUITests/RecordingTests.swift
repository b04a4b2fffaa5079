import Foundation
import Programs
import TerminalText
import TestSupport
import Testing
import Timestamps

@testable import CruddurTUI

/// What a terminal has shown, kept and played again.
struct RecordingTests {
    private func canvas(_ lines: [String], width: Int = 10, cursor: Canvas.Point? = nil) -> Canvas {
        var canvas = Canvas(width: width, height: lines.count)
        for (y, line) in lines.enumerated() { canvas.put(line, x: 0, y: y) }
        canvas.cursor = cursor
        return canvas
    }

    @Test func onlyRowsThatHaveChangedAreKept() throws {
        let first = canvas(["one", "two", "three"])
        #expect(Frame(first, since: nil, at: 1)?.rows.map(\.y) == [0, 1, 2])
        #expect(Frame(first, since: first, at: 2) == nil)
        #expect(Frame(canvas(["one", "2", "three"]), since: first, at: 3)?.rows.map(\.y) == [1])
        // The cursor's row, and the one that it has left.
        let there = canvas(["one", "two", "three"], cursor: .init(x: 0, y: 0))
        #expect(
            Frame(canvas(["one", "two", "three"], cursor: .init(x: 3, y: 2)), since: there, at: 4)?.rows.map(\.y) == [
                0, 2,
            ])
        #expect(Frame(canvas(["one", "two", "three"], width: 11), since: first, at: 5)?.rows.count == 3)
    }

    @Test func whatFollowsAWideClusterHasAPlaceOfItsOwn() throws {
        let row = try #require(Frame(canvas(["a日👩‍👩‍👧b"]), since: nil, at: 0)?.rows.first)
        #expect(row.runs.map(\.x) == [0, 3, 5])
        #expect(row.runs.map { $0.text.replacing("\u{1B}[0m", with: "") } == ["a日", "👩‍👩‍👧", "b    "])
    }

    @Test func twoTerminalsStandSideBySideInTheOrderOfTheirTimes() throws {
        let one = [(10, "a"), (30, "b")].compactMap { Frame(canvas([$0.1], width: 3), since: nil, at: Int64($0.0)) }
        let other = [(20, "x"), (40, "y")].compactMap {
            Frame(canvas([$0.1, "z"], width: 4), since: nil, at: Int64($0.0))
        }
        let cast = try #require(Cast([.init(name: "nia", frames: one), .init(name: "mei", frames: other)]))
        let lines = try cast.lines().map(\.text)
        #expect(
            lines[0].contains(#""height":2"#) && lines[0].contains(#""width":8"#) && lines[0].contains("@nia, @mei"))
        #expect(lines.dropFirst(2).map { $0.contains("[1;5H") } == [false, true, false, true])
        #expect(lines[2].hasPrefix("[0,") && lines[5].hasPrefix("[3e-05,"))
        #expect(lines.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } })
    }

    @Test func whatIsNoFrameIsLeftOut() throws {
        let folder = try TemporaryFolder().path
        try FileManager.default.createDirectory(atPath: folder + "/demo", withIntermediateDirectories: true)
        let recording = Recording(demo: folder + "/demo")
        #expect(try recording.recorder(of: "nia", at: 1) == nil)
        try recording.begin(for: folder + "/x.cast")
        let good = String(
            decoding: try JSONEncoder().encode(Frame(canvas(["hello"]), since: nil, at: 7)), as: UTF8.self)
        let huge = #"{"at": 8, "width": 1000000000, "height": 9, "rows": []}"#
        let outside = #"{"at": 9, "width": 5, "height": 5, "rows": [{"y": 70000, "runs": [{"x": -4, "text": "no"}]}]}"#
        try Data("\(good)\nnope\n\(huge)\n\(outside)\n{\"at\":".utf8).write(
            to: URL(filePath: folder + "/demo/recording/5-nia.jsonl"))
        #expect(try recording.finish(into: folder + "/x.cast") == 1)
        let text = try String(contentsOfFile: folder + "/x.cast", encoding: .utf8)
        #expect(text.contains("hello") && !text.contains("no\"") && text.contains(#""width":10"#))
        #expect(!FileManager.default.fileExists(atPath: folder + "/demo/recording"))
    }

    @Test func whereItCannotBeIsSaidBeforeAnythingIsRecorded() throws {
        let folder = try TemporaryFolder().path
        let recording = Recording(demo: folder)
        symlink("/etc/passwd", folder + "/link")
        for target in ["", folder, folder + "/link", folder + "/none/", folder + "/none/x"] {
            #expect(throws: ExportError.self) { try recording.begin(for: target) }
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/recording"))
    }

    @Test func whereNothingWasShownWhatWasThereStays() throws {
        let folder = try TemporaryFolder().path
        try Data("an older one".utf8).write(to: URL(filePath: folder + "/x.cast"))
        let recording = Recording(demo: folder)
        try recording.begin(for: folder + "/x.cast")
        _ = try recording.recorder(of: "nia", at: 1)
        #expect(throws: RecordingError.nothingShown) { try recording.finish(into: folder + "/x.cast") }
        #expect(try String(contentsOfFile: folder + "/x.cast", encoding: .utf8) == "an older one")
    }

    @Test func whatAKilledDemoHasLeftBecomesARecording() async throws {
        let folder = try TemporaryFolder().path
        let recording = Recording(demo: folder)
        #expect(recording.recover() == nil)
        try recording.begin(for: folder + "/x.cast")
        let recorder = try #require(try recording.recorder(of: "nia", at: 1))
        recorder.take(canvas(["almost lost"], width: 12), at: Timestamp(microseconds: 1))
        recorder.finish()
        await recorder.run()
        #expect(recording.recover() == folder + "/cut-short.cast")
        #expect(try String(contentsOfFile: folder + "/cut-short.cast", encoding: .utf8).contains("almost lost"))
        #expect(recording.recover() == nil)
    }

    @Test func whatATerminalShowsIsKeptByWhoeverRecords() async throws {
        let path = try TemporaryFolder().path + "/1-nia.jsonl"
        let recorder = try Recorder(path: path)
        #expect(throws: RecordingError.unwritable(path, EEXIST)) { try Recorder(path: path) }
        for number in 0..<20 { recorder.take(canvas(["\(number / 2)"]), at: Timestamp(microseconds: Int64(number))) }
        recorder.finish()
        await recorder.run()
        let frames = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Frame.self, from: Data($0.utf8))
        }
        #expect(frames.map(\.at) == stride(from: 0, to: 20, by: 2).map(Int64.init))
        #expect(!recorder.hasFailed)
    }
}

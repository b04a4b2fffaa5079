import ChatClient
import Foundation
import Testing

@testable import CruddurTUI

/// What the doctor makes of a terminal, and how it ends.
struct DoctorTests {
    private static let good = TerminalReport(
        type: "xterm-256color", colors: 256, size: CellSize(width: 80, height: 24), codeset: "UTF-8", drawnAsPlanned: 5)

    private func check(_ change: (inout TerminalReport) -> Void = { _ in }) -> Check {
        var report = Self.good
        change(&report)
        return TerminalCheck.of(report)
    }

    @Test func aGoodTerminalIsSaidInFull() {
        #expect(check().verdict == .ok)
        #expect(check().text == "xterm-256color, 80x24, 256 colours, UTF-8, 5 of 5 kinds of emoji as wide as planned")
        #expect(check { $0.drawnAsPlanned = nil }.text.hasSuffix("it does not say how wide emoji are"))
    }

    @Test func whatIsWrongWithATerminalIsSaidWithWhatToDo() {
        for (found, verdict) in [
            (check { $0.colors = nil }, Check.Verdict.problem), (check { $0.size.width = 30 }, .warning),
            (check { $0.size.height = 5 }, .warning), (check { $0.codeset = "ANSI_X3.4-1968" }, .warning),
        ] {
            #expect(found.verdict == verdict && found.advice?.isEmpty == false, "\(found)")
        }
        #expect(TerminalCheck.of(nil).verdict == .skipped)
    }

    @Test func theExitCodeIsThatOfTheWorst() {
        func code(_ verdicts: Check.Verdict..., strict: Bool = false) -> Int32 {
            DoctorCommand.exitCode(verdicts.map { Check(.config, $0, "") }, isStrict: strict)
        }
        #expect(code(.ok, .skipped) == 0 && code(.skipped) == 0 && code() == 0)
        #expect(code(.ok, .warning) == 0)
        #expect(code(.warning, .ok, strict: true) == 1 && code(.ok, strict: true) == 0)
        #expect(code(.problem, .warning, .ok) == 2 && code(.problem, strict: true) == 2)
    }

    // MARK: Answers

    private func lines(_ bytes: [UInt8]) -> (InputLines, Int32) {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        write(ends[1], bytes, bytes.count)
        close(ends[1])
        return (InputLines(descriptor: ends[0]), ends[0])
    }

    @Test func aLineIsReadAndNotAByteMore() throws {
        let (input, descriptor) = lines(Array(" first \r\nthe password\n".utf8))
        #expect(try input.next() == "first")
        // Whoever reads next finds all of it.
        var rest = [UInt8](repeating: 0, count: 100)
        let count = read(descriptor, &rest, rest.count)
        #expect(String(decoding: rest[..<count], as: UTF8.self) == "the password\n")
        close(descriptor)
    }

    @Test func theLastLineNeedsNoEndAndWhatIsNoTextIsNone() throws {
        let (input, descriptor) = lines(Array("last".utf8))
        #expect(try input.next() == "last")
        #expect(throws: InputLines.Fault.ended) { try input.next() }
        close(descriptor)
        let (bytes, other) = lines([0xFF, 0x0A] + [UInt8](repeating: 0x61, count: 5000))
        #expect(throws: InputLines.Fault.notText) { try bytes.next() }
        #expect(throws: InputLines.Fault.tooLong) { try bytes.next() }
        close(other)
        #expect(throws: InputLines.Fault.ended) { try InputLines(descriptor: -1).next() }
    }
}

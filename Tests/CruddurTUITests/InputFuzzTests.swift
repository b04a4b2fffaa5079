import Foundation
import TestSupport
import Testing

@testable import CruddurTUI

/// Random bytes, and reports and keys that are cut, mixed and changed, with time going by at random.
///
/// `FUZZ_SECONDS` says how long; every round is decided by its seed.
struct InputFuzzTests {
    private static let pieces: [String] =
        TerminalKeysTests.all.map(\.bytes) + [
            "\u{1B}[<0;1;1M", "\u{1B}[M !!", "\u{1B}[Mé é", "\u{1B}[32;5;5M", "\u{1B}]11;rgb:1a/1b/1c\u{7}",
            "\u{1B}P>|xterm(390)\u{1B}\\", "\u{1B}_Gi=31;OK\u{1B}\\", "\u{1B}[?62;22c", "\u{1B}[2;3R",
            "\u{1B}[?2026;2$y",
            "\u{1B}[200~a paste\r\n\u{1B}[201~", "\u{1B}[200~no end", "\u{1B}[97;1:3u", "hello", "one\rtwo\r", "é👍中",
            "\u{1B}", "\u{1B}\u{1B}", "\u{1B}[", "\u{1B}O", "\u{1B}]", "\u{1B}P", "\u{1B}[1;", "\u{9B}", "\u{90}",
            "\u{9C}",
        ]

    private static func bytes(_ random: inout Seeded) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                bytes += (0..<Int.random(in: 1...8, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            default: bytes += Array(pieces.randomElement(using: &random)!.utf8)
            }
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
        }
        return bytes
    }

    /// Rounds of at most so many seconds, or a fixed number where nothing is said.
    private static func rounds(_ count: Int) -> AnySequence<UInt64> {
        guard let seconds = ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap(Double.init) else {
            return AnySequence(UInt64(0)..<UInt64(count))
        }
        let (end, first) = (ContinuousClock.now + .seconds(seconds), UInt64.random(in: 0..<1 << 40))
        return AnySequence(sequence(first: first) { ContinuousClock.now < end ? $0 + 1 : nil })
    }

    @Test func howBytesAreCutChangesNothingWhileNoTimePasses() {
        for seed in Self.rounds(1000) {
            var random = Seeded(seed)
            let bytes = Self.bytes(&random)
            var (whole, cut) = (Typing(), Typing())
            whole.read(bytes)
            var rest = ArraySlice(bytes)
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(9, rest.count), using: &random)
                cut.read(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(whole.outcome.joined == cut.outcome.joined, "seed \(seed)")
        }
    }

    @Test func nothingDisablesCtrlQ() {
        for seed in Self.rounds(1000) {
            var random = Seeded(seed)
            var typing = Typing()
            for _ in 0..<3 {
                typing.read(Self.bytes(&random))
                typing.pause(.milliseconds(Int.random(in: 0...80, using: &random)))
            }
            let before = typing.inputs.count
            typing.read([0x11])
            typing.pause(.milliseconds(50))
            #expect(typing.inputs.dropFirst(before).contains(.key(.control("q"))), "seed \(seed)")
        }
    }

    @Test func afterAPauseEverythingTypedIsThereInItsOrder() {
        for seed in Self.rounds(1000) {
            var random = Seeded(seed)
            var typing = Typing()
            var text = ""
            var before: [Int] = []
            for round in 0..<3 {
                typing.read(Self.bytes(&random))
                typing.pause(.milliseconds(2100))
                before.append(typing.inputs.count)
                let typed = "<\(round)é👍>"
                for byte in typed.utf8 {
                    typing.read([byte])
                    typing.pause(.milliseconds(Int.random(in: 0...49, using: &random)))
                }
                typing.pause(.milliseconds(60))
                let written = Array(typing.inputs[before[round]...]).written
                #expect(written == typed, "seed \(seed): \(written)")
                text += typed
            }
            #expect(typing.outcome.written.count >= text.count)
        }
    }

    /// A report of every kind, with other numbers and texts in it than those that anybody has thought of.
    private static func report(_ random: inout Seeded) -> String {
        func number() -> String { "\(Int.random(in: 0...99_999, using: &random))" }
        func text() -> String {
            String(
                (0..<Int.random(in: 0...30, using: &random)).map { _ in "abc;:/?= ü19".randomElement(using: &random)! })
        }
        let end = ["\u{1B}\\", "\u{7}"].randomElement(using: &random)!
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return "\u{1B}[<\(number());\(number());\(number())\(Bool.random(using: &random) ? "M" : "m")"
        case 1: return "\u{1B}[\(number());\(number());\(number())M"
        case 2:
            return "\u{1B}[M"
                + String((0..<3).map { _ in Character(Unicode.Scalar(UInt8.random(in: 32...126, using: &random))) })
        case 3: return "\u{1B}]\(number());\(text())\(end)"
        case 4: return "\u{1B}P1$r\(text())\(end)"
        case 5: return "\u{1B}_G\(text())\(end)"
        case 6: return "\u{1B}[?\(number());\(number())c"
        case 7: return "\u{1B}[>\(number());\(number());\(number())c"
        case 8: return "\u{1B}[\(number());\(number())R"
        case 9: return "\u{1B}[?\(number());\(number())$y"
        case 10: return "\u{1B}[\(number());1:3u"
        default: return "\u{1B}[\(number());\(number());\(number())t"
        }
    }

    @Test func noReportYieldsAKeyOrALetterHoweverItIsCut() {
        for seed in Self.rounds(1000) {
            var random = Seeded(seed)
            var typing = Typing()
            for _ in 0..<5 {
                var rest = ArraySlice(Array(Self.report(&random).utf8))
                while !rest.isEmpty {
                    let count = Int.random(in: 1...rest.count, using: &random)
                    typing.read(rest.prefix(count))
                    rest = rest.dropFirst(count)
                    typing.pause(.milliseconds(Int.random(in: 0...49, using: &random)))
                }
            }
            let outcome = typing.outcome
            #expect(outcome.keys.isEmpty && outcome.written.isEmpty, "seed \(seed): \(outcome)")
        }
    }
}

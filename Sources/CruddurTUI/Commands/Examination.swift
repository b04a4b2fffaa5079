import ChatClient
import Foundation
import TerminalText

/// The doctor's round, with a line for each check as soon as it is made.
struct Examination {
    let doctor: Doctor
    /// Nothing is printed while it goes on.
    let isQuiet: Bool

    /// - Throws: `OutputFault`.
    func run() async throws -> [Check] {
        let progress = Progress()
        var (checks, fault) = ([Check](), (any Error)?.none)
        await doctor.examine(
            begin: { progress.show($0) },
            tell: { check in
                checks.append(check)
                progress.clear()
                do { try line(check) } catch { fault = fault ?? error }
            })
        let terminal = TerminalCheck.of(.ofThis())
        checks.append(terminal)
        if let fault { throw fault }
        try line(terminal)
        return checks
    }

    private func line(_ check: Check) throws {
        guard !isQuiet else { return }
        try Output.line("\(Self.word(check.verdict))  \(Self.name(check.area))\(check.text)")
        if let advice = check.advice { try Output.line("         \(Self.name(nil))-> \(advice)") }
    }

    /// As wide as the longest.
    private static func word(_ verdict: Check.Verdict) -> PrintableText {
        switch verdict {
        case .ok: "ok     "
        case .warning: "warning"
        case .problem: "PROBLEM"
        case .skipped: "skipped"
        }
    }

    private static func name(_ area: Check.Area?) -> PrintableText {
        let width = Check.Area.allCases.map(\.rawValue.count).max() ?? 0
        return ("\(area.map(\.rawValue) ?? "")" as PrintableText).padded(to: width + 2)
    }

    /// What is waited for, on a terminal.
    private struct Progress {
        private let isShown = isatty(STDERR_FILENO) == 1

        func show(_ area: Check.Area) {
            if isShown { Output.complain("waiting: \(area.rawValue) ...", terminator: "") }
        }

        func clear() {
            if isShown { Output.complain("\r\u{1B}[K", terminator: "") }
        }
    }
}

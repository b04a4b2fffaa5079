import ArgumentParser
import ChatClient
import Foundation
import Programs
import TerminalText

/// `cruddur doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at all that has to be well for the chat to work.",
        discussion: Examples.doctor.help(
            then: """
                One line each, with what to do where something is wrong. It names no person and shows no token: it can go \
                into a bug report. It ends with 2 for problems, with 1 for warnings if --strict is given, else with 0.
                """))

    @OptionGroup var settings: SettingOptions
    @Flag(help: "One JSON object instead of lines for people.") var json = false
    @Flag(help: "Warnings are an error as well.") var strict = false

    func run() async throws {
        let examination = Examination(
            doctor: Doctor(path: settings.config, flags: try settings.flags(), openLog: ClientLog.configured),
            isQuiet: json)
        let checks = try await examination.run()
        if json { try Output.json(DoctorOutput(checks)) }
        let code = Self.exitCode(checks, isStrict: strict)
        if code != 0 { throw ExitCode(code) }
    }

    static func exitCode(_ checks: [Check], isStrict: Bool) -> Int32 {
        switch checks.map(\.verdict).max() ?? .ok {
        case .problem: 2
        case .warning: isStrict ? 1 : 0
        case .ok, .skipped: 0
        }
    }
}

private struct DoctorOutput: Encodable {
    struct Line: Encodable {
        let area: String
        let verdict: String
        let text: String
        let advice: String?
    }

    let version: String
    let verdict: String
    let checks: [Line]

    init(_ checks: [Check]) {
        version = "\(Release.version)"
        verdict = max(checks.map(\.verdict).max() ?? .ok, .ok).rawValue
        self.checks = checks.map {
            Line(area: $0.area.rawValue, verdict: $0.verdict.rawValue, text: $0.text, advice: $0.advice)
        }
    }
}

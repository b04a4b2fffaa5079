import ChatClient
import ChildProcesses
import Foundation
import TerminalText

/// Whatever tells a person something outside of the terminal.
enum Notifier {
    /// - Returns: why it could not; `nil`: it was told.
    static func tell(_ told: Told, _ settings: NotificationSettings) async -> String? {
        let (title, body) = (PrintableText(line: told.title).text, PrintableText(line: told.body).text)
        var environment = ChildProgram.withoutSecrets(ProcessVariables.all)
        let words: [String]
        switch settings.means {
        case .desktop:
            // A body may have markup.
            words = ["/usr/bin/env", "notify-send", "--app-name=Cruddur", "--", title, escaped(body)]
        case .command:
            guard let command = settings.command else { return "notify.command names no command" }
            (environment["CRUDDUR_TITLE"], environment["CRUDDUR_BODY"]) = (title, body)
            words = ["/bin/sh", "-c", command]
        case .none, .bell, .terminal: return nil
        }
        do {
            let program = try ChildProcess(words[0], Array(words.dropFirst()), environment: environment)
            return reason(await program.endOrBeEnded(), words[1], settings)
        } catch {
            return "\(error)"
        }
    }

    private static func reason(
        _ ending: ChildProcess.Ending, _ name: String, _ settings: NotificationSettings
    ) -> String? {
        switch (ending, settings.means) {
        case (.exit(0), _): nil
        case (.exit(127), .desktop): "there is no \(name) here"
        case (.exit(let code), .desktop): "\(name) ended with \(code)"
        case (.exit(let code), _): "notify.command ended with \(code)"
        case (.signal(let number), _): "it was ended by signal \(number), or took too long"
        }
    }

    private static func escaped(_ text: String) -> String {
        PrintableText(line: text).escaping {
            switch $0 {
            // notify-send reads escapes, and only then markup.
            case "\\": "\\\\"
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: nil
            }
        }.text
    }
}

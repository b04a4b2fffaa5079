import ChatClient
import ChildProcesses
import Foundation

/// What puts a text into this machine's clipboard, where the terminal's own way does not reach it.
enum ClipboardProgram {
    /// - Parameter command: a line for the shell; `nil`: what there is here.
    /// - Returns: why it could not; `nil`: it did, or there is nothing here that was asked for.
    static func give(_ text: String, _ command: String?) async -> String? {
        let environment = ProcessVariables.all
        let words = command.map { ["/bin/sh", "-c", $0] } ?? standard(environment)
        guard !words.isEmpty else { return nil }
        do {
            let file = try NamelessFile(text)
            defer { file.end() }
            let program = try ChildProcess(
                words[0], Array(words.dropFirst()), environment: ChildProgram.withoutSecrets(environment),
                input: .file(descriptor: file.descriptor))
            let ending = await program.endOrBeEnded()
            return command == nil || ending == .exit(0) ? nil : "copy.command ended with \(ending.code)"
        } catch {
            return command == nil ? nil : "\(error)"
        }
    }

    #if os(macOS)
        private static func standard(_ environment: [String: String]) -> [String] { ["/usr/bin/env", "pbcopy"] }
    #else
        private static func standard(_ environment: [String: String]) -> [String] {
            if environment["WAYLAND_DISPLAY"]?.isEmpty == false { return ["/usr/bin/env", "wl-copy"] }
            if environment["DISPLAY"]?.isEmpty == false {
                return ["/usr/bin/env", "xclip", "-selection", "clipboard"]
            }
            return []
        }
    #endif
}

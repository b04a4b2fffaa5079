import ChatClient
import ChildProcesses
import Foundation

/// Whatever opens links on this machine.
enum Browser {
    private static let patience = Duration.seconds(3)

    /// - Parameter command: a line for the shell, behind which the link is put; `nil`: what opens links here.
    /// - Returns: why it could not be opened; `nil`: it was handed on.
    static func open(_ link: String, _ command: String?) async -> String? {
        // No option, no other kind of address: it is what a message said.
        guard ["https://", "http://"].contains(where: link.lowercased().hasPrefix) else { return "that is no web page" }
        do {
            // The link is an argument of its own: no shell reads it.
            let words =
                command.map { ["/bin/sh", "-c", $0 + " \"$1\"", "sh", link] } ?? ["/usr/bin/env", opener, link]
            let program = try ChildProcess(
                words[0], Array(words.dropFirst()),
                environment: ChildProgram.withoutSecrets(ProcessVariables.all))
            // A browser that goes on is open: whoever quits the chat does not wait for its end.
            guard let ending = await program.ending(within: patience) else { return nil }
            if command != nil { return ending == .exit(0) ? nil : "open.command ended with \(ending.code)" }
            return ending == .exit(127) ? "there is no \(opener) here" : nil
        } catch {
            return "\(error)"
        }
    }

    #if os(macOS)
        private static let opener = "open"
    #else
        private static let opener = "xdg-open"
    #endif
}

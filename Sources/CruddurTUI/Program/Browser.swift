import ChatClient
import ChildProcesses
import Foundation

/// Whatever opens links on this machine.
enum Browser {
    /// - Returns: why it could not be opened; `nil`: it was handed on.
    static func open(_ link: String) async -> String? {
        // No option, no other kind of address: it is what a message said.
        guard link.hasPrefix("https://") || link.hasPrefix("http://") else { return "that is no web page" }
        do {
            let program = try ChildProcess(
                "/usr/bin/env", [opener, link],
                environment: ChildProgram.withoutSecrets(ProcessInfo.processInfo.environment))
            return await program.end() == .exit(127) ? "there is no \(opener) here" : nil
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

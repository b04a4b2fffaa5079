import ChatClient
import Foundation

/// Whatever opens links on this machine.
enum Browser {
    /// - Returns: why it could not be opened; `nil`: it was handed on.
    static func open(_ link: String) async -> String? {
        // No option, no other kind of address: it is what a message said.
        guard link.hasPrefix("https://") || link.hasPrefix("http://") else { return "that is no web page" }
        let program = Process()
        program.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        program.arguments = [opener, link]
        program.environment = ChildProgram.withoutSecrets(ProcessInfo.processInfo.environment)
        program.standardInput = FileHandle.nullDevice
        program.standardOutput = FileHandle.nullDevice
        program.standardError = FileHandle.nullDevice
        return await withCheckedContinuation { answer in
            program.terminationHandler = { ended in
                answer.resume(returning: ended.terminationStatus == 127 ? "there is no \(opener) here" : nil)
            }
            do { try program.run() } catch { answer.resume(returning: "\(error.localizedDescription)") }
        }
    }

    #if os(macOS)
        private static let opener = "open"
    #else
        private static let opener = "xdg-open"
    #endif
}

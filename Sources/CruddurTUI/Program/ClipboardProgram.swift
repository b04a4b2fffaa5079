import ChatClient
import ChildProcesses
import Foundation

/// What puts a text into this machine's clipboard, where the terminal's own way does not reach it.
enum ClipboardProgram {
    /// - Parameter command: a line for the shell; `nil`: what there is here.
    /// - Returns: why it could not; `nil`: it did, or there is nothing here that was asked for.
    static func give(_ text: String, _ command: String?) async -> String? {
        let environment = ProcessInfo.processInfo.environment
        let words = command.map { ["/bin/sh", "-c", $0] } ?? standard(environment)
        guard !words.isEmpty else { return nil }
        guard let pipe = ChildPipe() else { return command == nil ? nil : "there are too many open files" }
        do {
            let program = try ChildProcess(
                words[0], Array(words.dropFirst()), environment: ChildProgram.withoutSecrets(environment),
                input: .file(descriptor: pipe.reading.fileDescriptor))
            try? pipe.reading.close()
            let isTaken = fill(pipe.writing.fileDescriptor, text)
            try? pipe.writing.close()
            let ending = await program.endOrBeEnded()
            guard command != nil, ending != .exit(0) || !isTaken else { return nil }
            return "copy.command ended with \(ending.code)"
        } catch {
            return command == nil ? nil : "\(error)"
        }
    }

    /// A pipe holds more than any message has: nobody is waited for.
    private static func fill(_ descriptor: Int32, _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { return false }
        return write(descriptor, bytes, bytes.count) == bytes.count
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

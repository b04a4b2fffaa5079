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
        do {
            let file = try Self.file(text)
            defer { close(file) }
            let program = try ChildProcess(
                words[0], Array(words.dropFirst()), environment: ChildProgram.withoutSecrets(environment),
                input: .file(descriptor: file))
            let ending = await program.endOrBeEnded()
            return command == nil || ending == .exit(0) ? nil : "copy.command ended with \(ending.code)"
        } catch {
            return command == nil ? nil : "\(error)"
        }
    }

    /// All of it, however long, in a file without a name: nobody is waited for, and nothing is cut.
    private static func file(_ text: String) throws -> Int32 {
        var path = Array("\(NSTemporaryDirectory())/cruddur-copy-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        unlink(path)
        do {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            try handle.write(contentsOf: Data(text.utf8))
            try handle.seek(toOffset: 0)
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
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

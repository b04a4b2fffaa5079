import Foundation

/// A shell command that prints a password: its first line is it.
struct PasswordCommand {
    /// Bytes that are read.
    private static let limit = 4096

    let text: String

    /// - Throws: `SecretSource.Fault`.
    func run() throws(SecretSource.Fault) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", text]
        // What is secret is not handed on.
        process.environment = ProcessInfo.processInfo.environment.filter { name, _ in
            name != "CRUDDUR_PASSWORD" && !name.hasPrefix("CRUDDUR_TOKENS_") && name != "CRUDDUR_COGNITO_CLIENT_SECRET"
        }
        let output = Pipe()
        process.standardOutput = output
        do { try process.run() } catch { throw .commandFailed("cannot be started") }
        let data = (try? output.fileHandleForReading.read(upToCount: Self.limit)) ?? Data()
        // Whoever goes on writing is told that nobody reads.
        try? output.fileHandleForReading.close()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw .commandFailed("failed (\(process.terminationStatus))")
        }
        guard let line = String(validating: data.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) else {
            throw .commandFailed("printed what is not UTF-8 text")
        }
        return line
    }
}

import ChildProcesses
import Foundation

/// A program that is run for what it prints. What is secret in our environment is not handed on.
package struct ChildProgram {
    /// Why nothing came of it.
    package enum Fault: Error, Equatable, CustomStringConvertible {
        case notStarted
        case tooSlow

        package var description: String {
            switch self {
            case .notStarted: "cannot be started"
            case .tooSlow: "did not end in time"
            }
        }
    }

    package struct Answer {
        package let output: Data
        package let isSuccess: Bool
        /// `failed (3)`
        package let outcome: String
    }

    /// Bytes that are read; access, id and refresh token are under 10 kB.
    private static let limit = 1 << 18

    let path: String
    let arguments: [String]
    let environment: [String: String]
    /// Whether it may ask at the terminal, as for a passphrase; else it has none and says nothing there.
    var mayAsk = false

    /// A line for the shell.
    package static func shell(_ line: String, _ environment: [String: String], mayAsk: Bool) -> ChildProgram {
        ChildProgram(path: "/bin/sh", arguments: ["-c", line], environment: environment, mayAsk: mayAsk)
    }

    /// - Parameters:
    ///   - input: what it reads, of less than a pipe's 64 kB.
    ///   - limit: after that it is ended; `nil`: as long as it takes.
    /// - Throws: `Fault`.
    package func run(input: Data? = nil, within limit: Duration? = nil) throws(Fault) -> Answer {
        guard let output = ChildPipe(), let source = ChildPipe() else { throw .notStarted }
        let process: ChildProcess
        do throws(ChildProcess.NotStarted) {
            process = try ChildProcess(
                path, arguments, environment: Self.withoutSecrets(environment),
                input: input != nil ? .file(descriptor: source.reading.fileDescriptor) : mayAsk ? .inherited : .nothing,
                output: .file(descriptor: output.writing.fileDescriptor), errors: mayAsk ? .inherited : .nothing)
        } catch {
            throw .notStarted
        }
        let watch = limit.map { Self.end(process, after: $0) }
        try? output.writing.close()
        try? source.reading.close()
        if let input { try? source.writing.write(contentsOf: input) }
        try? source.writing.close()
        let data = Self.read(output.reading)
        // Whoever goes on writing is told that nobody reads.
        try? output.reading.close()
        let ending = process.wait()
        watch?.cancel()
        if watch != nil, ending == .signal(SIGKILL) { throw .tooSlow }
        return Answer(output: data, isSuccess: ending == .exit(0), outcome: "failed (\(ending.code))")
    }

    private static func read(_ handle: FileHandle) -> Data {
        var data = Data()
        while data.count < limit, let more = try? handle.read(upToCount: limit - data.count), !more.isEmpty {
            data += more
        }
        return data
    }

    private static func end(_ process: ChildProcess, after limit: Duration) -> DispatchWorkItem {
        let number = process.number
        let item = DispatchWorkItem { kill(number, SIGKILL) }
        let seconds = limit / .seconds(1)
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + seconds, execute: item)
        return item
    }

    /// What any program of another's may see of our environment.
    package static func withoutSecrets(_ environment: [String: String]) -> [String: String] {
        environment.filter { name, _ in !isSecret(name) }
    }

    private static func isSecret(_ variable: String) -> Bool {
        variable == "CRUDDUR_PASSWORD" || variable == "CRUDDUR_COGNITO_CLIENT_SECRET"
            || variable.hasPrefix("CRUDDUR_TOKENS_")
    }
}

import Foundation
import Synchronization
import TerminalText
import Traces

/// A file of spans, one JSON object a line. What cannot be written is counted, and never holds anybody up.
final class TraceFile: Sendable {
    /// Spans that wait to be written; more are dropped.
    private static let waiting = 10_000

    private let lines = AsyncStream.makeStream(of: TraceSpan.self, bufferingPolicy: .bufferingOldest(waiting))
    private let dropped = Mutex(0)
    private let path: String
    private let file: FileHandle

    /// Opens or makes the file, for its owner alone, to write behind what is there. A pipe is not waited for, and a
    /// link not followed.
    ///
    /// - Throws: `OpsError.refused`.
    init(path: String) throws {
        guard !OwnLines.isAnothers(path, marks: ["\"trace_id\":\"", "\"span_id\":\""]) else {
            throw OpsError.refused("--trace-file \(path) is there and holds something else: nothing was written to it")
        }
        let number = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard number >= 0 else {
            let reason =
                switch errno {
                case ELOOP: "it is a link"
                case ENXIO: "it is a pipe that nobody reads"
                default: String(cString: strerror(errno))
                }
            throw OpsError.refused("--trace-file \(path) cannot be written: \(reason)")
        }
        self.path = path
        file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
    }

    func take(_ span: TraceSpan) {
        if case .dropped = lines.continuation.yield(span) { dropped.withLock { $0 += 1 } }
    }

    /// Writes until the task is cancelled.
    func run() async {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var isCut = false
        for await span in lines.stream {
            do {
                // What was cut by a full disk stays a line of its own.
                let start = isCut ? Data([0x0A]) : Data()
                try file.write(contentsOf: start + encoder.encode(span) + Data([0x0A]))
                isCut = false
                let lost = dropped.withLock { count in
                    defer { count = 0 }
                    return count
                }
                if lost > 0 { Output.complain("\(path): \(lost) spans could not be written; now they can") }
            } catch {
                if !isCut { Output.complain("\(path): spans cannot be written") }
                isCut = true
                dropped.withLock { $0 += 1 }
            }
        }
    }
}

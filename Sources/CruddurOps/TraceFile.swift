import Foundation
import TerminalText
import Traces

/// A file of spans, one JSON object a line. Lines that cannot be written are counted, and never hold anybody up.
final class TraceFile: Sendable {
    /// Spans that wait to be written; more are dropped.
    private static let waiting = 10_000

    private let lines = AsyncStream.makeStream(of: TraceSpan.self, bufferingPolicy: .bufferingOldest(waiting))
    private let path: String
    private let file: FileHandle

    /// Opens or makes the file, for its owner alone, to write behind what is there.
    ///
    /// - Throws: `OpsError.refused`.
    init(path: String) throws {
        let number = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw OpsError.refused("\(path): \(String(cString: strerror(errno)))") }
        self.path = path
        file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
    }

    func take(_ span: TraceSpan) {
        lines.continuation.yield(span)
    }

    /// Writes until the task is cancelled.
    func run() async {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lost = 0
        for await span in lines.stream {
            do {
                try file.write(contentsOf: try encoder.encode(span) + Data([0x0A]))
                if lost > 0 { Output.complain("\(path): \(lost) spans could not be written; now they can") }
                lost = 0
            } catch {
                if lost == 0 { Output.complain("\(path): spans cannot be written") }
                lost += 1
            }
        }
    }
}

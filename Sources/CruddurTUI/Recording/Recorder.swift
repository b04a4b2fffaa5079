import Foundation
import Synchronization
import TerminalText
import Timestamps

/// Keeps what a terminal shows, frame by frame, in a file: a line of JSON each. Whoever draws never waits for it.
final class Recorder: Sendable {
    private let canvases = AsyncStream.makeStream(
        of: (canvas: Canvas, at: Timestamp).self, bufferingPolicy: .bufferingNewest(64))
    private let file: FileHandle
    private let failed = Mutex(false)

    /// - Throws: `RecordingError`.
    init(path: String) throws {
        let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw RecordingError.unwritable(path, errno) }
        file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
    }

    func take(_ canvas: Canvas, at time: Timestamp) { canvases.continuation.yield((canvas, time)) }

    /// No more comes.
    func finish() { canvases.continuation.finish() }

    /// Writes until all that came is written.
    func run() async {
        let encoder = JSONEncoder()
        var shown: Canvas?
        for await (canvas, time) in canvases.stream {
            guard let frame = Frame(canvas, since: shown, at: time.microseconds) else { continue }
            shown = canvas
            do {
                try file.write(contentsOf: try encoder.encode(frame) + Data("\n".utf8))
            } catch {
                failed.withLock { $0 = true }
            }
        }
    }

    /// Whether something is missing in it.
    var hasFailed: Bool { failed.withLock(\.self) }
}

/// Why nothing is recorded.
enum RecordingError: Error, Equatable, CustomStringConvertible {
    case noName
    case folder(String)
    case link(String)
    /// With an `errno`.
    case unwritable(String, Int32)

    var description: String {
        switch self {
        case .noName: "--record '': a file needs a name"
        case .folder(let path): "--record \(path): this is a folder. Name a file in it."
        case .link(let path): "--record \(path): this is a link, which is not followed. Name the file that it leads to."
        case .unwritable(let path, let fault): "\(path) cannot be written: \(String(cString: strerror(fault)))"
        }
    }
}

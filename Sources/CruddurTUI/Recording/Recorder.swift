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
            do {
                // A line that a full disk has cut ends here.
                let start = shown == nil ? "\n" : ""
                try file.write(contentsOf: Data(start.utf8) + encoder.encode(frame) + Data("\n".utf8))
                shown = canvas
            } catch {
                // All of it again, once there is room.
                shown = nil
                failed.withLock { $0 = true }
            }
        }
    }

    /// Whether something is missing in it.
    var hasFailed: Bool { failed.withLock(\.self) }
}

/// Why nothing is recorded.
enum RecordingError: Error, Equatable, CustomStringConvertible {
    /// No terminal has shown anything.
    case nothingShown
    /// With an `errno`.
    case unwritable(String, Int32)

    var description: String {
        switch self {
        case .nothingShown: "nothing was recorded: no terminal has shown anything"
        case .unwritable(let path, let fault): "\(path) cannot be written: \(String(cString: strerror(fault)))"
        }
    }
}

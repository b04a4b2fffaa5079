import Glibc
import Synchronization

/// Takes lines for as long as it can, and never stops a program: a line that cannot be written is
/// counted, and the next one that can be is written after a notice of how many are missing.
package final class LogSink: Sendable {
    /// Lines that could not be written.
    package struct Lost: Equatable, Sendable {
        package let lines: Int
        package let reason: String
    }

    private struct State {
        var lost = 0
        var fault: Int32 = 0
        /// Half a line was written.
        var isCut = false

        /// - Parameter noticed: bytes of the notice before the line.
        mutating func note(_ written: Descriptor.Written, of bytes: [UInt8], noticed: Int) {
            if written.count > 0 { isCut = written.fault != nil && bytes[written.count - 1] != UInt8(ascii: "\n") }
            if written.count >= noticed { lost = 0 }
            guard let fault = written.fault else { return }
            lost += 1
            self.fault = fault
        }
    }

    private let descriptor: Int32
    private let isOwner: Bool
    private let state = Mutex(State())

    package init(descriptor: Int32) {
        signal(SIGPIPE, SIG_IGN)
        self.descriptor = descriptor
        isOwner = false
    }

    /// A file that begins anew, for its owner only; `nil` if it cannot be written.
    package init?(path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        isOwner = true
        guard descriptor >= 0 else { return nil }
        fchmod(descriptor, 0o600)
    }

    deinit {
        if isOwner, descriptor >= 0 { close(descriptor) }
    }

    /// - Parameters:
    ///   - text: a line with its end, or a part of one.
    ///   - notice: a line, with its end, about those that are missing.
    package func write(_ text: PrintableText, notice: (Lost) -> PrintableText) {
        state.withLock { state in
            let lost = Lost(lines: state.lost, reason: Descriptor.reason(state.fault))
            let before = (state.isCut ? "\n" : "") + (state.lost > 0 ? notice(lost) : "")
            let bytes = Array((before + text).text.utf8)
            let written = Descriptor.write(bytes, to: descriptor)
            state.note(written, of: bytes, noticed: before.text.utf8.count)
        }
    }
}

/// A line of a log: a JSON object in ASCII.
package enum LogLine {
    package static func json(_ fields: [String: String]) -> PrintableText {
        let pairs = fields.sorted { $0.key < $1.key }.map { key, value -> PrintableText in
            "\(PrintableText(quoting: key)):\(PrintableText(quoting: value))"
        }
        return "{\(pairs.joined(separator: ","))}\n"
    }

    /// That lines are missing.
    package static func json(_ lost: LogSink.Lost) -> PrintableText {
        json([
            "level": "warning", "message": "log lines could not be written", "lines": "\(lost.lines)",
            "reason": lost.reason,
        ])
    }
}

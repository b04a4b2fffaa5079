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

        /// - Parameter noticed: bytes of the notice before the lines.
        mutating func note(_ written: Descriptor.Written, of bytes: [UInt8], noticed: Int) {
            if written.count > 0 { isCut = written.fault != nil && bytes[written.count - 1] != UInt8(ascii: "\n") }
            if written.count >= noticed { lost = 0 }
            guard let fault = written.fault else { return }
            let ends = bytes[max(written.count, noticed)...].count { $0 == UInt8(ascii: "\n") }
            lost += max(1, ends)
            self.fault = fault
        }
    }

    /// Where lines go.
    private enum Target {
        case descriptor(Int32)
        case file(LogFile)

        mutating func descriptor(for bytes: Int) -> Int32 {
            switch self {
            case .descriptor(let descriptor): return descriptor
            case .file(var file):
                let descriptor = file.descriptor(for: bytes)
                self = .file(file)
                return descriptor
            }
        }
    }

    private let state: Mutex<(target: Target, progress: State)>

    package init(descriptor: Int32) {
        signal(SIGPIPE, SIG_IGN)
        state = Mutex((.descriptor(descriptor), State()))
    }

    package init(_ file: LogFile) {
        // A bound on the size of files is a fault of the write that meets it, as a full disk is.
        signal(SIGXFSZ, SIG_IGN)
        state = Mutex((.file(file), State()))
    }

    deinit {
        state.withLock { if case .file(var file) = $0.target { file.close() } }
    }

    /// What must stand before the next line.
    private static func before(_ progress: State, _ notice: (Lost) -> PrintableText) -> PrintableText {
        let cut: PrintableText = progress.isCut ? "\n" : ""
        guard progress.lost > 0 else { return cut }
        return cut + notice(Lost(lines: progress.lost, reason: Descriptor.reason(progress.fault)))
    }

    /// - Parameters:
    ///   - text: lines with their ends, or a part of one; nothing is written for none.
    ///   - notice: a line, with its end, about those that are missing.
    package func write(_ text: PrintableText, notice: (Lost) -> PrintableText) {
        guard !text.text.isEmpty else { return }
        state.withLock { state in
            let before = Self.before(state.progress, notice)
            let bytes = Array((before + text).text.utf8)
            let descriptor = state.target.descriptor(for: bytes.count)
            let written =
                descriptor < 0 && errno != 0
                ? Descriptor.Written(count: 0, fault: errno) : Descriptor.write(bytes, to: descriptor)
            state.progress.note(written, of: bytes, noticed: before.text.utf8.count)
        }
    }
}

extension LogSink {
    /// Lines that did not come as far as this.
    package func miss(_ lines: Int, because fault: Int32) {
        state.withLock { state in
            state.progress.lost += lines
            state.progress.fault = fault
        }
    }
}

/// A line of a log: a JSON object in ASCII.
package enum LogLine {
    package static func json(_ fields: [String: String]) -> PrintableText {
        json(fields.map { (name: $0.key, value: $0.value) })
    }

    /// - Parameter fields: each name once.
    package static func json(_ fields: [(name: String, value: String)]) -> PrintableText {
        PrintableText(object: fields.sorted { $0.name < $1.name }) + "\n"
    }

    /// That lines are missing.
    package static func json(_ lost: LogSink.Lost) -> PrintableText {
        json([
            "level": "warning", "message": "log lines could not be written", "lines": "\(lost.lines)",
            "reason": lost.reason,
        ])
    }
}

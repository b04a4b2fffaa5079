import Foundation

/// What commands print. Only text that has passed a door: see `PrintableText`.
package enum Output {
    private static let errors = LogSink(descriptor: STDERR_FILENO)
    private static let log = LogQueue(errors)
    /// Seconds that lines of the log have before something else is said, or the program ends.
    private static let patience = 1.0

    /// A line on standard output.
    ///
    /// - Throws: `OutputFault`.
    package static func line(_ text: PrintableText) throws { try write("\(text)\n") }

    /// On standard output.
    ///
    /// - Throws: `OutputFault`.
    package static func write(_ text: PrintableText) throws { try StandardOutput.shared.write(text) }

    /// Writes what waits: for whoever reads this through a pipe and wants it now.
    ///
    /// - Throws: `OutputFault`.
    package static func flush() throws { try StandardOutput.shared.flush() }

    /// A JSON document: texts exactly as they are, escaped to ASCII so that no terminal can be harmed.
    ///
    /// - Throws: `OutputFault`; `EncodingError`.
    package static func json(_ value: some Encodable) throws { try write(document(value)) }

    /// What `json` prints, for a file.
    ///
    /// - Throws: `EncodingError`.
    package static func document(_ value: some Encodable) throws -> PrintableText {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return PrintableText(json: String(decoding: try encoder.encode(value), as: UTF8.self)) + "\n"
    }

    /// A JSON object on a line of its own, for programs that read line by line.
    ///
    /// - Throws: `OutputFault`; `EncodingError`.
    package static func jsonLine(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try line(PrintableText(json: String(decoding: try encoder.encode(value), as: UTF8.self)))
    }

    /// Whether a person reads it, and no program.
    package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// What is wrong, or how far it is, for people: on standard error, after what was printed before.
    /// If that cannot be written, the program goes on.
    package static func complain(_ text: PrintableText, terminator: PrintableText = "\n") {
        // A fault of standard output is not lost: whatever is written next throws it, or the end does.
        try? flush()
        log.flush(within: patience)
        errors.write(text + terminator) { "(\($0.lines) lines could not be written here: \($0.reason))\n" }
    }

    /// A line of a log on standard error; nobody waits until it is written.
    ///
    /// - Parameter notice: a line about those that could not be written.
    package static func log(_ line: PrintableText, notice: @escaping @Sendable (LogSink.Lost) -> PrintableText) {
        log.write(line, notice: notice)
    }

    /// Lines of the log that wait are written, if that can be done in a moment.
    package static func flushLog() { log.flush(within: patience) }
}

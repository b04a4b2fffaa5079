/// Text that may go to a terminal, a log or an error stream: the program's own words, and what
/// others wrote after it has been made safe.
///
/// There is no way to make one of a `String` without passing a door. A literal is ours and stays as
/// it is; whatever is interpolated is taken for remote text and is sanitised by `Lines`, on one line:
///
///     let text: PrintableText = "@\(handle): \(message)"
///
/// - `"\(lines: text)"` keeps the lines of what is interpolated.
/// - `PrintableText(quoting: text)` is a JSON string: exact, and in ASCII.
package struct PrintableText: Equatable, Sendable {
    package let text: String

    private init(passed text: String) { self.text = text }

    /// Remote text on one line: breaks are shown as spaces.
    package init(line remote: String) {
        self.init(passed: Self.isPlain(remote) ? remote : Lines.single(remote).map(\.text).joined())
    }

    /// Remote text whose lines stay.
    package init(lines remote: String) {
        self = Self.lines(of: remote).joined(separator: "\n")
    }

    /// Remote text, line by line; at least one.
    package static func lines(of remote: String) -> [PrintableText] {
        if isPlain(remote) { return [PrintableText(passed: remote)] }
        return Lines.split(remote).map { PrintableText(passed: $0.map(\.text).joined()) }
    }

    /// A text as a JSON string, exactly as it is.
    package init(quoting exact: String) { self.init(passed: JSONText.quoted(exact)) }

    /// Texts by name, as a JSON object.
    package init(object members: [(name: String, value: String)]) { self.init(passed: JSONText.object(members)) }

    /// A JSON document, made ASCII: escapes stand for whatever else is in its strings.
    package init(json document: String) { self.init(passed: JSONText.ascii(document)) }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
}

extension PrintableText: ExpressibleByStringInterpolation {
    /// A `StaticString` cannot be made while the program runs: what stands here was written by us.
    package init(stringLiteral literal: StaticString) { self.init(passed: literal.description) }

    package init(stringInterpolation parts: StringInterpolation) { self.init(passed: parts.text) }

    package struct StringInterpolation: StringInterpolationProtocol {
        package typealias StringLiteralType = StaticString

        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: StaticString) { text += literal.description }

        package mutating func appendInterpolation(_ passed: PrintableText) { text += passed.text }

        package mutating func appendInterpolation(_ remote: some Any) {
            text += PrintableText(line: "\(remote)").text
        }

        package mutating func appendInterpolation(lines remote: String) { text += PrintableText(lines: remote).text }
    }
}

extension PrintableText: CustomStringConvertible {
    package var description: String { text }

    package static func + (left: PrintableText, right: PrintableText) -> PrintableText {
        PrintableText(passed: left.text + right.text)
    }

    /// Cells that it takes on a line.
    package var width: Int { Lines.width(Lines.single(text)) }

    /// With spaces after it, one at least, so that it takes `width` cells.
    package func padded(to width: Int) -> PrintableText {
        PrintableText(passed: text + String(repeating: " ", count: max(1, width - self.width)))
    }

    /// For a format with markup of its own. Scalar by scalar: a mark that follows `<` does not hide it.
    package func escaping(_ replacement: (Unicode.Scalar) -> PrintableText?) -> PrintableText {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let replacement = replacement(scalar) {
                escaped.append(contentsOf: replacement.text.unicodeScalars)
            } else {
                escaped.append(scalar)
            }
        }
        return PrintableText(passed: String(escaped))
    }
}

extension Sequence<PrintableText> {
    package func joined(separator: PrintableText = "") -> PrintableText {
        let parts = Array(self)
        guard let first = parts.first else { return "" }
        return parts.dropFirst().reduce(into: PrintableText.Joining(first)) { $0.append(separator, $1) }.whole
    }
}

extension PrintableText {
    /// Adds up in one string, not in a new one for each part.
    fileprivate struct Joining {
        private var text: String

        init(_ first: PrintableText) { text = first.text }

        mutating func append(_ separator: PrintableText, _ part: PrintableText) {
            text += separator.text
            text += part.text
        }

        var whole: PrintableText { PrintableText(passed: text) }
    }
}

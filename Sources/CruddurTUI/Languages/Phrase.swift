import TerminalText

/// A text of the interface, in the language that it speaks:
///
///     tr("Too long by \(n): a message has at most \(most) characters.")
///
/// is looked up as `Too long by %1: a message has at most %2 characters.` What is put in stays exactly as it is, and is
/// made safe for the terminal where all that is drawn is.
///
/// Tests hold every literal that is given to `tr` to the languages that are always there.
func tr(_ phrase: Phrase) -> String { phrase.text }

/// The same of a text that stands in a table, in English.
func tr(key: String) -> String { Language.current?.text(key) ?? key }

/// What `tr` takes: it is already in the language of where it was written, so it is not kept.
struct Phrase: ExpressibleByStringInterpolation {
    fileprivate let text: String

    init(stringLiteral text: String) { self.text = tr(key: text) }

    init(stringInterpolation parts: StringInterpolation) { text = parts.text }

    struct StringInterpolation: StringInterpolationProtocol {
        private let language = Language.current
        /// In English the text itself: no frame pays for a key that nobody looks up.
        private var key = ""
        private var arguments: [String] = []

        init(literalCapacity: Int, interpolationCount: Int) {
            key.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        fileprivate var text: String { language?.text(key, arguments) ?? key }

        mutating func appendLiteral(_ literal: String) { key += literal }

        mutating func appendInterpolation(_ text: String) {
            guard language != nil else { return key += text }
            arguments.append(text)
            key += "%\(arguments.count)"
        }

        mutating func appendInterpolation(_ text: Substring) { appendInterpolation(String(text)) }
        mutating func appendInterpolation(_ number: Int) { appendInterpolation(String(number)) }
        mutating func appendInterpolation(_ value: some Any) { appendInterpolation("\(value)") }
    }
}

/// The same for what is printed in lines: what is put in passes the door to the terminal, and so does a language's text.
func printed(_ phrase: PrintablePhrase) -> PrintableText { phrase.text }

/// What `printed` takes.
struct PrintablePhrase: ExpressibleByStringInterpolation {
    fileprivate let text: PrintableText

    init(stringLiteral text: String) { self.text = PrintableText(line: tr(key: text)) }

    init(stringInterpolation parts: StringInterpolation) { text = parts.text }

    struct StringInterpolation: StringInterpolationProtocol {
        private var key = ""
        private var arguments: [PrintableText] = []

        init(literalCapacity: Int, interpolationCount: Int) {}

        fileprivate var text: PrintableText {
            Language.pieces(of: tr(key: key)).map { piece in
                switch piece {
                case .text(let text): PrintableText(line: String(text))
                case .place(let place): arguments.indices.contains(place) ? arguments[place] : ""
                }
            }.joined()
        }

        mutating func appendLiteral(_ literal: String) { key += literal }

        mutating func appendInterpolation(_ value: some Any) {
            arguments.append("\(value)")
            key += "%\(arguments.count)"
        }
    }
}

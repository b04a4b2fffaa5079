/// JSON that says where each name stands, and where it is not JSON. Source: RFC 8259.
package struct PositionedJSON {
    package enum Value: Sendable {
        case text(String)
        /// As it is written.
        case number(String)
        case boolean(Bool)
        case null
        /// What stands in it does not matter: no setting is a list.
        case list
        case object([Member])
    }

    package struct Member: Sendable {
        package let name: String
        /// From 1 on.
        package let line: Int
        package let value: Value
    }

    package struct Fault: Error {
        /// From 1 on; columns are Unicode code points.
        package let line: Int
        package let column: Int
        package let reason: String
    }

    private static let deepest = 32

    private let scalars: [Unicode.Scalar]
    private var position = 0
    /// The line of the name that was read last, and where that began: what is before it is not counted again.
    private var counted = (position: 0, line: 1)

    /// The value that `text` is.
    package static func read(_ text: String) throws(Fault) -> Value {
        var reader = PositionedJSON(scalars: Array(text.unicodeScalars))
        if reader.next == "\u{FEFF}" { reader.position += 1 }
        let value = try reader.value(depth: 0)
        guard reader.nextAfterSpace == nil else { throw reader.fault("there is something behind the end") }
        return value
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private var nextAfterSpace: Unicode.Scalar? {
        mutating get {
            while let next, " \t\r\n".unicodeScalars.contains(next) { position += 1 }
            return next
        }
    }

    private var line: Int {
        guard position >= counted.position else { return 1 + scalars[..<position].count { $0 == "\n" } }
        return counted.line + scalars[counted.position..<position].count { $0 == "\n" }
    }

    private func fault(_ reason: String) -> Fault {
        let begin = scalars[..<position].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        return Fault(line: line, column: position - begin + 1, reason: reason)
    }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard nextAfterSpace == scalar else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> Value {
        guard depth < Self.deepest else { throw fault("it is nested too deeply") }
        switch nextAfterSpace {
        case "{": return .object(try members(depth: depth + 1))
        case "[":
            try list(depth: depth + 1)
            return .list
        case "\"": return .text(try text())
        case .some("-"), .some("0"..."9"): return .number(try number())
        case nil: throw fault("a value is missing at the end")
        default: return try word()
        }
    }

    private mutating func members(depth: Int) throws(Fault) -> [Member] {
        position += 1
        var members: [Member] = []
        if skip("}") { return members }
        repeat {
            guard nextAfterSpace == "\"" else { throw fault("a name in \"...\" should stand here") }
            let line = line
            counted = (position, line)
            let name = try text()
            guard skip(":") else { throw fault("a : is missing behind \"\(name)\"") }
            members.append(Member(name: name, line: line, value: try value(depth: depth)))
        } while skip(",")
        guard skip("}") else { throw fault("a , or } is missing") }
        return members
    }

    private mutating func list(depth: Int) throws(Fault) {
        position += 1
        if skip("]") { return }
        repeat { _ = try value(depth: depth) } while skip(",")
        guard skip("]") else { throw fault("a , or ] is missing") }
    }

    private mutating func word() throws(Fault) -> Value {
        for (word, value) in [("true", Value.boolean(true)), ("false", .boolean(false)), ("null", .null)]
        where scalars[position...].starts(with: word.unicodeScalars) {
            position += word.unicodeScalars.count
            return value
        }
        throw fault("a value should stand here: \"text\", a number, true, false, null or { ... }")
    }

    private mutating func number() throws(Fault) -> String {
        let begin = position
        while let next, "+-.eE0123456789".unicodeScalars.contains(next) { position += 1 }
        let written = String(String.UnicodeScalarView(scalars[begin..<position]))
        guard written.wholeMatch(of: #/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/#) != nil else {
            position = begin
            throw fault("this is not a number as JSON writes it")
        }
        return written
    }

    private mutating func text() throws(Fault) -> String {
        let begin = position
        position += 1
        var text = EscapedText()
        while let scalar = next {
            if scalar == "\"" {
                position += 1
                return text.ended()
            }
            guard scalar.value >= 0x20 else { throw fault("a line, or a text, ends without \"") }
            if scalar == "\\" {
                text.append(try escape())
            } else {
                text.append(scalar)
                position += 1
            }
        }
        position = begin
        throw fault("this text does not end: a \" is missing")
    }

    private static let escapes: [Unicode.Scalar: UInt16] = [
        "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
    ]

    private mutating func escape() throws(Fault) -> UInt16 {
        let behind = position + 1 < scalars.count ? scalars[position + 1] : "\""
        if let unit = Self.escapes[behind] {
            position += 2
            return unit
        }
        let digits = scalars[min(position + 2, scalars.count)...].prefix(4)
        guard behind == "u", digits.count == 4, digits.allSatisfy({ $0.properties.isASCIIHexDigit }),
            let unit = UInt16(String(String.UnicodeScalarView(digits)), radix: 16)
        else { throw fault("there is no such escape; a \\ itself is written \\\\") }
        position += 6
        return unit
    }
}

/// A text as JSON writes it: with units of UTF-16 among its characters, of which two may be one. What is half of one, and
/// stands alone, is U+FFFD.
private struct EscapedText {
    private var scalars = String.UnicodeScalarView()
    private var lead: UInt16?

    mutating func append(_ scalar: Unicode.Scalar) {
        if lead != nil { scalars.append("\u{FFFD}") }
        lead = nil
        scalars.append(scalar)
    }

    mutating func append(_ unit: UInt16) {
        if let lead, UTF16.isTrailSurrogate(unit) {
            self.lead = nil
            scalars.append(UTF16.decode(UTF16.EncodedScalar([lead, unit])))
        } else if UTF16.isLeadSurrogate(unit) {
            if lead != nil { scalars.append("\u{FFFD}") }
            lead = unit
        } else {
            append(Unicode.Scalar(unit) ?? "\u{FFFD}")
        }
    }

    mutating func ended() -> String {
        if lead != nil { scalars.append("\u{FFFD}") }
        lead = nil
        return String(scalars)
    }
}

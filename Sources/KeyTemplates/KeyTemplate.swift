/// How a key is made: `MSG#{message_group_uuid}`. A name in braces stands for what is there, at least one byte; the
/// rest stands for itself.
public struct KeyTemplate: Hashable, Sendable, CustomStringConvertible {
    private enum Part: Hashable {
        case text([UInt8])
        case name(String)
    }

    public let description: String
    private let parts: [Part]

    /// - Throws: `TemplateFault` for what could be read in two ways.
    public init(_ text: String) throws(TemplateFault) {
        description = text
        parts = try Self.parts(text)
    }

    private static func parts(_ text: String) throws(TemplateFault) -> [Part] {
        guard !text.isEmpty else { throw TemplateFault("a key is never empty") }
        var parts: [Part] = []
        var names: Set<String> = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let literal = rest.prefix { $0 != "{" && $0 != "}" }
            rest = rest[literal.endIndex...]
            if !literal.isEmpty { parts.append(.text(Array(literal.utf8))) }
            guard let brace = rest.first else { break }
            guard brace == "{", let end = rest.firstIndex(of: "}") else {
                throw TemplateFault("\(text): a brace has no other half")
            }
            let name = String(rest[rest.index(after: rest.startIndex)..<end])
            guard !name.isEmpty, !name.contains("{") else {
                throw TemplateFault("\(text): a name is missing in braces")
            }
            guard names.insert(name).inserted else { throw TemplateFault("\(text): {\(name)} stands there twice") }
            if case .name = parts.last { throw TemplateFault("\(text): between two names there must be some text") }
            parts.append(.name(name))
            rest = rest[rest.index(after: end)...]
        }
        return parts
    }

    /// What the names stand for in `key`; `nil`: it is not made so. A name ends where the text behind it begins for the
    /// first time; before the text at the end, where that begins for the last time.
    public func values(in key: String) -> [String: String]? {
        var values: [String: String] = [:]
        var rest = Array(key.utf8)[...]
        var open: String?
        for (position, part) in parts.enumerated() {
            switch part {
            case .name(let name): open = name
            case .text(let text):
                guard let name = open else {
                    guard rest.starts(with: text) else { return nil }
                    rest = rest.dropFirst(text.count)
                    continue
                }
                let isLast = position == parts.count - 1
                guard let start = isLast ? Self.suffix(text, of: rest) : Self.first(text, in: rest.dropFirst()),
                    start > rest.startIndex
                else { return nil }
                values[name] = String(decoding: rest[..<start], as: UTF8.self)
                rest = rest[(start + text.count)...]
                open = nil
            }
        }
        guard let name = open else { return rest.isEmpty ? values : nil }
        guard !rest.isEmpty else { return nil }
        values[name] = String(decoding: rest, as: UTF8.self)
        return values
    }

    /// Whether keys that are made so may begin with `prefix`.
    func mayBegin(with prefix: String) -> Bool {
        guard case .text(let text) = parts.first else { return true }
        let prefix = Array(prefix.utf8)
        return text.starts(with: prefix) || prefix.starts(with: text)
    }

    private static func suffix(_ text: [UInt8], of rest: ArraySlice<UInt8>) -> Int? {
        rest.suffix(text.count).elementsEqual(text) ? rest.endIndex - text.count : nil
    }

    private static func first(_ text: [UInt8], in rest: ArraySlice<UInt8>) -> Int? {
        guard rest.count >= text.count else { return nil }
        return (rest.startIndex...rest.endIndex - text.count).first { rest[$0...].starts(with: text) }
    }
}

/// Why templates cannot be used, in words.
public struct TemplateFault: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

import Foundation

extension PositionedJSON.Value {
    /// As JSON, four spaces a level, as the example file is.
    func written(depth: Int = 0) -> String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let text): text
        case .boolean(let value): "\(value)"
        case .null: "null"
        case .list: "[]"
        case .object(let members) where members.isEmpty: "{}"
        case .object(let members):
            "{\n"
                + members.map { member in
                    Self.indent(depth + 1) + Self.quoted(member.name) + ": " + member.value.written(depth: depth + 1)
                }.joined(separator: ",\n") + "\n" + Self.indent(depth) + "}"
        }
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "    ", count: depth) }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A text can always be encoded.
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

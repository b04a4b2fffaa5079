import Foundation

/// The JSON file of settings, checked against the settings that there are.
struct ConfigurationFile {
    let path: String
    /// Setting name to value, as text: `cognito.region` to `us-east-1`.
    private(set) var values: [String: String] = [:]
    private var lines: [String: Int] = [:]

    /// No file: no values.
    init(missing path: String) {
        self.path = path
    }

    /// - Throws: `ConfigurationError`.
    init(path: String, content: Data) throws(ConfigurationError) {
        self.path = path
        guard let text = String(data: content, encoding: .utf8) else {
            throw .notJSON(path: path, reason: "it is not UTF-8")
        }
        let root: PositionedJSON.Value
        do {
            root = try PositionedJSON.read(text)
        } catch {
            throw .notJSON(path: path, reason: "line \(error.line), column \(error.column): \(error.reason)")
        }
        guard case .object(let members) = root else {
            throw .notJSON(path: path, reason: "it must be one object, { ... }")
        }
        try read(members, under: [])
    }

    func place(of name: String) -> String {
        lines[name].map { "\(path), line \($0)" } ?? path
    }

    private mutating func read(
        _ members: [PositionedJSON.Member], under parent: [String]
    ) throws(ConfigurationError) {
        var seen: [String: Int] = [:]
        for member in members {
            let name = (parent + [member.name]).joined(separator: ".")
            if let first = seen[member.name] {
                throw .duplicate(path: path, line: member.line, key: name, first: first)
            }
            seen[member.name] = member.line
            try read(member, name, under: parent)
        }
    }

    private mutating func read(
        _ member: PositionedJSON.Member, _ name: String, under parent: [String]
    ) throws(ConfigurationError) {
        let key = parent + [member.name]
        if let setting = Settings.all.first(where: { $0.key == key }) {
            return try take(member, setting)
        }
        // A group of settings; one that is null holds none.
        guard let inside = Settings.all.first(where: { $0.key.starts(with: key) }) else {
            throw .unknownKey(path: path, line: member.line, key: name, known: Self.suggestion(parent))
        }
        switch member.value {
        case .null: return
        case .object(let members): try read(members, under: key)
        default:
            throw .wrongType(
                path: path, line: member.line, key: name, example: "\"\(member.name)\": { \(inside.jsonExample) }")
        }
    }

    private mutating func take(
        _ member: PositionedJSON.Member, _ setting: any SettingDeclaration
    ) throws(ConfigurationError) {
        switch (member.value, setting.json) {
        case (.null, _): return
        case (.text(let text), .text), (.number(let text), .number): values[setting.name] = text
        case (.boolean(let value), .boolean): values[setting.name] = "\(value)"
        default:
            throw .wrongType(path: path, line: member.line, key: setting.name, example: setting.jsonExample)
        }
        lines[setting.name] = member.line
    }

    private static func suggestion(_ parent: [String]) -> String {
        let siblings = Settings.all.filter { $0.key.starts(with: parent) }.map { $0.key[parent.count] }
        let unique = siblings.enumerated().filter { siblings.firstIndex(of: $1) == $0 }.map(\.element)
        let place = parent.isEmpty ? "The settings are" : "In \(parent.joined(separator: ".")) there are"
        return "\(place): \(unique.joined(separator: ", "))."
    }
}

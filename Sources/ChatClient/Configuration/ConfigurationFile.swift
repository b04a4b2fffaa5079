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
    init(path: String, content: Data) throws {
        self.path = path
        let root: Any
        do {
            root = try JSONSerialization.jsonObject(with: content)
        } catch {
            let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
            throw ConfigurationError.notJSON(path: path, reason: reason ?? "it cannot be parsed")
        }
        guard let object = root as? [String: Any] else {
            throw ConfigurationError.notJSON(path: path, reason: "it must be one object, { ... }")
        }
        try read(object, under: [], text: String(decoding: content, as: UTF8.self))
    }

    func place(of name: String) -> String {
        lines[name].map { "\(path), line \($0)" } ?? path
    }

    private mutating func read(_ object: [String: Any], under parent: [String], text: String) throws {
        for (key, value) in object.sorted(by: { $0.key < $1.key }) {
            let full = parent + [key]
            let name = full.joined(separator: ".")
            let line = Self.line(of: full, in: text)
            if let section = value as? [String: Any],
                Setting.all.contains(where: { $0.key.starts(with: full) && $0.key != full })
            {
                try read(section, under: full, text: text)
                continue
            }
            guard let setting = Setting.all.first(where: { $0.key == full }) else {
                throw ConfigurationError.unknownKey(path: path, line: line, key: name, known: Self.suggestion(parent))
            }
            if value is NSNull { continue }
            guard let written = Self.text(of: value, for: setting.kind) else {
                throw ConfigurationError.wrongType(path: path, line: line, key: name, example: setting.jsonExample)
            }
            values[name] = written
            lines[name] = line
        }
    }

    /// The value as text, if its JSON type fits.
    private static func text(of value: Any, for kind: Setting.Kind) -> String? {
        switch kind {
        case .text, .url, .path:
            return value as? String
        case .seconds:
            guard let number = value as? NSNumber, !isBoolean(number) else { return nil }
            return "\(number)"
        case .yesOrNo:
            guard let number = value as? NSNumber, isBoolean(number) else { return nil }
            return number.boolValue ? "true" : "false"
        }
    }

    private static func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }

    private static func suggestion(_ parent: [String]) -> String {
        let siblings = Setting.all.filter { $0.key.starts(with: parent) }.map { $0.key[parent.count] }
        let unique = siblings.enumerated().filter { siblings.firstIndex(of: $1) == $0 }.map(\.element)
        let place = parent.isEmpty ? "The settings are" : "In \(parent.joined(separator: ".")) there are"
        return "\(place): \(unique.joined(separator: ", "))."
    }

    /// The line on which the key stands, looked for behind its parents.
    private static func line(of key: [String], in text: String) -> Int? {
        var rest = text[...]
        for part in key {
            guard let found = rest.range(of: "\"\(part)\"") else { return nil }
            rest = rest[found.upperBound...]
        }
        return text[..<rest.startIndex].count { $0.isNewline } + 1
    }
}

extension Setting {
    /// `"groups_seconds": 2`
    var jsonExample: String {
        switch kind {
        case .text, .url, .path: "\"\(key.last ?? "")\": \"\(example)\""
        case .seconds, .yesOrNo: "\"\(key.last ?? "")\": \(example)"
        }
    }
}

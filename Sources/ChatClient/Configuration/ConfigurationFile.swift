import Foundation

/// The JSON file of settings, checked against the settings that there are.
struct ConfigurationFile {
    static let profilesKey = "profiles"

    let path: String
    /// What the file says at its top: the defaults of every profile.
    private(set) var top = FileSection()
    /// In the order in which they stand there.
    private(set) var profiles: [FileSection] = []
    /// The whole of it, as it was read; `nil`: there is no file.
    let root: [PositionedJSON.Member]?
    /// Whoever can read it can do what its owner can.
    private(set) var holdsSecrets = false

    /// No file: no values.
    init(missing path: String) {
        self.path = path
        root = nil
    }

    /// - Throws: `ConfigurationError`.
    init(path: String, content: Data) throws(ConfigurationError) {
        self.path = path
        guard let text = String(data: content, encoding: .utf8) else {
            throw .notJSON(path: path, reason: "it is not UTF-8")
        }
        let value: PositionedJSON.Value
        do {
            value = try PositionedJSON.read(text)
        } catch {
            throw .notJSON(path: path, reason: "line \(error.line), column \(error.column): \(error.reason)")
        }
        guard case .object(let members) = value else {
            throw .notJSON(path: path, reason: "it must be one object, { ... }")
        }
        root = members
        try Self.eachOnce(members, [], path) { member throws(ConfigurationError) in
            if member.name == Self.profilesKey {
                try readProfiles(member)
            } else {
                try read(member, under: [], into: &top)
            }
        }
        let secrets = Settings.all.filter(\.isSecret).map(\.name)
        holdsSecrets = ([top] + profiles).contains { section in
            secrets.contains { !(section.values[$0] ?? "").isEmpty }
        }
    }

    /// `nil`: there is none of this name.
    func profile(_ name: String) -> FileSection? { profiles.first { $0.profile == name } }

    /// `config.json, line 3`
    func place(of name: String, in section: FileSection) -> String {
        section.line(of: name).map { "\(path), line \($0)" } ?? path
    }

    private mutating func readProfiles(_ member: PositionedJSON.Member) throws(ConfigurationError) {
        switch member.value {
        case .null: return
        case .object(let members):
            try Self.eachOnce(members, [Self.profilesKey], path) { profile throws(ConfigurationError) in
                profiles.append(try read(profile: profile))
            }
        default: throw Self.noGroup(path, member, Self.profilesKey, Settings.backendURL.jsonExample, nesting: "local")
        }
    }

    private func read(profile: PositionedJSON.Member) throws(ConfigurationError) -> FileSection {
        if let complaint = Settings.profile.complaint(about: profile.name) {
            throw .wrongValue(
                origin: "\(path), line \(profile.line)", key: Self.profilesKey,
                value: profile.name, complaint: complaint, example: Settings.profile.example)
        }
        var section = FileSection(profile: profile.name)
        let name = "\(Self.profilesKey).\(profile.name)"
        switch profile.value {
        case .null: break
        case .object(let members):
            try Self.eachOnce(members, [Self.profilesKey, profile.name], path) { member throws(ConfigurationError) in
                try read(member, under: [], into: &section)
            }
        default: throw Self.noGroup(path, profile, name, Settings.backendURL.jsonExample)
        }
        return section
    }

    /// - Parameter parent: for errors; without the member's own name.
    private static func eachOnce(
        _ members: [PositionedJSON.Member], _ parent: [String], _ path: String,
        _ body: (PositionedJSON.Member) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        var seen: [String: Int] = [:]
        for member in members {
            if let first = seen[member.name] {
                let name = (parent + [member.name]).joined(separator: ".")
                throw .duplicate(path: path, line: member.line, key: name, first: first)
            }
            seen[member.name] = member.line
            try body(member)
        }
    }

    private func read(
        _ member: PositionedJSON.Member, under parent: [String], into section: inout FileSection
    ) throws(ConfigurationError) {
        let key = parent + [member.name]
        let settings = Self.settings(of: section)
        if let setting = settings.first(where: { $0.key == key }) { return try take(member, setting, &section) }
        // A group of settings; one that is null holds none.
        guard let inside = settings.first(where: { $0.key.starts(with: key) }) else {
            throw .unknownKey(
                path: path, line: member.line, key: Self.name(key, section), known: Self.suggestion(parent, section))
        }
        switch member.value {
        case .null: return
        case .object(let members):
            try Self.eachOnce(members, Self.place(key, section), path) { member throws(ConfigurationError) in
                try read(member, under: key, into: &section)
            }
        default: throw Self.noGroup(path, member, Self.name(key, section), inside.jsonExample)
        }
    }

    private func take(
        _ member: PositionedJSON.Member, _ setting: any SettingDeclaration, _ section: inout FileSection
    ) throws(ConfigurationError) {
        switch (member.value, setting.json) {
        case (.null, _): return
        case (.text(let text), .text), (.number(let text), .number):
            section.take(setting.name, text, line: member.line)
        case (.boolean(let value), .boolean): section.take(setting.name, "\(value)", line: member.line)
        default:
            throw .wrongType(
                path: path, line: member.line, key: Self.name(setting.key, section), example: setting.jsonExample)
        }
    }

    // MARK: For errors

    private static func settings(of section: FileSection) -> [any SettingDeclaration] {
        section.profile == nil ? Settings.all : Settings.ofProfiles
    }

    /// `profiles.local.cognito.region`
    private static func name(_ key: [String], _ section: FileSection) -> String {
        place(key, section).joined(separator: ".")
    }

    private static func place(_ key: [String], _ section: FileSection) -> [String] {
        (section.profile.map { [profilesKey, $0] } ?? []) + key
    }

    private static func noGroup(
        _ path: String, _ member: PositionedJSON.Member, _ key: String, _ inside: String, nesting: String? = nil
    ) -> ConfigurationError {
        let content = nesting.map { "\"\($0)\": { \(inside) }" } ?? inside
        return .wrongType(
            path: path, line: member.line, key: key, example: "\"\(member.name)\": { \(content) }")
    }

    private static func suggestion(_ parent: [String], _ section: FileSection) -> String {
        let siblings = settings(of: section).filter { $0.key.starts(with: parent) }.map { $0.key[parent.count] }
        var unique = siblings.enumerated().filter { siblings.firstIndex(of: $1) == $0 }.map(\.element)
        let name = name(parent, section)
        if name.isEmpty { unique.append(profilesKey) }
        let place = name.isEmpty ? "The settings are" : "In \(name) there are"
        return "\(place): \(unique.joined(separator: ", "))."
    }
}

import Foundation

/// The configuration file as it is about to be written: made anew, or with one more profile in it. What else is in it
/// stays, in its order.
public struct ConfigurationDraft: Sendable {
    /// Where it is written; where its link leads, if it is one.
    public let path: String
    /// Those that are in it already.
    public let profiles: [String]
    /// What its top says; `nil`: it names no backend.
    public let topBackend: String?

    private let file: ConfigurationFile
    /// What was read; `nil`: there was no file.
    private let original: Data?
    private var members: [PositionedJSON.Member]

    /// - Parameter path: as for `ClientConfiguration.load`; here the file may be missing wherever it is.
    /// - Throws: `ConfigurationError`.
    public init(
        path: String? = nil, environment: [String: String] = ProcessVariables.all
    ) throws(ConfigurationError) {
        let folders = XDGFolders(environment)
        let location = Self.resolved(ConfigurationSource.location(path, environment, folders))
        self.path = location
        original = try Self.read(location)
        file =
            if let original { try ConfigurationFile(path: location, content: original) } else {
                ConfigurationFile(missing: location)
            }
        members = file.root ?? []
        profiles = file.profiles.compactMap(\.profile)
        topBackend = file.top.values[Settings.backendURL.name]
    }

    /// Whether there is one already.
    public var isThere: Bool { original != nil }

    /// What is wrong with `text` for this setting, to stand behind it; `nil` if nothing is.
    public static func complaint(about text: String, of name: String) -> String? {
        guard let setting = Settings.all.first(where: { $0.name == name }) else { return "is no setting" }
        return setting.complaint(about: text)
    }

    /// Puts settings, as text by name, at its top or in a profile, in the place of those of the same profile.
    ///
    /// - Throws: `ConfigurationError`.
    public mutating func put(_ settings: [String: String], in profile: String?) throws(ConfigurationError) {
        if let unknown = settings.keys.sorted().first(where: { !ClientConfiguration.settingNames.contains($0) }) {
            throw .unknownFlag(key: unknown, known: ClientConfiguration.settingNames)
        }
        for setting in Settings.all where settings[setting.name] != nil {
            guard setting.scope != .file || profile == nil else {
                throw .unknownFlag(key: setting.name, known: Settings.ofProfiles.map(\.name))
            }
            guard let text = settings[setting.name], let complaint = setting.complaint(about: text) else { continue }
            throw .wrongValue(
                origin: setting.flagName, key: setting.name, value: text, complaint: complaint,
                example: setting.example)
        }
        // In the order of their declaration, whoever has said them.
        let chosen = Settings.all.compactMap { setting in settings[setting.name].map { (setting, $0) } }
        guard let profile else {
            for (setting, text) in chosen { members.put(setting.jsonValue(text), at: setting.key[...]) }
            return
        }
        let content = chosen.reduce(into: [PositionedJSON.Member]()) { $0.put($1.0.jsonValue($1.1), at: $1.0.key[...]) }
        if profiles.isEmpty, topBackend == nil { members.put(.text(profile), at: Settings.profile.key[...]) }
        members.put(.object(content), at: [ConfigurationFile.profilesKey, profile])
    }

    /// The file's text.
    var content: Data { Data((PositionedJSON.Value.object(members).written() + "\n").utf8) }

    /// Whole or not at all, and readable by its owner only.
    ///
    /// - Throws: `ConfigurationError`, also if somebody else has changed it meanwhile.
    public func write() throws(ConfigurationError) {
        // Nothing is written that would be refused when it is read.
        _ = try ConfigurationFile(path: path, content: content)
        guard try Self.read(path) == original else {
            throw .unwritable(path: path, reason: "somebody else has changed it meanwhile")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try PrivateFile.write(content, to: path)
        } catch {
            let code = (error as? POSIXError)?.code.rawValue ?? Int32((error as? CocoaError)?.underlyingCode ?? 0)
            throw .unwritable(path: path, reason: code == 0 ? "it cannot be made" : String(cString: strerror(code)))
        }
    }

    /// A pipe or a device is nothing to put a profile into, and might never answer.
    private static func read(_ path: String) throws(ConfigurationError) -> Data? {
        var status = stat()
        if stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
            throw .unwritable(path: path, reason: "it is no file")
        }
        do {
            return try FileContent.read(path)
        } catch .missing {
            return nil
        } catch {
            throw .unreadable(path: path.isEmpty ? "''" : path, reason: error.reason)
        }
    }

    private static func resolved(_ path: String) -> String {
        guard !path.isEmpty, let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

extension CocoaError {
    fileprivate var underlyingCode: Int? { (userInfo[NSUnderlyingErrorKey] as? NSError)?.code }
}

extension SettingDeclaration {
    fileprivate func jsonValue(_ text: String) -> PositionedJSON.Value {
        switch json {
        case .text: .text(text)
        case .number: .number(text)
        case .boolean: .boolean(text == "true")
        }
    }
}

extension [PositionedJSON.Member] {
    /// In the place of what is there, or behind it all.
    fileprivate mutating func put(_ value: PositionedJSON.Value, at key: ArraySlice<String>) {
        guard let name = key.first else { return }
        let place = firstIndex { $0.name == name }
        var inside: [PositionedJSON.Member] = []
        if let place, case .object(let members) = self[place].value { inside = members }
        if key.count > 1 { inside.put(value, at: key.dropFirst()) }
        let member = PositionedJSON.Member(name: name, line: 0, value: key.count > 1 ? .object(inside) : value)
        if let place { self[place] = member } else { append(member) }
    }
}

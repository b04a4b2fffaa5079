import Configuration
import Foundation

/// Everything that the client is told from outside.
public struct ClientConfiguration: Sendable, Equatable {
    public struct Cognito: Sendable, Equatable {
        public let region: String
        public let userPoolID: String?
        public let clientID: String?
        /// Another place than AWS to ask.
        public let endpoint: BackendURL?
    }

    public struct Tokens: Sendable, Equatable {
        public let access: String
        public let identity: String?
        public let refresh: String?
    }

    /// Seconds between polls.
    public struct Polling: Sendable, Equatable {
        public let openConversation: Double
        public let groups: Double
        /// When nothing has happened for a while.
        public let idle: Double
    }

    /// The five routes, as templates below the backend's URL.
    public struct Paths: Sendable, Equatable {
        public let messageGroups: String
        /// With `{message_group_uuid}`.
        public let messages: String
        public let createMessage: String
        /// With `{handle}`.
        public let userShort: String
        public let healthCheck: String
    }

    public let backend: BackendURL
    public let cognito: Cognito
    public let tokens: Tokens
    /// Who you are, where the tokens do not say it.
    public let handle: String?
    /// Nothing is sent.
    public let isReadOnly: Bool
    public let polling: Polling
    /// Whether messages, drafts and the outbox are kept on disk.
    public let keepsHistory: Bool
    /// Where, if not in the data folder under a name of its own.
    public let historyPath: String?
    public let paths: Paths
}

extension ClientConfiguration {
    /// Reads the settings: `flags` over `environment` over the file.
    ///
    /// - Parameters:
    ///   - path: the file to read; `nil`: `$CRUDDUR_CONFIG`, else `cruddur/config.json` in
    ///     the XDG configuration folder, which may be missing.
    ///   - flags: setting names to values, as given on the command line.
    /// - Throws: `ConfigurationError`.
    public static func load(
        path: String? = nil, flags: [String: String] = [:],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> ClientConfiguration {
        let file = try readFile(path, environment)
        let layers = SettingLayers(flags: flags, environment: environment, file: file)
        if let unknown = flags.keys.sorted().first(where: { !settingNames.contains($0) }) {
            throw ConfigurationError.unknownFlag(key: unknown, known: settingNames)
        }
        let configuration = try ClientConfiguration(layers)
        guard try layers.text("allow_plain_http") != "true" else { return configuration }
        for (key, url) in [
            ("backend_url", configuration.backend), ("cognito.endpoint", configuration.cognito.endpoint),
        ] {
            if let url, url.isPlainAndRemote { throw ConfigurationError.plainHTTP(key: key, url: url.description) }
        }
        return configuration
    }

    /// Every setting, as `polling.groups_seconds`.
    public static var settingNames: [String] { Setting.all.map(\.name) }

    private static func readFile(
        _ path: String?, _ environment: [String: String]
    ) throws -> ConfigurationFile {
        let named = path ?? environment["CRUDDUR_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let location = named ?? XDGFolders(environment).configuration + "/config.json"
        if named == nil, !FileManager.default.fileExists(atPath: location) {
            return ConfigurationFile(missing: location)
        }
        let content: Data
        do {
            content = try Data(contentsOf: URL(fileURLWithPath: location))
        } catch {
            let exists = FileManager.default.fileExists(atPath: location)
            throw ConfigurationError.unreadable(
                path: location, reason: exists ? "you may not read it" : "there is no such file")
        }
        return try ConfigurationFile(path: location, content: content)
    }

    private init(_ layers: SettingLayers) throws {
        backend = try layers.url("backend_url")
        cognito = Cognito(
            region: try layers.required("cognito.region"), userPoolID: try layers.text("cognito.user_pool_id"),
            clientID: try layers.text("cognito.client_id"),
            endpoint: try layers.text("cognito.endpoint").flatMap(BackendURL.init))
        tokens = Tokens(
            access: try layers.required("tokens.access_token"), identity: try layers.text("tokens.id_token"),
            refresh: try layers.text("tokens.refresh_token"))
        handle = try layers.text("handle").map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 }
        isReadOnly = try layers.required("read_only") == "true"
        polling = Polling(
            openConversation: try layers.number("polling.open_conversation_seconds"),
            groups: try layers.number("polling.groups_seconds"), idle: try layers.number("polling.idle_seconds"))
        historyPath = try layers.text("history.path")
        keepsHistory = try layers.required("history.enabled") == "true"
        paths = Paths(
            messageGroups: try layers.required("paths.message_groups"),
            messages: try layers.required("paths.messages"),
            createMessage: try layers.required("paths.create_message"),
            userShort: try layers.required("paths.user_short"),
            healthCheck: try layers.required("paths.health_check"))
    }
}

/// The three layers and the defaults, asked by setting name.
private struct SettingLayers {
    private let flags: [String: String]
    private let environment: [String: String]
    private let file: ConfigurationFile
    private let reader: ConfigReader

    init(flags: [String: String], environment: [String: String], file: ConfigurationFile) {
        self.flags = flags
        self.environment = environment.filter { !$0.value.isEmpty }
        self.file = file
        let defaults = Setting.all.reduce(into: [:]) { $0[$1.name] = $1.standard }
        reader = ConfigReader(providers: [
            Self.provider("flags", flags),
            EnvironmentVariablesProvider(environmentVariables: self.environment)
                .prefixKeys(with: "cruddur"),
            Self.provider("file", file.values),
            Self.provider("defaults", defaults),
        ])
    }

    private static func provider(_ name: String, _ values: [String: String]) -> InMemoryProvider {
        InMemoryProvider(
            name: name,
            values: values.reduce(into: [:]) {
                let key = AbsoluteConfigKey($1.key.split(separator: ".").map(String.init))
                $0[key] = ConfigValue(.string($1.value), isSecret: false)
            })
    }

    /// - Throws: `ConfigurationError.wrongValue`.
    func text(_ name: String) throws -> String? {
        guard let setting = Setting.all.first(where: { $0.name == name }),
            let value = reader.string(forKey: ConfigKey(setting.key), isSecret: setting.isSecret), !value.isEmpty
        else { return nil }
        if let complaint = setting.complaint(about: value) {
            // A secret is never repeated.
            let shown = setting.isSecret ? complaint : "\"\(value)\" \(complaint)"
            throw ConfigurationError.wrongValue(
                origin: origin(of: setting), key: name, complaint: shown, example: setting.example)
        }
        return value
    }

    /// - Throws: `ConfigurationError.missing`, `.wrongValue`.
    func required(_ name: String) throws -> String {
        if let value = try text(name) { return value }
        let setting = Setting.all.first { $0.name == name }
        throw ConfigurationError.missing(
            key: name, environmentName: setting?.environmentName ?? "", path: file.path,
            example: setting?.jsonExample ?? "")
    }

    func number(_ name: String) throws -> Double {
        Double(try required(name)) ?? 0
    }

    func url(_ name: String) throws -> BackendURL {
        let written = try required(name)
        guard let url = BackendURL(written) else {
            throw ConfigurationError.wrongValue(
                origin: file.path, key: name, complaint: "\"\(written)\" is not a URL", example: "https://api.example")
        }
        return url
    }

    private func origin(of setting: Setting) -> String {
        if flags[setting.name] != nil { return "--" + setting.name.replacing("_", with: "-").replacing(".", with: "-") }
        if environment[setting.environmentName] != nil { return setting.environmentName }
        return file.place(of: setting.name)
    }
}

import Foundation
import HTTPExchange

/// Everything that the client is told from outside.
public struct ClientConfiguration: Sendable, Equatable {
    public struct Cognito: Sendable, Equatable {
        public let region: String
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

    /// The four routes, as templates below the backend's URL.
    public struct Paths: Sendable, Equatable {
        public let messageGroups: String
        /// With `{message_group_uuid}`.
        public let messages: String
        public let createMessage: String
        /// With `{handle}`.
        public let userShort: String
    }

    public let backend: BackendURL
    public let network: NetworkSettings
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
        let folders = XDGFolders(environment)
        let file = try readFile(path, environment, folders)
        let layers = SettingLayers(flags: flags, environment: environment, file: file)
        if let unknown = flags.keys.sorted().first(where: { !settingNames.contains($0) }) {
            throw ConfigurationError.unknownFlag(key: unknown, known: settingNames)
        }
        let configuration = try ClientConfiguration(layers, folders, environment)
        guard try !layers.required(Settings.allowsPlainHTTP) else { return configuration }
        for (key, url) in [
            (Settings.backendURL.name, configuration.backend),
            (Settings.cognitoEndpoint.name, configuration.cognito.endpoint),
        ] {
            if let url, url.isPlainAndRemote { throw ConfigurationError.plainHTTP(key: key, url: url.description) }
        }
        return configuration
    }

    /// Every setting, as `polling.groups_seconds`.
    public static var settingNames: [String] { Settings.all.map(\.name) }

    private static func readFile(
        _ path: String?, _ environment: [String: String], _ folders: XDGFolders
    ) throws(ConfigurationError) -> ConfigurationFile {
        let named = path ?? environment["CRUDDUR_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let location = named.map(folders.expanding) ?? folders.configuration + "/config.json"
        let content: Data
        do {
            content = try FileContent.read(location)
        } catch .missing where named == nil {
            return ConfigurationFile(missing: location)
        } catch {
            throw .unreadable(path: location.isEmpty ? "''" : location, reason: error.reason)
        }
        return try ConfigurationFile(path: location, content: content)
    }

    private init(
        _ layers: SettingLayers, _ folders: XDGFolders, _ environment: [String: String]
    ) throws(ConfigurationError) {
        backend = try layers.required(Settings.backendURL)
        network = try NetworkSettings(layers, folders, environment)
        cognito = try Cognito(layers)
        tokens = Tokens(
            access: try layers.required(Settings.accessToken), identity: try layers.value(Settings.idToken),
            refresh: try layers.value(Settings.refreshToken))
        handle = try layers.value(Settings.handle)
        isReadOnly = try layers.required(Settings.isReadOnly)
        polling = Polling(
            openConversation: try layers.required(Settings.openConversationPace),
            groups: try layers.required(Settings.groupsPace), idle: try layers.required(Settings.idlePace))
        historyPath = try layers.value(Settings.historyPath).map(folders.expanding)
        keepsHistory = try layers.required(Settings.keepsHistory)
        paths = Paths(
            messageGroups: try layers.required(Settings.messageGroupsRoute),
            messages: try layers.required(Settings.messagesRoute),
            createMessage: try layers.required(Settings.createMessageRoute),
            userShort: try layers.required(Settings.userShortRoute))
    }
}

extension ClientConfiguration.Cognito {
    /// Where pools are if nobody says.
    private static let standardRegion = "us-east-1"

    /// A pool's id says its region: nobody needs to say it twice, and nobody may say another.
    fileprivate init(_ layers: SettingLayers) throws(ConfigurationError) {
        let (region, pool) = (try layers.value(Settings.region), try layers.value(Settings.userPoolID))
        if let region, let pool, region != pool.region {
            throw .contradiction(
                "\(Settings.region.name) is \(region), and \(Settings.userPoolID.name) \(pool.description) is in "
                    + "\(pool.region). Leave out the region, or correct one of them.")
        }
        self.region = region ?? pool?.region ?? Self.standardRegion
        clientID = try layers.value(Settings.clientID)
        endpoint = try layers.value(Settings.cognitoEndpoint)
    }
}

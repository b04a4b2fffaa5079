import Foundation
import HTTPExchange

/// Everything that the client is told from outside.
public struct ClientConfiguration: Sendable, Equatable {
    public struct Cognito: Sendable, Equatable {
        public let region: String
        /// `nil` where nobody says which.
        public let userPoolID: String?
        public let clientID: String?
        /// Of an app client that has one.
        public let clientSecret: String?
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

    /// The profile in use; `nil`: what the top of the file says.
    public let profile: String?
    /// Real people are there: to be marked as such.
    public let isProduction: Bool
    public let backend: BackendURL
    public let network: NetworkSettings
    public let cognito: Cognito
    public let tokens: Tokens
    /// What `cruddur login` keeps for this backend and profile, be it there or not.
    public let signIn: KeptSignIn
    /// Who you are, where the tokens do not say it: who has signed in, else who is configured.
    public let handle: String?
    /// Nothing is sent.
    public let isReadOnly: Bool
    /// Whether the mouse does something in the chat; else it is the terminal's own.
    public let reportsMouse: Bool
    public let polling: Polling
    /// Whether messages, drafts and the outbox are kept on disk.
    public let keepsHistory: Bool
    /// Where, if not in the data folder under a name of its own.
    public let historyPath: String?
    public let log: LogSettings
    public let paths: Paths
}

extension ClientConfiguration {
    /// Reads the settings: `flags` over `environment` over the file's profile over its top.
    ///
    /// - Parameters:
    ///   - path: the file to read; `nil`: `$CRUDDUR_CONFIG`, else `cruddur/config.json` in
    ///     the XDG configuration folder, which may be missing.
    ///   - flags: setting names to values, as given on the command line.
    ///   - tokens: whether there has to be one; else an empty text stands for it.
    /// - Throws: `ConfigurationError`.
    public static func load(
        path: String? = nil, flags: [String: String] = [:],
        tokens: TokenNeed = .required, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> ClientConfiguration {
        let source = try ConfigurationSource(path: path, flags: flags, environment: environment)
        return try source.configuration(of: source.chosenProfile(), tokens: tokens)
    }

    /// Every setting, as `polling.groups_seconds`.
    public static var settingNames: [String] { Settings.all.map(\.name) }

    /// - Parameter tokens: whether there has to be one; else an empty text stands for it.
    init(
        _ layers: SettingLayers, _ folders: XDGFolders, tokens need: TokenNeed = .required
    ) throws(ConfigurationError) {
        profile = layers.profile?.profile
        isProduction = try layers.required(Settings.isProduction)
        backend = try layers.required(Settings.backendURL)
        network = try NetworkSettings(layers, folders)
        cognito = try Cognito(layers)
        let (access, refresh) = (try layers.value(Settings.accessToken), try layers.value(Settings.refreshToken))
        signIn = KeptSignIn(
            in: folders, profile: layers.profile?.profile, backend: backend, insteadOf: access, refresh)
        let kept = signIn.read()
        if let kept {
            tokens = kept.tokens
        } else {
            tokens = Tokens(
                access: need == .required ? try layers.required(Settings.accessToken) : access ?? "",
                identity: try layers.value(Settings.idToken), refresh: refresh)
        }
        // Who signed in is known better than who was expected to.
        let configured = try layers.value(Settings.handle)
        handle = kept?.handle ?? configured
        isReadOnly = try layers.required(Settings.isReadOnly)
        reportsMouse = try layers.required(Settings.reportsMouse)
        polling = Polling(
            openConversation: try layers.required(Settings.openConversationPace),
            groups: try layers.required(Settings.groupsPace), idle: try layers.required(Settings.idlePace))
        historyPath = try layers.value(Settings.historyPath).map(folders.expanding)
        keepsHistory = try layers.required(Settings.keepsHistory)
        log = LogSettings(
            file: try layers.value(Settings.logFile).map(folders.logFile),
            level: try layers.required(Settings.logLevel))
        paths = Paths(
            messageGroups: try layers.required(Settings.messageGroupsRoute),
            messages: try layers.required(Settings.messagesRoute),
            createMessage: try layers.required(Settings.createMessageRoute),
            userShort: try layers.required(Settings.userShortRoute))
        guard try !layers.required(Settings.allowsPlainHTTP) else { return }
        for (key, url) in [(Settings.backendURL.name, backend), (Settings.cognitoEndpoint.name, cognito.endpoint)] {
            if let url, url.isPlainAndRemote { throw .plainHTTP(key: key, url: url.description) }
        }
    }

    /// Whether a configuration without an access token is one.
    public enum TokenNeed: Sendable {
        case required, optional
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
        userPoolID = pool?.description
        clientID = try layers.value(Settings.clientID)
        clientSecret = try layers.value(Settings.clientSecret)
        endpoint = try layers.value(Settings.cognitoEndpoint)
    }
}

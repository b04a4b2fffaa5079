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
        /// Of a pool that remembers devices: a refresh needs it, and the next sign-in is shorter with it.
        public var device: Device?
    }

    /// What a pool remembers this machine by.
    public struct Device: Sendable, Equatable, Codable {
        public let key: String
        public let groupKey: String
        /// A secret, made here.
        public let password: String
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
    public private(set) var tokens: Tokens
    /// As the person wrote them, whatever is kept since; `nil`: there are none.
    let configuredTokens: Tokens?
    /// The program that tokens come from; `nil`: they are kept here.
    let tokenCommand: TokenCommand?
    /// What was typed to sign in the last time.
    public let signInName: String?
    /// Files with secrets that others can read.
    public let exposed: [ExposedFile]
    /// What `cruddur login` keeps for this backend and profile, be it there or not.
    public let signIn: KeptSignIn
    /// Who you are, where the tokens do not say it: who has signed in, else who is configured.
    public let handle: String?
    /// Nothing is sent.
    public let isReadOnly: Bool
    /// Whether the mouse does something in the chat; else it is the terminal's own.
    public let reportsMouse: Bool
    /// The name of the chat's colours.
    public let theme: String
    /// The name of the chat's keymap.
    public let keys: String
    /// The name of the interface's language, or `auto`.
    public let language: String
    public enum Clock: String, Sendable, CaseIterable {
        case twentyFour = "24"
        case twelve = "12"
    }

    public enum ListTimes: String, Sendable, CaseIterable {
        /// How long ago.
        case relative
        case absolute
    }

    public let clock: Clock
    public let listTimes: ListTimes
    public enum EmojiReading: String, Sendable, CaseIterable {
        case pictures
        /// Their names, for who hears them.
        case words
    }

    public let emoji: EmojiReading
    /// A line for the shell that is given what is copied; `nil`: what this machine has.
    public let copyCommand: String?
    /// A line for the shell, behind which a link is put; `nil`: what this machine has.
    public let openCommand: String?
    /// Whether the terminal is told where a link leads.
    public let tellsLinks: Bool
    /// What stands out in messages, in small letters.
    public let keywords: [String]
    public let spelling: SpellingSettings
    public let notifications: NotificationSettings
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
        tokens: TokenNeed = .required, environment: [String: String] = ProcessVariables.all
    ) throws(ConfigurationError) -> ClientConfiguration {
        let source = try ConfigurationSource(path: path, flags: flags, environment: environment)
        var configuration = try source.configuration(of: source.chosenProfile(), tokens: tokens)
        // Before anything is on screen: it may ask for a passphrase.
        if tokens == .required { try configuration.fetchTokens(mayAsk: true) }
        return configuration
    }

    /// The name of the chat's keymap, also where there is no backend yet.
    ///
    /// - Parameters: as of `load`.
    /// - Throws: `ConfigurationError`.
    package static func keymapName(
        path: String?, flags: [String: String], environment: [String: String] = ProcessVariables.all
    ) throws(ConfigurationError) -> String {
        let source = try ConfigurationSource(path: path, flags: flags, environment: environment)
        return try source.value(Settings.keys, of: source.chosenProfile())
    }

    /// Tokens come from a program, and none are kept here.
    public var hasTokenCommand: Bool { tokenCommand != nil }

    /// There is a pool to get tokens from, and they are kept here.
    public var canSignIn: Bool { tokenCommand == nil && cognito.clientID != nil && cognito.userPoolID != nil }

    /// Somebody may come to keep tokens here.
    var sharesSignIn: Bool { tokenCommand == nil && (cognito.clientID != nil || tokens.refresh != nil) }

    /// There are no tokens, and there is a pool to get some from.
    public var mustSignIn: Bool { tokens.access.isEmpty && canSignIn }

    /// Those that the program of `tokens.command` prints, where there is one.
    ///
    /// - Throws: `ConfigurationError.tokenCommand`.
    mutating func fetchTokens(mayAsk: Bool) throws(ConfigurationError) {
        if let tokenCommand { tokens = try tokenCommand.run(mayAsk: mayAsk) }
    }

    /// Every setting, as `polling.groups_seconds`.
    public static var settingNames: [String] { Settings.all.map(\.name) }

    /// Every setting with its variable and how a command line gives it: `CRUDDUR_BACKEND_URL`, `--backend-url`.
    package static var settingVariables: [(setting: String, name: String, option: String)] {
        Settings.all.map { ($0.name, $0.environmentName, $0.flagName) }
    }

    /// The variables of those that are about a person and their terminal, whatever the backend.
    package static var variablesOfLooks: Set<String> { Set(Settings.ofLooks.map(\.environmentName)) }

    /// - Parameter tokens: whether there has to be one; else an empty text stands for it.
    init(
        _ layers: SettingLayers, _ folders: XDGFolders, environment: [String: String],
        tokens need: TokenNeed = .required
    ) throws(ConfigurationError) {
        profile = layers.profile?.profile
        isProduction = try layers.required(Settings.isProduction)
        backend = try layers.required(Settings.backendURL)
        network = try NetworkSettings(layers, folders)
        cognito = try Cognito(layers)
        let (access, refresh) = (try layers.value(Settings.accessToken), try layers.value(Settings.refreshToken))
        let identity = try layers.value(Settings.idToken)
        configuredTokens =
            access == nil && refresh == nil ? nil : Tokens(access: access ?? "", identity: identity, refresh: refresh)
        tokenCommand = try layers.value(Settings.tokenCommand).map { TokenCommand(line: $0, environment: environment) }
        if tokenCommand != nil, configuredTokens != nil {
            throw .contradiction(
                "\(Settings.tokenCommand.name) says where tokens come from, and there are tokens beside it. "
                    + "Take one of them out.")
        }
        signIn = KeptSignIn(
            in: folders,
            .init(
                configuration: layers.file.path, profile: layers.profile?.profile, backend: backend, access: access,
                refresh: refresh,
                isPassing: !layers.isOfFile(Settings.accessToken) || !layers.isOfFile(Settings.refreshToken)),
            isForKeyring: try layers.required(Settings.keepsInKeyring), environment: environment)
        let kept = tokenCommand == nil ? signIn.read() : nil
        exposed = ([signIn.path] + (layers.file.holdsSecrets ? [layers.file.path] : [])).compactMap(ExposedFile.init)
        if let kept {
            tokens = kept.tokens
        } else {
            let isNeeded = need == .required && tokenCommand == nil
            tokens = Tokens(
                access: isNeeded ? try layers.required(Settings.accessToken) : access ?? "", identity: identity,
                refresh: refresh)
        }
        signInName = kept?.username
        // Who signed in is known better than who was expected to.
        let configured = try layers.value(Settings.handle)
        handle = kept?.handle ?? configured
        isReadOnly = try layers.required(Settings.isReadOnly)
        reportsMouse = try layers.required(Settings.reportsMouse)
        theme = try layers.required(Settings.theme)
        keys = try layers.required(Settings.keys)
        language = try layers.required(Settings.language)
        clock = try layers.required(Settings.clock)
        listTimes = try layers.required(Settings.listTimes)
        emoji = try layers.required(Settings.emoji)
        copyCommand = try layers.value(Settings.copyCommand)
        openCommand = try layers.value(Settings.openCommand)
        tellsLinks = try layers.required(Settings.hyperlinks)
        keywords = (try layers.value(Settings.keywords) ?? "").lowercased().split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }.filter { !$0.isEmpty }
        spelling = try SpellingSettings(layers)
        notifications = try NotificationSettings(layers)
        polling = Polling(
            openConversation: try layers.required(Settings.openConversationPace),
            groups: try layers.required(Settings.groupsPace), idle: try layers.required(Settings.idlePace))
        historyPath = try Self.historyPath(layers, folders)
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

extension ClientConfiguration {
    /// A history is a file: what else stands at its path is somebody else's, or a slip.
    ///
    /// - Throws: `ConfigurationError.wrongValue`.
    fileprivate static func historyPath(
        _ layers: SettingLayers, _ folders: XDGFolders
    ) throws(ConfigurationError) -> String? {
        guard let path = try layers.value(Settings.historyPath).map(folders.expanding) else { return nil }
        var (status, own) = (stat(), stat())
        guard stat(path, &status) == 0 else { return path }
        if stat(layers.file.path, &own) == 0, own.st_dev == status.st_dev, own.st_ino == status.st_ino {
            throw layers.complaint(about: Settings.historyPath, "names the configuration itself")
        }
        guard status.st_mode & S_IFMT != S_IFREG else { return path }
        let what = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device, or something else that is no file"
        throw layers.complaint(about: Settings.historyPath, "names \(what)")
    }
}

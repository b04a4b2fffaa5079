/// One setting: where it stands in the file, what it may be, what it is when nobody says. Its variable,
/// its place in the example file and in docs/using.md follow from it.
struct Setting<Value: Sendable>: SettingDeclaration {
    /// `["cognito", "region"]`
    let key: [String]
    let kind: SettingKind<Value>
    /// As the file would write it; `nil`: not set.
    let standard: String?
    let example: String
    let isSecret: Bool
    let scope: SettingScope
    let option: String?

    init(
        _ name: String, _ kind: SettingKind<Value>, standard: String? = nil, example: String, isSecret: Bool = false,
        scope: SettingScope = .everywhere, option: String? = nil
    ) {
        key = name.split(separator: ".").map(String.init)
        self.kind = kind
        self.standard = standard
        self.example = example
        self.isSecret = isSecret
        self.scope = scope
        self.option = option
    }

    var json: SettingJSONType { kind.json }

    func complaint(about text: String) -> String? {
        do {
            _ = try kind.read(text)
            return nil
        } catch {
            return error.text
        }
    }
}

/// For whom a setting at the top of the file holds.
enum SettingScope: Sendable {
    /// Also for profiles, unless they say otherwise.
    case everywhere
    /// For one backend alone: not for a profile that names another. A token sent elsewhere is given away.
    case backend
    /// It says which profile is used, so it stands in none.
    case file
}

/// A setting, whatever its values are.
protocol SettingDeclaration: Sendable {
    var key: [String] { get }
    var json: SettingJSONType { get }
    var standard: String? { get }
    var example: String { get }
    var scope: SettingScope { get }
    /// The option of its own that commands have for it; the others are given with `--set`.
    var option: String? { get }
    /// Whoever reads it can do what its owner can.
    var isSecret: Bool { get }
    /// What is wrong with `text`; `nil` if nothing is.
    func complaint(about text: String) -> String?
}

extension SettingDeclaration {
    /// `cognito.region`
    var name: String { key.dropFirst().reduce(key.first ?? "") { "\($0).\($1)" } }

    /// `CRUDDUR_COGNITO_REGION`
    var environmentName: String { key.reduce("CRUDDUR") { "\($0)_\($1.uppercased())" } }

    /// How it is given on a command line: `--backend-url`, `--set cognito.region`.
    var flagName: String { option ?? "--set \(name)" }

    /// `"groups_seconds": 10`
    var jsonExample: String {
        let value = json == .text ? "\"\(example)\"" : example
        return "\"\(key.last ?? "")\": \(value)"
    }
}

/// Every setting that there is.
enum Settings {
    static let profile = Setting("profile", .profile, example: "prod", scope: .file, option: "--profile")
    static let backendURL = Setting(
        "backend_url", .url, example: "https://api.cruddur.example", option: "--backend-url")
    static let isProduction = Setting("production", .yesOrNo, standard: "false", example: "true", scope: .backend)
    static let allowsPlainHTTP = Setting("allow_plain_http", .yesOrNo, standard: "false", example: "true")
    static let caFile = Setting("network.ca_file", .file, example: "~/company-ca.pem", option: "--ca-file")
    static let clientCertificate = Setting("network.client_certificate", .file, example: "~/client.pem")
    static let clientKey = Setting("network.client_key", .file, example: "~/client-key.pem")
    static let region = Setting("cognito.region", .region, example: "ca-central-1")
    static let userPoolID = Setting("cognito.user_pool_id", .userPool, example: "ca-central-1_a1B2c3D4e")
    static let clientID = Setting("cognito.client_id", .text, example: "1example23456789")
    static let clientSecret = Setting(
        "cognito.client_secret", .text, example: "1examplesecret", isSecret: true, scope: .backend)
    static let cognitoEndpoint = Setting(
        "cognito.endpoint", .url, example: "https://cognito-idp.ca-central-1.amazonaws.com")
    static let accessToken = Setting(
        "tokens.access_token", .token, example: "eyJraWQi...", isSecret: true, scope: .backend)
    static let idToken = Setting("tokens.id_token", .token, example: "eyJraWQi...", isSecret: true, scope: .backend)
    static let refreshToken = Setting(
        "tokens.refresh_token", .token, example: "eyJjdHki...", isSecret: true, scope: .backend)
    static let tokenCommand = Setting(
        "tokens.command", .text, example: "my-vault read cruddur", scope: .backend)
    static let keepsInKeyring = Setting(
        "tokens.keyring", .yesOrNo, standard: "false", example: "true", scope: .backend)
    static let handle = Setting("handle", .handle, example: "andrewbrown", option: "--handle")
    static let isReadOnly = Setting("read_only", .yesOrNo, standard: "false", example: "true")
    static let reportsMouse = Setting("mouse", .yesOrNo, standard: "true", example: "false")
    static let theme = Setting("theme", .text, standard: "terminal", example: "cruddur")
    static let keys = Setting("keys", .text, standard: "readline", example: "vim")
    static let language = Setting("language", .text, standard: "auto", example: "de")
    static let clock = Setting<ClientConfiguration.Clock>(
        "times.clock", .choice("is no clock"), standard: "24", example: "12")
    static let listTimes = Setting<ClientConfiguration.ListTimes>(
        "times.list", .choice("is no way to tell them"), standard: "relative", example: "absolute")
    static let copyCommand = Setting("copy.command", .text, example: "xclip -selection clipboard")
    static let openCommand = Setting("open.command", .text, example: "firefox --new-tab")
    static let spellingLanguage = Setting("spelling.language", .language, example: "en_GB")
    static let spellingCommand = Setting("spelling.command", .text, example: "hunspell -a -d en_GB,de_DE -i UTF-8")
    static let emoji = Setting<ClientConfiguration.EmojiReading>(
        "emoji", .choice("is no way to show them"), standard: "pictures", example: "words")
    static let hyperlinks = Setting("hyperlinks", .yesOrNo, standard: "true", example: "false")
    static let keywords = Setting("keywords", .text, example: "deploy, on call")
    static let notificationMeans = Setting<NotificationSettings.Means>(
        "notify.by", .choice("is no way to be told"), standard: "bell", example: "desktop")
    static let notificationCommand = Setting("notify.command", .text, example: "paplay ~/ding.ogg")
    static let notificationsTellText = Setting("notify.text", .yesOrNo, standard: "false", example: "true")
    static let quietHours = Setting("notify.quiet_hours", .quietHours, example: "22:00-07:30")
    static let setsTitle = Setting("notify.title", .yesOrNo, standard: "true", example: "false")
    static let openConversationPace = Setting(
        "polling.open_conversation_seconds", .seconds(0.1...3600), standard: "1", example: "1")
    static let groupsPace = Setting("polling.groups_seconds", .seconds(0.1...3600), standard: "10", example: "10")
    static let idlePace = Setting("polling.idle_seconds", .seconds(0.1...86400), standard: "30", example: "30")
    static let keepsHistory = Setting("history.enabled", .yesOrNo, standard: "true", example: "false")
    static let historyPath = Setting("history.path", .file, example: "~/cruddur.sqlite", scope: .backend)
    static let logFile = Setting("log.file", .logFile, example: "~/cruddur.log", option: "--log")
    static let logLevel = Setting<LogSettings.Level>(
        "log.level", .choice("is no level"), standard: "info", example: "debug")
    static let messageGroupsRoute = Setting(
        "paths.message_groups", .route(), standard: "/api/message_groups", example: "/api/messages/groups")
    static let messagesRoute = Setting(
        "paths.messages", .route(placeholder: "{message_group_uuid}"),
        standard: "/api/messages/{message_group_uuid}", example: "/api/messages/{message_group_uuid}")
    static let createMessageRoute = Setting(
        "paths.create_message", .route(), standard: "/api/messages", example: "/api/messages")
    static let userShortRoute = Setting(
        "paths.user_short", .route(placeholder: "{handle}"), standard: "/api/users/@{handle}/short",
        example: "/api/users/{handle}/short")

    static let all: [any SettingDeclaration] = [
        profile, backendURL, isProduction, allowsPlainHTTP, caFile, clientCertificate, clientKey, region, userPoolID,
        clientID, clientSecret, cognitoEndpoint, accessToken, idToken, refreshToken, tokenCommand, keepsInKeyring,
        handle, isReadOnly, reportsMouse, theme, keys, language, clock, listTimes, copyCommand, openCommand,
        spellingLanguage, spellingCommand, emoji, hyperlinks,
        keywords, notificationMeans, notificationCommand,
        notificationsTellText,
        quietHours,
        setsTitle, openConversationPace, groupsPace, idlePace, keepsHistory, historyPath,
        logFile, logLevel, messageGroupsRoute, messagesRoute, createMessageRoute, userShortRoute,
    ]

    /// Those that are about a person and their terminal.
    static let ofLooks: [any SettingDeclaration] = [
        reportsMouse, theme, keys, language, clock, listTimes, copyCommand, openCommand,
        spellingLanguage, spellingCommand, emoji, hyperlinks, keywords,
        notificationMeans, notificationCommand, notificationsTellText,
        quietHours, setsTitle,
    ]

    /// Those that may stand in a profile.
    static let ofProfiles = all.filter { $0.scope != .file }
}

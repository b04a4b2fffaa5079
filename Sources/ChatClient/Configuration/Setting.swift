/// One setting: where it stands in the file, what it may be, what it is when nobody says.
struct Setting: Sendable {
    enum Kind: Sendable {
        case text
        /// http or https, with a host.
        case url
        /// Seconds, in this range.
        case seconds(ClosedRange<Double>)
        case yesOrNo
        /// A path that begins with `/` and holds this placeholder, if any.
        case path(placeholder: String?)
    }

    /// `["cognito", "region"]`
    let key: [String]
    let kind: Kind
    /// As the file would write it; `nil`: not set.
    let standard: String?
    let example: String
    let isSecret: Bool

    init(_ key: String, _ kind: Kind, standard: String? = nil, example: String, isSecret: Bool = false) {
        self.key = key.split(separator: ".").map(String.init)
        self.kind = kind
        self.standard = standard
        self.example = example
        self.isSecret = isSecret
    }

    /// `cognito.region`
    var name: String { key.joined(separator: ".") }

    /// `CRUDDUR_COGNITO_REGION`
    var environmentName: String { (["cruddur"] + key).joined(separator: "_").uppercased() }

    /// What is wrong with `value`; `nil` if nothing is.
    func complaint(about value: String) -> String? {
        switch kind {
        case .text:
            return nil
        case .url:
            return BackendURL(value) == nil ? "is not an http or https URL" : nil
        case .seconds(let range):
            guard let seconds = Double(value) else { return "is not a number of seconds" }
            return range.contains(seconds)
                ? nil : "is not between \(range.lowerBound) and \(range.upperBound) seconds"
        case .yesOrNo:
            return ["true", "false"].contains(value) ? nil : "is neither true nor false"
        case .path(let placeholder):
            guard value.hasPrefix("/") else { return "does not begin with /" }
            guard let placeholder, !value.contains(placeholder) else { return nil }
            return "does not contain \(placeholder)"
        }
    }
}

extension Setting {
    static let all: [Setting] = [
        Setting("backend_url", .url, example: "https://api.cruddur.example"),
        Setting("allow_plain_http", .yesOrNo, standard: "false", example: "true"),
        Setting("cognito.region", .text, standard: "us-east-1", example: "ca-central-1"),
        Setting("cognito.user_pool_id", .text, example: "ca-central-1_a1B2c3D4e"),
        Setting("cognito.client_id", .text, example: "1example23456789"),
        Setting("cognito.endpoint", .url, example: "https://cognito-idp.ca-central-1.amazonaws.com"),
        Setting("tokens.access_token", .text, example: "eyJraWQi...", isSecret: true),
        Setting("tokens.id_token", .text, example: "eyJraWQi...", isSecret: true),
        Setting("tokens.refresh_token", .text, example: "eyJjdHki...", isSecret: true),
        Setting("handle", .text, example: "andrewbrown"),
        Setting("read_only", .yesOrNo, standard: "false", example: "true"),
        Setting("polling.open_conversation_seconds", .seconds(0.1...3600), standard: "1", example: "1"),
        Setting("polling.groups_seconds", .seconds(0.1...3600), standard: "10", example: "10"),
        Setting("polling.idle_seconds", .seconds(0.1...86400), standard: "30", example: "30"),
        Setting("history.enabled", .yesOrNo, standard: "true", example: "false"),
        Setting("history.path", .path(placeholder: nil), example: "/home/you/cruddur.sqlite"),
        Setting(
            "paths.message_groups", .path(placeholder: nil), standard: "/api/message_groups",
            example: "/api/messages/groups"),
        Setting(
            "paths.messages", .path(placeholder: "{message_group_uuid}"),
            standard: "/api/messages/{message_group_uuid}", example: "/api/messages/{message_group_uuid}"),
        Setting(
            "paths.create_message", .path(placeholder: nil), standard: "/api/messages",
            example: "/api/messages"),
        Setting(
            "paths.user_short", .path(placeholder: "{handle}"), standard: "/api/users/@{handle}/short",
            example: "/api/users/{handle}/short"),
        Setting(
            "paths.health_check", .path(placeholder: nil), standard: "/api/health-check",
            example: "/api/health-check"),
    ]
}

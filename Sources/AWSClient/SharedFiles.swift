import Foundation

/// `~/.aws/credentials` and `~/.aws/config`.
public struct SharedFiles: Sendable {
    private let environment: [String: String]
    private let profile: String

    public init(_ environment: [String: String]) {
        self.environment = environment
        profile = environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"] ?? "default"
    }

    /// The profile's keys; `nil` if it has none.
    ///
    /// - Throws: `AWSError.noCredentials` when a profile that was asked for is not there, or is
    ///   of a kind that is not supported.
    func credentials() throws -> Credentials? {
        let values = section(credentialsPath, profile).merging(section(configPath, configSection)) { first, _ in first }
        guard let id = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
            guard environment["AWS_PROFILE"] != nil else { return nil }
            let kind = ["role_arn", "sso_session", "sso_start_url", "credential_process"].first { values[$0] != nil }
            throw AWSError.noCredentials(
                kind.map {
                    "profile \(profile) uses \($0): run `aws configure export-credentials` and set its variables"
                }
                    ?? "there is no profile \(profile) with keys in \(credentialsPath)")
        }
        return Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: values["aws_session_token"])
    }

    /// `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's.
    public var region: String? {
        environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? section(configPath, configSection)["region"]
    }

    private var configSection: String { profile == "default" ? profile : "profile \(profile)" }

    private var home: String { (environment["HOME"] ?? NSHomeDirectory()) + "/.aws" }

    private var credentialsPath: String { environment["AWS_SHARED_CREDENTIALS_FILE"] ?? home + "/credentials" }

    private var configPath: String { environment["AWS_CONFIG_FILE"] ?? home + "/config" }

    /// What stands under `[name]`; nothing if the file or the section is missing.
    private func section(_ path: String, _ name: String) -> [String: String] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [:] }
        var values: [String: String] = [:]
        var isInside = false
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            if trimmed.hasPrefix("["), let end = trimmed.firstIndex(of: "]") {
                let title = trimmed[trimmed.index(after: trimmed.startIndex)..<end]
                isInside = title.split(separator: " ").joined(separator: " ") == name
            } else if isInside, !trimmed.hasPrefix("#"), !trimmed.hasPrefix(";"),
                // An indented line belongs to the setting above it.
                line.first?.isWhitespace != true, let equals = trimmed.firstIndex(of: "=")
            {
                let key = trimmed[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
                values[key] = trimmed[trimmed.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            }
        }
        return values
    }
}

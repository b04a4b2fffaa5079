import Foundation
import HTTPExchange
import Timestamps

/// Finds credentials where AWS's own tools do, in their order: the environment, the shared files'
/// profile, the container's endpoint, the instance's metadata. Those that expire are fetched anew
/// five minutes before. Source: AWS SDKs and Tools Reference Guide, "Standardized credential
/// providers".
public actor CredentialChain {
    /// Seconds.
    private static let margin = 300.0

    private let environment: [String: String]
    private let fallback: Credentials?
    private let instanceEndpoint: String
    private let instancePatience: Duration
    private let now: @Sendable () -> Timestamp
    private var known: Credentials?
    private var fetching: Task<Credentials, any Error>?

    /// - Parameters:
    ///   - fallback: used where nothing is found and no endpoint asked; an emulator takes any.
    ///   - instanceEndpoint: where an instance has its metadata.
    ///   - instancePatience: how long to wait for each of its answers; a machine that is no instance
    ///     must not wait for nobody.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment, fallback: Credentials? = nil,
        instanceEndpoint: String = "http://169.254.169.254", instancePatience: Duration = .seconds(1),
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.environment = environment.filter { !$0.value.isEmpty }
        self.fallback = fallback
        self.instanceEndpoint = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? instanceEndpoint
        self.instancePatience = instancePatience
        self.now = now
    }

    /// Credentials that are good now.
    ///
    /// - Throws: `AWSError.noCredentials`.
    public func current() async throws -> Credentials {
        if let known, isGood(known) { return known }
        if let fetching { return try await fetching.value }
        let task = Task { try await find() }
        fetching = task
        defer { fetching = nil }
        let found = try await task.value
        known = found
        return found
    }

    private func isGood(_ credentials: Credentials) -> Bool {
        credentials.expires.map { $0.seconds(since: now()) > Self.margin } ?? true
    }

    private func find() async throws -> Credentials {
        if let found = fromEnvironment() { return found }
        if let found = try SharedFiles(environment).credentials() { return found }
        if let found = try await fromContainer() { return found }
        if let fallback { return fallback }
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true", let found = try await fromInstance() {
            return found
        }
        throw AWSError.noCredentials(
            "none in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), in ~/.aws, or from this machine's role"
        )
    }

    private func fromEnvironment() -> Credentials? {
        guard let id = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            return nil
        }
        return Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"])
    }

    // MARK: Endpoints

    /// `nil` where this is no container.
    private func fromContainer() async throws -> Credentials? {
        let url: String
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            url = "http://169.254.170.2" + path
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            guard full.hasPrefix("https://") || Self.isTrusted(full) else {
                throw AWSError.noCredentials("AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor this machine")
            }
            url = full
        } else {
            return nil
        }
        var headers: [String: String] = [:]
        if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            guard let token = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw AWSError.noCredentials("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read")
            }
            headers["Authorization"] = token.trimmingCharacters(in: .whitespacesAndNewlines)
        } else if let token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            headers["Authorization"] = token
        }
        guard let body = await fetch(.get, url, headers, within: max(.seconds(5), instancePatience)) else {
            throw AWSError.noCredentials("the container's endpoint does not answer")
        }
        return try Self.role(body, "the container's endpoint")
    }

    private static func isTrusted(_ url: String) -> Bool {
        guard let url = BaseURL(url) else { return false }
        return url.isLoopback || url.host == "169.254.170.2" || url.host == "169.254.170.23"
    }

    /// Version 2 of the metadata service; `nil` where this is no instance.
    private func fromInstance() async throws -> Credentials? {
        let base = instanceEndpoint + "/latest"
        let lifetime = ["X-aws-ec2-metadata-token-ttl-seconds": "21600"]
        guard let token = await fetch(.put, base + "/api/token", lifetime, within: instancePatience) else { return nil }
        let headers = ["X-aws-ec2-metadata-token": Self.line(token)]
        let roles = base + "/meta-data/iam/security-credentials/"
        guard let names = await fetch(.get, roles, headers, within: instancePatience * 2),
            let name = Self.line(names).split(separator: "\n").first,
            let body = await fetch(.get, roles + name, headers, within: instancePatience * 2)
        else { throw AWSError.noCredentials("this instance has no role") }
        return try Self.role(body, "the instance's metadata")
    }

    /// The body of a 200; `nil` for everything else.
    private func fetch(
        _ method: HTTPCall.Method, _ url: String, _ headers: [String: String], within limit: Duration
    ) async -> Data? {
        let answer = try? await HTTPConnections.shared.send(
            HTTPCall(method, url, headers: headers), within: HTTPBounds(time: limit, size: 1 << 16))
        return answer?.status == 200 ? answer?.body : nil
    }

    private static func line(_ body: Data) -> String {
        String(decoding: body, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func role(_ body: Data, _ origin: String) throws -> Credentials {
        struct Role: Decodable {
            let accessKeyID: String
            let secretAccessKey: String
            let token: String
            let expiration: String

            enum CodingKeys: String, CodingKey {
                case accessKeyID = "AccessKeyId"
                case secretAccessKey = "SecretAccessKey"
                case token = "Token"
                case expiration = "Expiration"
            }
        }
        guard let role = try? JSONDecoder().decode(Role.self, from: body) else {
            throw AWSError.noCredentials("\(origin) answered something else")
        }
        return Credentials(
            accessKeyID: role.accessKeyID, secretAccessKey: role.secretAccessKey, sessionToken: role.token,
            expires: Timestamp(role.expiration))
    }
}

import AWSClient
import ArgumentParser
import Foundation

/// Which user pool signs people in.
struct PoolOptions: ParsableArguments {
    @Option(help: "The user pool; else AWS_COGNITO_USER_POOL_ID.") var userPoolId: String?

    @Option(
        help:
            "Another place than AWS for Cognito, such as an emulator; else AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER.")
    var cognitoEndpointUrl: String?

    func validate() throws {
        try TableOptions.check("--cognito-endpoint-url", cognitoEndpointUrl, example: "http://localhost:5000")
        if cognitoEndpointUrl == nil { try TableOptions.checkEnvironment("COGNITO_IDENTITY_PROVIDER") }
    }

    /// - Throws: `ValidationError`.
    func userPool() throws -> String {
        guard let id = userPoolId ?? Self.environment("AWS_COGNITO_USER_POOL_ID") else {
            throw Self.missing(
                "--user-pool-id", environment: "AWS_COGNITO_USER_POOL_ID", example: "ca-central-1_a1B2c3D4e")
        }
        return id
    }

    static func missing(_ option: String, environment: String, example: String) -> ValidationError {
        ValidationError("\(option) is missing; give it, or set \(environment). Example: \(option) \(example)")
    }

    static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `nil`: AWS's own.
    var endpoint: String? { cognitoEndpointUrl ?? TableOptions.environmentEndpoint("COGNITO_IDENTITY_PROVIDER") }

    /// The pool's region is in its id: it need not be the table's.
    func region(_ table: TableOptions) throws -> String {
        let parts = try userPool().split(separator: "_")
        return parts.count == 2 ? String(parts[0]) : table.awsRegion
    }

    func client(_ table: TableOptions) throws -> AWSClient {
        var options = table
        options.region = try region(table)
        // Users are asked for at AWS also while the table is on this machine.
        options.prod = endpoint == nil
        return options.client(.cognito, endpoint: endpoint)
    }
}

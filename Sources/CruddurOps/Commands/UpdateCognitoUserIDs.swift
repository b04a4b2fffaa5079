import AWSClient
import ArgumentParser
import Foundation
import PrivateFiles
import Programs
import TerminalText
import Users

/// `cruddur-ops update-cognito-user-ids`
struct UpdateCognitoUserIDs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update-cognito-user-ids",
        abstract: "Give each user the id that Cognito has for their handle.",
        discussion: Examples.updateCognitoUserIDs.help(
            then: """
                Reads all users of the pool and sets cognito_user_id where preferred_username is the handle, \
                in one transaction: all of it, or nothing. An id that another user holds is left with them, and \
                said, unless --take-over: then it goes to who has the handle, and the other has none until \
                Cognito has one for them.
                """))

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @OptionGroup var pool: PoolOptions
    @Flag(help: "Take an id away from a user who is not the one that Cognito means.") var takeOver = false
    @Flag(help: "Only say what would be done.") var dryRun = false
    @Flag(help: "One JSON object.") var json = false

    func run() async throws {
        let pool = try UserPool(client: pool.client(table), id: pool.userPool())
        let registry = try users.registry(table)
        let match = try await CognitoMatch(people: pool.users(), users: registry.all(), takesOver: takeOver)
        if !dryRun { try await registry.setCognitoUserIDs(match.changes) }
        if json {
            try Output.json(match.output(isDryRun: dryRun))
        } else {
            for line in match.lines { try Output.line("\(line)") }
            try Output.line("\(match.summary(isDryRun: dryRun))")
        }
        // What was asked for is not done for these.
        if !match.held.isEmpty { throw ExitCode.failure }
    }
}

/// A pool at Cognito, as an operator sees it.
struct UserPool {
    let client: AWSClient
    let id: String

    /// All of them, page by page.
    ///
    /// - Throws: `AWSError`.
    func users() async throws -> [CognitoMatch.Person] {
        struct Request: Encodable {
            let userPoolID: String
            let paginationToken: String?

            enum CodingKeys: String, CodingKey {
                case userPoolID = "UserPoolId"
                case paginationToken = "PaginationToken"
            }
        }
        var people: [CognitoMatch.Person] = []
        var token: String?
        repeat {
            let body = try await client.call(
                "ListUsers", JSONEncoder().encode(Request(userPoolID: id, paginationToken: token)))
            guard let page = try? JSONDecoder().decode(Page.self, from: body) else {
                throw OpsError.refused("\(client.endpoint): the answer to ListUsers is not Cognito's")
            }
            people += page.users.map(\.person)
            token = page.paginationToken
        } while token != nil
        return people
    }

    private struct Page: Decodable {
        struct User: Decodable {
            struct Attribute: Decodable {
                let name: String
                let value: String?

                enum CodingKeys: String, CodingKey {
                    case name = "Name"
                    case value = "Value"
                }
            }

            let username: String
            let attributes: [Attribute]?

            enum CodingKeys: String, CodingKey {
                case username = "Username"
                case attributes = "Attributes"
            }

            var person: CognitoMatch.Person {
                func value(_ name: String) -> String? { attributes?.first { $0.name == name }?.value }
                return CognitoMatch.Person(
                    subject: value("sub") ?? username, preferredUsername: value("preferred_username"))
            }
        }

        let users: [User]
        let paginationToken: String?

        enum CodingKeys: String, CodingKey {
            case users = "Users"
            case paginationToken = "PaginationToken"
        }
    }
}

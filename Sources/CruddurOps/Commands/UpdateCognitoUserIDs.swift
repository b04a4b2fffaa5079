import AWSClient
import ArgumentParser
import Foundation
import TerminalText
import Users

/// `cruddur-ops update-cognito-user-ids`
struct UpdateCognitoUserIDs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update-cognito-user-ids",
        abstract: "Give each user the id that Cognito has for their handle.",
        discussion: """
            Reads all users of the pool and sets cognito_user_id where preferred_username is the handle, \
            in one transaction: all of it, or nothing.
            """)

    @OptionGroup var table: TableOptions
    @OptionGroup var users: UserOptions
    @OptionGroup var pool: PoolOptions
    @Flag(help: "Only say what would be done.") var dryRun = false
    @Flag(help: "One JSON object.") var json = false

    func run() async throws {
        let registry = try users.registry(table)
        let people = try await UserPool(client: pool.client(table), id: pool.userPool()).users()
        let report = CognitoMatch(people: people, users: try await registry.all())
        if !dryRun { try await registry.setCognitoUserIDs(report.changes) }
        if json { return try Output.json(report.output(isDryRun: dryRun)) }
        for line in report.lines { try Output.line("\(line)") }
        let verb = dryRun ? "would be updated" : "updated"
        try Output.line(
            "\(report.updated.count) \(verb), \(report.unchanged.count) unchanged, \(report.unknownHandles.count) without a user, \(report.nameless.count) without a preferred_username, \(report.ambiguous.count) for more than one"
        )
    }
}

/// Whose id is whose. Pure.
struct CognitoMatch {
    /// A user of the pool.
    struct Person: Hashable {
        let subject: String
        let preferredUsername: String?
    }

    private(set) var updated: [String] = []
    private(set) var unchanged: [String] = []
    /// Nobody in the directory is called so.
    private(set) var unknownHandles: [String] = []
    /// Subjects of those in the pool who have no `preferred_username`.
    private(set) var nameless: [String] = []
    /// Two in the pool, or two in the directory, have this handle: nobody can say who is who.
    private(set) var ambiguous: [String] = []
    /// By handle.
    private(set) var changes: [String: String] = [:]

    init(people: [Person], users: [User]) {
        nameless = people.filter { ($0.preferredUsername ?? "").isEmpty }.map(\.subject).sorted()
        let named = Dictionary(grouping: people) { $0.preferredUsername ?? "" }.filter { !$0.key.isEmpty }
        let known = Dictionary(grouping: users, by: \.handle)
        for (handle, people) in named.sorted(by: { $0.key < $1.key }) {
            switch (people.count, known[handle, default: []].count) {
            case (_, 0): unknownHandles.append(handle)
            case (1, 1):
                let subject = people[0].subject
                if known[handle]?.first?.cognitoUserID == subject {
                    unchanged.append(handle)
                } else {
                    updated.append(handle)
                    changes[handle] = subject
                }
            default: ambiguous.append(handle)
            }
        }
    }

    var lines: [String] {
        updated.map { "@\($0): \(changes[$0] ?? "")" } + unknownHandles.map { "@\($0): no user has this handle" }
            + nameless.map { "\($0): no preferred_username" }
            + ambiguous.map { "@\($0): more than one has this handle; left alone" }
    }

    struct Report: Encodable {
        let dryRun: Bool
        let updated: [String]
        let unchanged: [String]
        let noSuchHandle: [String]
        let noPreferredUsername: [String]
        let twoForOneHandle: [String]
    }

    func output(isDryRun: Bool) -> Report {
        Report(
            dryRun: isDryRun, updated: updated, unchanged: unchanged, noSuchHandle: unknownHandles,
            noPreferredUsername: nameless, twoForOneHandle: ambiguous)
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

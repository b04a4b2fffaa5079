import Foundation
import HTTPTypes
import Hummingbird
import TestSupport
import Testing
import Timestamps

@testable import AWSClient

/// Where credentials are looked for, and what is never done with them.
struct CredentialChainTests {
    private let folder: TemporaryFolder
    private let now = Timestamp("2026-11-24T12:00:00Z")!

    init() throws { folder = try TemporaryFolder() }

    private func find(_ environment: [String: String], instance: String = "http://127.0.0.1:1") async throws
        -> Credentials
    {
        let now = now
        let home = ["HOME": folder.path].merging(environment) { $1 }
        // A busy machine's own server may take longer than a real instance's metadata.
        let chain = CredentialChain(
            environment: home, instanceEndpoint: instance, instancePatience: .seconds(900), now: { now })
        return try await chain.current()
    }

    private func write(_ name: String, _ text: String) throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/.aws", withIntermediateDirectories: true)
        try text.write(toFile: folder.path + "/.aws/" + name, atomically: true, encoding: .utf8)
    }

    @Test func theEnvironmentComesFirst() async throws {
        try write("credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n")
        let found = try await find([
            "AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
        ])
        #expect(found == Credentials(accessKeyID: "ENV", secretAccessKey: "secret", sessionToken: "token"))
    }

    @Test func aProfileIsReadFromBothFiles() async throws {
        try write(
            "credentials",
            "# mine\n[default]\naws_access_key_id=D\naws_secret_access_key=d\n\n[work]\naws_access_key_id = W\naws_secret_access_key = w=/+\n"
        )
        try write("config", "[profile work]\nregion = ca-central-1\ns3 =\n  region = other\n")
        #expect(try await find([:]).accessKeyID == "D")
        #expect(try await find(["AWS_PROFILE": "work"]).secretAccessKey == "w=/+")
        let files = SharedFiles(["HOME": folder.path, "AWS_PROFILE": "work"])
        #expect(files.region == "ca-central-1")
    }

    @Test func aProfileThatIsNotThereOrOfAnotherKindIsNamed() async throws {
        try write("config", "[profile sso]\nsso_session = corp\n")
        let missing = await #expect(throws: AWSError.self) { try await find(["AWS_PROFILE": "none"]) }
        #expect(missing.map { "\($0)".contains("no profile none") } == true)
        let kind = await #expect(throws: AWSError.self) { try await find(["AWS_PROFILE": "sso"]) }
        #expect(kind.map { "\($0)".contains("sso_session") } == true)
    }

    @Test func nothingAnywhereIsSaidWithWhatToDo() async throws {
        let error = await #expect(throws: AWSError.self) { try await find([:]) }
        #expect(error.map { "\($0)".contains("AWS_ACCESS_KEY_ID") } == true)
    }

    @Test func aContainersTokenGoesToThisMachineOnly() async throws {
        let error = await #expect(throws: AWSError.self) {
            try await find([
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.org/steal",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t",
            ])
        }
        #expect(error.map { "\($0)".contains("neither https nor this machine") } == true)
    }

    @Test func aContainerAndAnInstanceAreAskedAsTheyWantToBe() async throws {
        let role = #"{"AccessKeyId": "R", "SecretAccessKey": "s", "Token": "t", "Expiration": "2026-11-24T18:00:00Z"}"#
        let router = Router()
        router.get("/container") { request, _ in
            guard request.headers[.authorization] == "let me in" else { throw HTTPError(.forbidden) }
            return role
        }
        router.put("/latest/api/token") { request, _ in
            guard request.headers[HTTPField.Name("X-aws-ec2-metadata-token-ttl-seconds")!] != nil else {
                throw HTTPError(.badRequest)
            }
            return "imds"
        }
        for (path, answer) in [("", "worker"), ("/worker", role)] {
            router.get("/latest/meta-data/iam/security-credentials\(path)") { request, _ in
                guard request.headers[HTTPField.Name("X-aws-ec2-metadata-token")!] == "imds" else {
                    throw HTTPError(.unauthorized)
                }
                return answer
            }
        }
        try await LoopbackServer.run(router) { url in
            let container = try await find([
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": url + "/container",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "let me in",
            ])
            #expect(container.accessKeyID == "R")
            #expect(container.expires == Timestamp("2026-11-24T18:00:00Z"))
            let instance = try await find([:], instance: url)
            #expect(instance.sessionToken == "t")
            await #expect(throws: AWSError.self) {
                try await find(["AWS_EC2_METADATA_DISABLED": "true"], instance: url)
            }
        }
    }

    @Test func credentialsAreNotPrinted() {
        let credentials = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "hidden", sessionToken: "secret")
        #expect(!"\(credentials)".contains("hidden"))
        #expect(!"\(credentials)".contains("secret"))
    }
}

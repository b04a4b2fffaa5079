import Foundation
import TestSupport
import Testing

@testable import ChatClient

struct ConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let minimal = #"{"backend_url": "https://api.example", "tokens": {"access_token": "t"}}"#

    private func load(
        _ content: String, flags: [String: String] = [:], environment: [String: String] = [:]
    ) throws -> ClientConfiguration {
        let path = folder.path + "/config.json"
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        return try ClientConfiguration.load(path: path, flags: flags, environment: environment)
    }

    /// The error without the folder's name.
    private func complaint(_ content: String, environment: [String: String] = [:], flags: [String: String] = [:])
        -> String
    {
        do {
            _ = try load(content, flags: flags, environment: environment)
            return ""
        } catch {
            return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
        }
    }

    @Test func whatIsNotSaidHasItsDefault() throws {
        let configuration = try load(Self.minimal)
        #expect(configuration.polling == .init(openConversation: 1, groups: 10, idle: 30))
        #expect(configuration.paths.messages == "/api/messages/{message_group_uuid}")
        #expect(configuration.paths.userShort == "/api/users/@{handle}/short")
        #expect(configuration.cognito.region == "us-east-1")
        #expect(configuration.handle == nil)
    }

    @Test func theEnvironmentIsOverTheFileAndFlagsAreOverBoth() throws {
        let file =
            #"{"backend_url": "https://file", "handle": "file", "polling": {"groups_seconds": 5}, "tokens": {"access_token": "t"}}"#
        let environment = [
            "CRUDDUR_HANDLE": "environment", "CRUDDUR_BACKEND_URL": "https://environment",
            "CRUDDUR_POLLING_GROUPS_SECONDS": "7",
        ]
        let configuration = try load(file, flags: ["backend_url": "https://flag"], environment: environment)
        #expect(configuration.backend.description == "https://flag")
        #expect(configuration.handle == "environment")
        #expect(configuration.polling.groups == 7)
    }

    @Test func theExampleFileHoldsEverySettingWithItsDefault() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../config.example.json"
        ).path
        let example = try String(contentsOfFile: path, encoding: .utf8)
        let configuration = try load(example)
        #expect(configuration.polling == (try load(Self.minimal)).polling)
        #expect(configuration.paths == (try load(Self.minimal)).paths)
        func names(_ object: Any, _ prefix: String = "") -> [String] {
            guard let object = object as? [String: Any] else { return [prefix] }
            return object.flatMap { names($0.value, prefix.isEmpty ? $0.key : prefix + "." + $0.key) }
        }
        let written = Set(names(try JSONSerialization.jsonObject(with: Data(example.utf8))))
        #expect(written == Set(ClientConfiguration.settingNames))
    }

    @Test(
        "what is wrong is said with its key, its line and an example",
        arguments: [
            (
                "{\n\"backend_url\": \"api.example\",\n\"tokens\": {\"access_token\": \"t\"}}",
                "config.json, line 2: backend_url \"api.example\" is not an http or https URL. Example: https://api.cruddur.example"
            ),
            (
                "{\"backend\": \"https://x\"}",
                "config.json, line 1: there is no setting backend. The settings are: backend_url, allow_plain_http, cognito, tokens, handle, read_only, polling, history, paths."
            ),
            (
                "{\n\"polling\": {\n\"groups\": 3}}",
                "config.json, line 3: there is no setting polling.groups. In polling there are: open_conversation_seconds, groups_seconds, idle_seconds."
            ),
            (
                "{\"backend_url\": \"https://x\", \"polling\": {\"groups_seconds\": \"2\"}}",
                "config.json, line 1: polling.groups_seconds has a value of the wrong type. Example: \"groups_seconds\": 10"
            ),
            (
                "{\"backend_url\": \"https://x\", \"polling\": {\"groups_seconds\": true}}",
                "config.json, line 1: polling.groups_seconds has a value of the wrong type. Example: \"groups_seconds\": 10"
            ),
            (
                "{\"backend_url\": \"https://x\", \"polling\": {\"groups_seconds\": 0}, \"tokens\": {\"access_token\": \"t\"}}",
                "config.json, line 1: polling.groups_seconds \"0\" is not between 0.1 and 3600.0 seconds. Example: 10"
            ),
            (
                "{\"backend_url\": \"https://x\", \"tokens\": {\"access_token\": \"t\"}, \"paths\": {\"messages\": \"/m\"}}",
                "config.json, line 1: paths.messages \"/m\" does not contain {message_group_uuid}. Example: /api/messages/{message_group_uuid}"
            ),
            ("[1]", "config.json is not JSON: it must be one object, { ... }."),
        ])
    func complaints(_ content: String, _ expected: String) {
        #expect(complaint(content) == expected)
    }

    @Test func brokenJSONIsSaidToBeSo() {
        #expect(complaint("{\"backend_url\": ").hasPrefix("config.json is not JSON: "))
    }

    @Test func aMissingSettingNamesTheFileAndTheVariable() {
        #expect(
            complaint("{}").hasPrefix(
                "backend_url is not set. Set it in config.json or in CRUDDUR_BACKEND_URL. Example: \"backend_url\": "))
    }

    @Test func aBadVariableOrFlagIsNamedAsTheOrigin() {
        #expect(
            complaint(Self.minimal, environment: ["CRUDDUR_POLLING_IDLE_SECONDS": "soon"]).hasPrefix(
                "CRUDDUR_POLLING_IDLE_SECONDS: polling.idle_seconds \"soon\" is not a number"))
        #expect(complaint(Self.minimal, flags: ["backend_url": "x"]).hasPrefix("--backend-url: backend_url \"x\""))
        #expect(
            complaint(Self.minimal, flags: ["polling.gruops": "2"]).hasPrefix(
                "--set polling.gruops: there is no setting polling.gruops."))
    }

    @Test func tokensAreNotSentInPlainTextToOtherMachines() throws {
        let file = #"{"backend_url": "http://api.example", "tokens": {"access_token": "secret-token"}}"#
        #expect(complaint(file).contains("allow_plain_http"))
        #expect(!complaint(file).contains("secret-token"))
        #expect(throws: Never.self) { try load(file, flags: ["allow_plain_http": "true"]) }
        for local in ["http://localhost:4567", "http://127.0.0.1:1", "http://[::1]:80"] {
            #expect(throws: Never.self) { try load(Self.minimal, flags: ["backend_url": local]) }
        }
        // Looks local, is not.
        #expect(complaint(Self.minimal, flags: ["backend_url": "http://127.evil.example"]).contains("allow_plain_http"))
        #expect(
            complaint(
                #"{"backend_url": "https://a", "cognito": {"endpoint": "http://evil.example"}, "tokens": {"access_token": "t"}}"#
            ).contains("allow_plain_http"))
    }

    @Test func theXDGFolderIsReadAndCRUDDUR_CONFIGNamesAnotherFile() throws {
        let xdg = folder.path + "/xdg/cruddur"
        try FileManager.default.createDirectory(atPath: xdg, withIntermediateDirectories: true)
        try #"{"backend_url": "https://xdg", "tokens": {"access_token": "t"}}"#.write(
            toFile: xdg + "/config.json", atomically: true, encoding: .utf8)
        let environment = ["XDG_CONFIG_HOME": folder.path + "/xdg"]
        #expect(try ClientConfiguration.load(environment: environment).backend.description == "https://xdg")
        let other = folder.path + "/other.json"
        try Self.minimal.write(toFile: other, atomically: true, encoding: .utf8)
        #expect(
            try ClientConfiguration.load(environment: environment.merging(["CRUDDUR_CONFIG": other]) { $1 }).backend
                .description == "https://api.example")
    }

    @Test func aNamedFileThatIsNotThereIsAnError() {
        #expect(throws: ConfigurationError.unreadable(path: "/nowhere/c.json", reason: "there is no such file")) {
            try ClientConfiguration.load(path: "/nowhere/c.json", environment: [:])
        }
    }
}

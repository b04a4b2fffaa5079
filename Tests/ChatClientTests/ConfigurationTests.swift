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
        var whole = try #require(try JSONSerialization.jsonObject(with: Data(example.utf8)) as? [String: Any])
        #expect(whole.removeValue(forKey: "profiles") is [String: [String: Any]])
        #expect(Set(names(whole)) == Set(ClientConfiguration.settingNames))
        // Its profile can be used.
        let local = try load(example, flags: ["profile": "local"], environment: ["CRUDDUR_TOKENS_ACCESS_TOKEN": "t"])
        #expect(local.backend.description == "http://127.0.0.1:4567")
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
                "config.json, line 1: there is no setting backend. The settings are: profile, backend_url, production, allow_plain_http, network, cognito, tokens, handle, read_only, mouse, theme, keys, language, times, copy, open, spelling, emoji, hyperlinks, keywords, notify, polling, history, log, paths, profiles."
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

    @Test(arguments: [("/tmp", "names a folder"), ("/tmp/", "names a folder"), ("/dev/full", "names a device")])
    func aHistoryIsAFile(_ path: String, _ words: String) {
        #expect(complaint(Self.minimal, flags: ["history.path": path]).contains("history.path \(words)"))
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
        #expect(
            complaint(Self.minimal, flags: ["polling.idle_seconds": "soon"]).hasPrefix(
                "--set polling.idle_seconds: polling.idle_seconds \"soon\" is not a number"))
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

    // MARK: Numbers and addresses

    @Test(
        "a number of seconds is finite, decimal and within its bounds",
        arguments: ["nan", "inf", "-inf", "1e30", "-1", "0x10", "99999999999999999999", "1,5", "１"])
    func seconds(_ text: String) {
        for name in ["polling.open_conversation_seconds", "polling.groups_seconds", "polling.idle_seconds"] {
            #expect(complaint(Self.minimal, flags: [name: text]).contains("\(name) \"\(text)\" is not "))
        }
    }

    @Test(
        "a port that there is not is refused with what is wrong",
        arguments: ["65536", "99999999999", "0", "-1", "http"])
    func ports(_ port: String) {
        for name in ["backend_url", "cognito.endpoint"] {
            #expect(
                complaint(Self.minimal, flags: [name: "http://127.0.0.1:\(port)"]).contains(
                    "\(name) \"http://127.0.0.1:\(port)\" has the port \"\(port)\"; a port is a number from 1 to 65535")
            )
        }
    }

    @Test func thisMachineIsItselfInWhateverCase() throws {
        for url in ["http://LOCALHOST", "HTTP://Localhost:80", "http://127.9.8.7:1", "http://[::1]:4567"] {
            #expect(throws: Never.self) { try load(Self.minimal, flags: ["backend_url": url]) }
        }
    }

    // MARK: Tokens

    @Test(
        "what stands around a token is not part of it",
        arguments: ["token\n", " token ", "token\r\n", "\t\u{A0}token\n\n"])
    func tokensAreTrimmed(_ token: String) throws {
        for (setting, read) in [
            ("access", { $0.access }), ("id", { $0.identity }), ("refresh", { $0.refresh }),
        ] as [(String, (ClientConfiguration.Tokens) -> String?)] {
            let configuration = try load(
                Self.minimal, environment: ["CRUDDUR_TOKENS_\(setting.uppercased())_TOKEN": token])
            #expect(read(configuration.tokens) == "token")
        }
    }

    @Test(
        "a token that no header can carry is refused by its name and never shown",
        arguments: ["sec\nret", "sec ret", "sec\u{0}ret", "secrét", "sec\u{1B}[31mret", "\u{7F}secret", " "])
    func badTokens(_ token: String) {
        for name in ["access_token", "id_token", "refresh_token"] {
            let variable = "CRUDDUR_TOKENS_\(name.uppercased())"
            let said = complaint(Self.minimal, environment: [variable: token])
            #expect(said.hasPrefix("\(variable): tokens.\(name) holds a character that no token has"))
            #expect(!said.contains("sec") && !said.contains("ret"))
        }
    }

    // MARK: The pool

    @Test func thePoolsIDSaysItsRegion() throws {
        let pool = ["cognito.user_pool_id": "ca-central-1_a1B2c3D4e"]
        #expect(try load(Self.minimal, flags: pool).cognito.region == "ca-central-1")
        #expect(
            try load(Self.minimal, flags: pool.merging(["cognito.region": "ca-central-1"]) { $1 }).cognito.region
                == "ca-central-1")
        let said = complaint(Self.minimal, flags: pool.merging(["cognito.region": "us-east-1"]) { $1 })
        #expect(
            said.hasPrefix(
                "cognito.region is us-east-1, and cognito.user_pool_id ca-central-1_a1B2c3D4e is in ca-central-1"))
        for id in ["a1B2c3D4e", "_x", "ca-central-1_", "a/b_c", "a_b_c"] {
            #expect(
                complaint(Self.minimal, flags: ["cognito.user_pool_id": id]).contains(
                    "\"\(id)\" is not the id of a user pool"))
        }
        #expect(
            complaint(Self.minimal, flags: ["cognito.region": "evil.example/"]).contains("not the name of a region"))
    }

    // MARK: The file

    @Test(
        "where a file is not JSON is said with line and column",
        arguments: [
            ("{\n  \"a\": 1\n  \"b\": 2\n}", "line 3, column 3: a , or } is missing"),
            ("{\"backend_url\": }", "line 1, column 17: a value should stand here"),
            ("{\"backend_url\": ", "line 1, column 17: a value is missing at the end"),
            ("{\n\"handle\": \"mei}\n", "line 2, column 16: a line, or a text, ends without \""),
            ("{'handle': 1}", "line 1, column 2: a name in \"...\" should stand here"),
            ("{\"é\u{301}\" 1}", "line 1, column 7: a : is missing behind"),
            ("{}\n\n  {}", "line 3, column 3: there is something behind the end"),
            ("{\"a\": 01}", "line 1, column 7: this is not a number"),
            ("{\"a\": nan}", "line 1, column 7: a value should stand here"),
            ("{\"a\": \"\\x\"}", "line 1, column 8: there is no such escape"),
            ("", "line 1, column 1: a value is missing at the end"),
            (String(repeating: "[", count: 100_000), "line 1, column 33: it is nested too deeply"),
        ])
    func notJSON(_ content: String, _ reason: String) {
        #expect(complaint(content).hasPrefix("config.json is not JSON: \(reason)"))
    }

    @Test func bytesThatAreNoTextAreSaidToBeSo() throws {
        let path = folder.path + "/bytes.json"
        try Data([0x7B, 0xFF, 0x7D]).write(to: URL(fileURLWithPath: path))
        #expect(throws: ConfigurationError.notJSON(path: path, reason: "it is not UTF-8")) {
            try ClientConfiguration.load(path: path, environment: [:])
        }
    }

    @Test func allOfJSONIsRead() throws {
        let file =
            "\u{FEFF}{\"backend\\u005furl\": \"https:\\/\\/api.example\", \"handle\": \"\\ud83d\\ude00\\n\", \"tokens\":\t{\"access_token\": \"t\"}\r\n}"
        let configuration = try load(file)
        #expect(configuration.backend.description == "https://api.example")
        #expect(configuration.handle == "😀\n")
    }

    @Test(arguments: [
        [0xD83D, 0xDE00], [0xD83D], [0xDE00], [0xDE00, 0xD83D], [0xD83D, 0xD83D, 0xDE00], [0xD83D, 0x41],
        [0x41, 0xDE00],
        [0xD83D, 0xDE00, 0xD83D], [0, 0x202E, 0xFFFF],
    ])
    func halfOfACharacterIsReplacedAsInAnyUTF16(_ units: [UInt16]) throws {
        for behind in ["", "x", "\u{1F600}"] {
            let written = units.map { "\\u" + String(UInt32($0) + 0x10000, radix: 16).suffix(4) }.joined() + behind
            guard case .text(let read) = try PositionedJSON.read("\"\(written)\"") else {
                Issue.record("\(written) is no text")
                return
            }
            #expect(read == String(decoding: units, as: UTF16.self) + behind, "\(written)")
        }
    }

    @Test func aKeyThatStandsTwiceIsRefusedWhereverItStands() {
        #expect(
            complaint("{\"handle\": \"a\",\n\"handle\": \"b\"}")
                == "config.json, line 2: handle is set a second time; the first is on line 1. Take one of them out.")
        #expect(
            complaint("{\"polling\": {\n\"groups_seconds\": 1,\n\"groups_\\u0073econds\": 1}}").hasPrefix(
                "config.json, line 3: polling.groups_seconds is set a second time; the first is on line 2."))
        #expect(complaint("{\"tokens\": {},\n\"tokens\": null}").contains("tokens is set a second time"))
    }

    @Test func aGroupThatIsNullIsAnEmptyOneAndOneThatIsNoGroupIsNamed() throws {
        for group in ["cognito", "polling", "history", "paths"] {
            let file = Self.minimal.dropLast() + ", \"\(group)\": null}"
            #expect(try load(String(file)) == load(Self.minimal))
            let wrong = complaint(Self.minimal.dropLast() + ", \"\(group)\": 3}")
            #expect(
                wrong.hasPrefix(
                    "config.json, line 1: \(group) has a value of the wrong type. Example: \"\(group)\": { "))
        }
    }

    @Test func aFileThatCannotBeReadIsSaidWithTheReason() throws {
        let complaint = { (path: String) in
            do {
                _ = try ClientConfiguration.load(path: path, environment: ["HOME": self.folder.path])
                return ""
            } catch { return "\(error)".replacingOccurrences(of: self.folder.path, with: "") }
        }
        #expect(complaint(folder.path) == " cannot be read: it is a folder.")
        #expect(complaint("~") == " cannot be read: it is a folder.")
        #expect(complaint("~/none.json") == "/none.json cannot be read: there is no such file.")
        #expect(complaint("") == "'' cannot be read: the path is empty.")
        try "".write(toFile: folder.path + "/file", atomically: true, encoding: .utf8)
        #expect(
            complaint(folder.path + "/file/c.json")
                == "/file/c.json cannot be read: what should be a folder on the way to it is a file.")
        symlink("loop", folder.path + "/loop")
        #expect(complaint(folder.path + "/loop") == "/loop cannot be read: its links go round in a circle.")
        #expect(complaint("/dev/zero") == "/dev/zero cannot be read: it is larger than 1024 kB.")
    }

    @Test func aPipeIsReadAsAStream() throws {
        let path = folder.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        Thread.detachNewThread {
            // In two pieces, as a pipe may give it.
            guard let file = FileHandle(forWritingAtPath: path) else { return }
            let bytes = Data(Self.minimal.utf8)
            try? file.write(contentsOf: bytes.prefix(10))
            try? file.write(contentsOf: bytes.dropFirst(10))
            try? file.close()
        }
        #expect(try ClientConfiguration.load(path: path, environment: [:]).backend.host == "api.example")
    }

    @Test func homeIsWhereATildeStands() throws {
        try Self.minimal.write(toFile: folder.path + "/c.json", atomically: true, encoding: .utf8)
        let home = ["HOME": folder.path]
        #expect(try ClientConfiguration.load(path: "~/c.json", environment: home).backend.host == "api.example")
        #expect(
            try ClientConfiguration.load(environment: home.merging(["CRUDDUR_CONFIG": "~/c.json"]) { $1 }).backend.host
                == "api.example")
        let configuration = try ClientConfiguration.load(
            path: "~/c.json", flags: ["history.path": "~/h.sqlite"], environment: home)
        #expect(configuration.historyPath == folder.path + "/h.sqlite")
        for path in ["", "~", "~mei/h", "h.sqlite", "/a\u{0}b"] {
            #expect(
                complaint(Self.minimal, flags: ["history.path": path]).hasPrefix("--set history.path: history.path "))
        }
    }

    @Test func withoutHOMETheSystemsListOfUsersSaysWhereHomeIs() throws {
        let home = String(cString: try #require(getpwuid(getuid())?.pointee.pw_dir))
        for environment in [[:], ["HOME": ""], ["HOME": "somewhere"]] {
            #expect(XDGFolders(environment).data == home + "/.local/share/cruddur")
            #expect(XDGFolders(environment).configuration == home + "/.config/cruddur")
            #expect(XDGFolders(environment).state == home + "/.local/state/cruddur")
        }
    }

    // MARK: Declarations

    @Test func everyDefaultAndEveryExampleIsAValueOfItsSetting() {
        for setting in Settings.all {
            #expect(setting.complaint(about: setting.example) == nil, "\(setting.name)")
            if let standard = setting.standard { #expect(setting.complaint(about: standard) == nil, "\(setting.name)") }
        }
    }

    @Test func theExampleFileHasTheDefaults() throws {
        let example = try ConfigurationFile(path: "example", content: Data(Self.read("config.example.json").utf8))
        for setting in Settings.all where !["backend_url", "tokens.access_token"].contains(setting.name) {
            #expect(example.top.values[setting.name] == setting.standard, "\(setting.name)")
        }
    }

    @Test func theDocumentationHasARowForEverySettingAndNoOther() throws {
        let page = try Self.read("docs/using.md")
        let section = try #require(page.components(separatedBy: "\n## Settings\n").last)
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let names = rows.flatMap { row in
            row.split(separator: "|")[0].split(separator: ",").map { $0.filter { !" `".contains($0) } }
        }
        #expect(names.sorted() == ClientConfiguration.settingNames.sorted())
    }

    private static func read(_ path: String) throws -> String {
        try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
                "../../" + path),
            encoding: .utf8)
    }

    @Test func aNamedFileThatIsNotThereIsAnError() {
        #expect(throws: ConfigurationError.unreadable(path: "/nowhere/c.json", reason: "there is no such file")) {
            try ClientConfiguration.load(path: "/nowhere/c.json", environment: [:])
        }
    }
}

import Foundation
import TestSupport
import Testing

@testable import ChatClient

/// Several backends in one file.
struct ProfileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/config.json" }

    init() throws { folder = try TemporaryFolder() }

    private static let two = """
        {
        "profile": "local",
        "backend_url": "https://top.example", "handle": "nia", "production": true,
        "tokens": {"access_token": "top-token"},
        "history": {"path": "/top.sqlite"},
        "polling": {"groups_seconds": 7},
        "profiles": {
            "local": {"backend_url": "http://127.0.0.1:4567", "tokens": {"access_token": "local-token"}},
            "prod": {"backend_url": "https://prod.example", "production": true, "handle": "other",
                     "polling": {"groups_seconds": 9}, "tokens": {"access_token": "prod-token"}},
            "same": {"read_only": true}
        }}
        """

    private func load(
        _ content: String = two, flags: [String: String] = [:], environment: [String: String] = [:]
    ) throws -> ClientConfiguration {
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        return try ClientConfiguration.load(path: path, flags: flags, environment: environment)
    }

    private func complaint(
        _ content: String, flags: [String: String] = [:], environment: [String: String] = [:]
    ) -> String {
        do {
            _ = try load(content, flags: flags, environment: environment)
            return ""
        } catch {
            return "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
        }
    }

    @Test func theOptionIsOverTheVariableIsOverTheFile() throws {
        #expect(try load().profile == "local")
        #expect(try load(environment: ["CRUDDUR_PROFILE": "prod"]).profile == "prod")
        #expect(try load(environment: ["CRUDDUR_PROFILE": ""]).profile == "local")
        let both = try load(flags: ["profile": "same"], environment: ["CRUDDUR_PROFILE": "prod"])
        #expect(both.profile == "same")
    }

    @Test func theTopOfTheFileIsWhatProfilesDoNotSay() throws {
        let prod = try load(flags: ["profile": "prod"])
        #expect(prod.backend.description == "https://prod.example" && prod.isProduction)
        #expect(prod.handle == "other" && prod.polling.groups == 9)
        let local = try load()
        #expect(local.handle == "nia" && local.polling.groups == 7)
        let same = try load(flags: ["profile": "same"])
        #expect(same.backend.description == "https://top.example" && same.tokens.access == "top-token")
        #expect(same.isReadOnly && same.isProduction && same.historyPath == "/top.sqlite")
    }

    @Test func whatIsOneBackendsAloneGoesToNoOther() throws {
        let local = try load()
        #expect(local.tokens.access == "local-token" && !local.isProduction && local.historyPath == nil)
        // Also where the profile has no token at all: better none than another's.
        let file = """
            {"backend_url": "https://a.example", "tokens": {"access_token": "secret", "refresh_token": "secret"},
             "profiles": {"b": {"backend_url": "https://b.example"}}}
            """
        let said = complaint(file, flags: ["profile": "b"])
        #expect(said.hasPrefix("you are not signed in. Sign in: cruddur login\n"))
        #expect(said.contains(" config.json (profile b) or in "))
        for setting in Settings.all where setting.name.hasPrefix("tokens.") {
            #expect(setting.scope == .backend, "\(setting.name)")
        }
    }

    @Test func aProfileThatThereIsNotIsRefusedWithThoseThereAre() {
        let known = "there is no profile stagin in config.json. There are: local, prod, same."
        #expect(complaint(Self.two, flags: ["profile": "stagin"]) == "--profile: " + known)
        #expect(complaint(Self.two, environment: ["CRUDDUR_PROFILE": "stagin"]) == "CRUDDUR_PROFILE: " + known)
        #expect(
            complaint(#"{"profile": "a", "profiles": {"b": {}}}"#)
                == "config.json, line 1: there is no profile a in config.json. There are: b.")
        #expect(
            complaint("{}", flags: ["profile": "a"])
                == "--profile: there is no profile a in config.json. There are none; cruddur init --profile a makes it."
        )
    }

    @Test func theOnlyProfileNeedNotBeNamedAndOneOfSeveralMust() throws {
        let one = #"{"profiles": {"a": {"backend_url": "https://a.example", "tokens": {"access_token": "t"}}}}"#
        #expect(try load(one).profile == "a")
        let said = complaint(#"{"profiles": {"b": {}, "a": {}}}"#)
        #expect(said.hasPrefix("no profile is chosen, and the top of config.json has no backend_url."))
        #expect(said.contains("--profile NAME") && said.hasSuffix("There are: b, a."))
        // A backend that is named elsewhere is not the profile's: its token stays here.
        let elsewhere = complaint(one, flags: ["backend_url": "https://b.example"])
        #expect(elsewhere.hasPrefix("you are not signed in."))
    }

    @Test(
        "what is wrong in a profile is said with its key and line",
        arguments: [
            (
                "{\"profiles\": {\n\"a\": {\n\"backend\": \"x\"}}}",
                "config.json, line 3: there is no setting profiles.a.backend. In profiles.a there are: backend_url, production,"
            ),
            (
                "{\"profiles\": {\"a\": {\"profile\": \"a\"}}}",
                "config.json, line 1: there is no setting profiles.a.profile."
            ),
            (
                "{\"profiles\": {\"a\": {\"profiles\": {}}}}",
                "config.json, line 1: there is no setting profiles.a.profiles."
            ),
            (
                "{\"profiles\": {\n\"a\": {},\n\"a\": {}}}",
                "config.json, line 3: profiles.a is set a second time; the first is on line 2."
            ),
            (
                "{\"profiles\": {\"a\": {\"polling\": {\"groups_seconds\": 1,\n\"groups_seconds\": 2}}}}",
                "config.json, line 2: profiles.a.polling.groups_seconds is set a second time"
            ),
            (
                "{\"profiles\": []}",
                "config.json, line 1: profiles has a value of the wrong type. Example: \"profiles\": { \"local\": { \"backend_url\": \"https://api.cruddur.example\" } }"
            ),
            (
                "{\"profiles\": {\"a\": 3}}",
                "config.json, line 1: profiles.a has a value of the wrong type. Example: \"a\": { \"backend_url\": \"https://api.cruddur.example\" }"
            ),
            (
                "{\"profiles\": {\"a\": {\"cognito\": 1}}}",
                "config.json, line 1: profiles.a.cognito has a value of the wrong type."
            ),
            (
                "{\"profiles\": {\"a\": {\"production\": \"yes\"}}}",
                "config.json, line 1: profiles.a.production has a value of the wrong type. Example: \"production\": true"
            ),
            (
                "{\"profiles\": {\"a\": {\n\"backend_url\": \"a.example\"}}}",
                "config.json, line 2: backend_url \"a.example\" is not an http or https URL."
            ),
        ])
    func complaints(_ content: String, _ expected: String) {
        #expect(complaint(content).hasPrefix(expected))
    }

    @Test(
        "a name that cannot be typed or read is none",
        arguments: [
            "", " ", "a b", "a\u{0}", "\u{1B}[31m", "a\u{202E}b", "-a", ".a", String(repeating: "a", count: 41), "a/b",
        ])
    func names(_ name: String) throws {
        let content = try String(
            decoding: JSONEncoder().encode(["profiles": [name: [String: String]()]]), as: UTF8.self)
        #expect(complaint(content).contains("is no name for a profile: up to 40 letters, digits, ., - and _"))
        guard !name.isEmpty else { return }
        #expect(complaint("{}", flags: ["profile": name]).hasPrefix("--profile: profile \"\(name)\" is no name"))
    }

    @Test func namesOfEveryScriptAreNames() throws {
        for name in ["prod", "eu-west-1", "a.b_c", "本番", "staging2", "прод"] {
            let file = #"{"profiles": {"\#(name)": {"backend_url": "https://a", "tokens": {"access_token": "t"}}}}"#
            #expect(try load(file, flags: ["profile": name]).profile == name)
        }
    }

    @Test func thousandsOfProfilesAreReadAndNotAllRecited() throws {
        let profiles = (0..<2000).map { #""p\#($0)": {"backend_url": "https://p\#($0).example", "handle": "nia"}"# }
        let file = "{\"profiles\": {\n" + profiles.joined(separator: ",\n") + "}}"
        #expect(complaint(file, flags: ["profile": "p1999"]).hasPrefix("you are not signed in."))
        let said = complaint(file, flags: ["profile": "nope"])
        #expect(said.contains("p0, p1, p2,") && said.hasSuffix("p19 and 1980 more; cruddur profiles lists them."))
        #expect(try ProfileSummary.all(path: path, environment: [:]).count == 2000)
    }

    // MARK: The list

    @Test func theListSaysOfEachWhatItIs() throws {
        try Self.two.write(toFile: path, atomically: true, encoding: .utf8)
        let all = try ProfileSummary.all(path: path, environment: [:])
        #expect(all.map(\.name) == [nil, "local", "prod", "same"])
        #expect(all.map(\.isDefault) == [false, true, false, false])
        #expect(all.map(\.isProduction) == [true, false, true, true])
        #expect(all.map(\.handle) == ["nia", "nia", "other", "nia"])
        #expect(all.allSatisfy { $0.isSignedIn })
        let chosen = try ProfileSummary.all(path: path, flags: ["profile": "prod"], environment: [:])
        #expect(chosen.map(\.isDefault) == [false, false, true, false])
    }

    @Test func oneThatIsWrongDoesNotHideTheOthers() throws {
        let file = """
            {"profiles": {"good": {"backend_url": "https://a.example", "tokens": {"refresh_token": "t"}},
             "out": {"backend_url": "https://a.example"}, "bad": {"backend_url": "a.example"}}}
            """
        try file.write(toFile: path, atomically: true, encoding: .utf8)
        let all = try ProfileSummary.all(path: path, environment: [:])
        #expect(all.map(\.isSignedIn) == [true, false, false])
        #expect(all[2].problem?.description.contains("is not an http or https URL") == true)
        #expect(all[0].problem == nil && all[1].problem == nil && !all.contains { $0.isDefault })
    }
}

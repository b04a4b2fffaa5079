import Foundation
import TestSupport
import Testing

@testable import ChatClient

/// Writing the configuration: whole, private, and nothing of it lost.
struct ConfigurationDraftTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/config.json" }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    private func read() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func put(_ settings: [String: String], in profile: String?) throws {
        var draft = try ConfigurationDraft(path: path, environment: [:])
        try draft.put(settings, in: profile)
        try draft.write()
    }

    @Test func aNewFileHoldsWhatWasSaidForItsOwnerAlone() throws {
        let path = folder.path + "/new/folder/config.json"
        var draft = try ConfigurationDraft(path: path, environment: [:])
        #expect(!draft.isThere && draft.profiles.isEmpty && draft.topBackend == nil)
        try draft.put(
            [
                "cognito.client_id": "c", "backend_url": "https://a.example", "polling.groups_seconds": "5",
                "production": "true",
            ],
            in: nil)
        try draft.write()
        #expect(
            try String(contentsOfFile: path, encoding: .utf8) == """
                {
                    "backend_url": "https://a.example",
                    "production": true,
                    "cognito": {
                        "client_id": "c"
                    },
                    "polling": {
                        "groups_seconds": 5
                    }
                }

                """)
        let mode = { (path: String) in
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(path) == 0o600)
        #expect(try mode(folder.path + "/new/folder") == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/new/folder") == ["config.json"])
    }

    @Test func aProfileMoreLeavesEverythingElseAsItIs() throws {
        try write(
            #"{"handle": "a\u0000\u202e\"/é", "polling": {"groups_seconds": 1.50}, "history": null, "profiles": {"old": {"read_only": false, "log": {}}}}"#
        )
        try put(["backend_url": "https://b.example"], in: "new")
        #expect(
            try read() == """
                {
                    "handle": "a\\u0000\u{202E}\\"/é",
                    "polling": {
                        "groups_seconds": 1.50
                    },
                    "history": null,
                    "profiles": {
                        "old": {
                            "read_only": false,
                            "log": {}
                        },
                        "new": {
                            "backend_url": "https://b.example"
                        }
                    }
                }

                """)
        // The same again replaces it, at its place.
        try put(["backend_url": "https://c.example"], in: "old")
        let draft = try ConfigurationDraft(path: path, environment: [:])
        #expect(draft.profiles == ["old", "new"])
        #expect(!(try read()).contains("read_only"))
    }

    @Test func theFirstProfileOfAFileIsUsedWhereNobodySaysWhich() throws {
        try put(["backend_url": "https://a.example"], in: "a")
        try put(["backend_url": "https://b.example"], in: "b")
        let profiles = try ProfileSummary.all(path: path, environment: [:])
        #expect(profiles.map(\.name) == ["a", "b"] && profiles.map(\.isDefault) == [true, false])
    }

    @Test func whatWouldBeRefusedWhenItIsReadIsNotWritten() throws {
        for (name, value) in [
            ("backend_url", "a.example"), ("polling.groups_seconds", "nan"), ("production", "maybe"), ("nothing", "x"),
        ] {
            #expect(throws: ConfigurationError.self) { try put([name: value], in: "p") }
        }
        #expect(throws: ConfigurationError.self) { try put(["profile": "a"], in: "p") }
        #expect(throws: ConfigurationError.self) { try put(["backend_url": "https://a.example"], in: "a\u{202E}b") }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func whatSomebodyElseHasWrittenMeanwhileStays() throws {
        var draft = try ConfigurationDraft(path: path, environment: [:])
        try draft.put(["backend_url": "https://a.example"], in: nil)
        try write("{}")
        #expect(
            throws: ConfigurationError.unwritable(path: draft.path, reason: "somebody else has changed it meanwhile")
        ) {
            try draft.write()
        }
        #expect(try read() == "{}")
    }

    @Test func aBrokenFileIsNotTouched() throws {
        for content in ["{", "[]", "{\"backend\": 1}", "\u{0}"] {
            try write(content)
            #expect(throws: ConfigurationError.self) { try put(["backend_url": "https://a.example"], in: "p") }
            #expect(try read() == content)
        }
    }

    @Test func aLinkStaysOneAndAPipeIsNoPlace() throws {
        try write("{}")
        let link = folder.path + "/link.json"
        symlink(path, link)
        var draft = try ConfigurationDraft(path: link, environment: [:])
        try draft.put(["backend_url": "https://a.example"], in: nil)
        try draft.write()
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
        #expect(try read().contains("https://a.example"))
        mkfifo(folder.path + "/pipe", 0o600)
        for place in [folder.path + "/pipe", "/dev/null", folder.path] {
            #expect(throws: ConfigurationError.self) { try ConfigurationDraft(path: place, environment: [:]) }
        }
    }

    @Test func aFolderThatCannotBeMadeIsSaid() throws {
        try write("{}")
        var draft = try ConfigurationDraft(path: "/proc/none/config.json", environment: [:])
        try draft.put(["backend_url": "https://a.example"], in: nil)
        do {
            try draft.write()
            Issue.record("it was written")
        } catch {
            #expect("\(error)".hasPrefix("/proc/none/config.json cannot be written: "))
        }
    }
}

import Foundation
import TestSupport
import Testing

@testable import ChatClient

/// What histories are called.
struct HistoryNameTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func name(_ backend: String, _ user: HistoryName.User?) throws -> HistoryName {
        HistoryName(backend: try #require(BackendURL(backend)), user: user)
    }

    private static let texts = [
        "日本", "中国", "a", "a.b", "a-b", "a_b", "a@b", "a~b", "a%b", "a%2Db", "a b", "a/b", "..", ".", "", "A", "é",
        "e\u{301}",
        "unknown", "@a", "_a", String(repeating: "x", count: 300), String(repeating: "x", count: 301),
        String(repeating: "日", count: 100), String(repeating: "日", count: 99) + "中", "a\u{0}b",
    ]

    @Test func everyBackendAndUserHasANameOfItsOwnThatEveryFileSystemTakes() throws {
        let backends = [
            "https://a", "http://a", "https://a.b", "https://a-b", "https://a_b", "https://a:8443", "https://a.8443",
            "https://a/v1", "https://a/v2", "https://a/v1/x", "https://a-v1", "https://[::1]", "https://[::1]:80",
            "https://" + String(repeating: "h", count: 200), "https://" + String(repeating: "h", count: 200) + "/a",
        ]
        var stems: Set<String> = []
        var count = 0
        var users: [HistoryName.User?] = [nil]
        for text in Self.texts { users += [.subject(text), .handle(text)] }
        for backend in backends {
            for user in users {
                let stem = try Self.name(backend, user).stem
                stems.insert(stem)
                count += 1
                #expect(stem.utf8.count + ".sqlite.client-".utf8.count + 36 <= 255)
                #expect(stem.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") })
            }
        }
        #expect(stems.count == count)
    }

    @Test func oneAddressIsOneNameHoweverItIsWritten() throws {
        let stem = try Self.name("https://api.example", .handle("mei")).stem
        #expect(stem == "https_api.example_@mei")
        for same in ["https://API.example", "HTTPS://api.example:443/", "https://api.example//"] {
            #expect(try Self.name(same, .handle("mei")).stem == stem)
        }
    }

    @Test func theTokensSubjectGoesBeforeTheHandle() throws {
        func path(_ access: String, _ handle: String?) throws -> String {
            var flags = ["backend_url": "https://a", "tokens.access_token": access]
            flags["handle"] = handle
            return HistoryFile(try .load(flags: flags, environment: ["HOME": folder.path]), in: folder.path).path
        }
        let claims = Data(#"{"sub":"s-1","exp":1e30}"#.utf8).base64EncodedString().replacing("=", with: "")
        let token = "eyJhbGciOiJub25lIn0.\(claims).AAAA"
        #expect(try path(token, "mei") == folder.path + "/history/https_a_s-1.sqlite")
        #expect(try path("opaque", "mei") == folder.path + "/history/https_a_@mei.sqlite")
        #expect(try path("opaque", nil) == folder.path + "/history/https_a.sqlite")
    }

    // MARK: Former names

    private func write(_ name: String) throws {
        try name.write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
    }

    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    @Test func aHistoryWithAFormerNameThatCanBeNoOthersIsRenamedWithItsLog() throws {
        let user = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
        try write("api-example-4567-\(user).sqlite")
        try write("api-example-4567-\(user).sqlite-wal")
        let name = try Self.name("http://api.example:4567", .subject(user))
        let path = name.path(in: folder.path)
        #expect(path == "\(folder.path)/\(name.stem).sqlite")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "api-example-4567-\(user).sqlite")
        #expect(try String(contentsOfFile: path + "-wal", encoding: .utf8) == "api-example-4567-\(user).sqlite-wal")
        #expect(try files.filter { $0.hasPrefix("api-") } == [])
        // And it stays where it is.
        try write("api-example-4567-\(user).sqlite")
        #expect(name.path(in: folder.path) == path)
        #expect(try String(contentsOfFile: path + "-wal", encoding: .utf8) == "api-example-4567-\(user).sqlite-wal")
    }

    @Test(
        "a former name that could be another's is nobody's",
        arguments: [
            ("https://api.example", HistoryName.User.handle("日本")), ("https://api.example", .handle("a-b")),
            ("https://api.example", .handle("a.b")), ("https://api-example", .handle("mei")),
            ("https://api.example/v1", .handle("mei")), ("https://[::1]", .handle("mei")),
            ("https://api.example", .subject("")), ("https://" + String(repeating: "h", count: 120), .handle("mei")),
            ("https://api.example", nil),
        ])
    func ambiguous(_ backend: String, _ user: HistoryName.User?) throws {
        #expect(try Self.name(backend, user).formerStem == nil)
    }

    @Test func aHistoryThatARunningProgramHasUnderItsFormerNameKeepsIt() throws {
        try write("localhost-mei.sqlite")
        let former = folder.path + "/localhost-mei.sqlite"
        let holder = try #require(FileLock(path: former + ".client-1"))
        let name = try Self.name("http://localhost", .handle("mei"))
        #expect(name.path(in: folder.path) == former)
        holder.release()
        #expect(name.path(in: folder.path) == "\(folder.path)/\(name.stem).sqlite")
    }
}

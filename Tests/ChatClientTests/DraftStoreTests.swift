import Foundation
import Synchronization
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

struct DraftStoreTests {
    private let folder: TemporaryFolder
    private let complaints = Complaints()
    private let group = ConversationID.group("g")
    private let new = ConversationID.new(handle: "lena")

    private final class Complaints: Sendable {
        let all = Mutex<[String]>([])
    }

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.path + "/drafts/me.json" }

    private func store(_ path: String? = nil) -> DraftStore {
        let complaints = complaints
        return DraftStore(path: path ?? self.path) { reason in complaints.all.withLock { $0.append(reason) } }
    }

    @Test func whatWasKeptIsThereTheNextTime() async throws {
        let first = store()
        await first.keep([group: "two\nlines 👩‍💻", new: "hello"])
        await first.flush()
        #expect(await store().load() == [group: "two\nlines 👩‍💻", new: "hello"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func whatWasSentOrDeletedIsGone() async {
        let store = store()
        await store.keep([group: "a"])
        await store.flush()
        await store.keep([:])
        await store.flush()
        #expect(await self.store().load().isEmpty)
    }

    @Test func unsentMessagesStandAboveWhatIsWritten() async {
        let store = store()
        await store.keep([group: "draft"])
        await store.keepUnsent([(group, "first"), (group, "second"), (new, "to lena")])
        await store.flush()
        #expect(await self.store().load() == [group: "first\nsecond\ndraft", new: "to lena"])
    }

    @Test func aFileThatCannotBeReadIsSetAsideAndNotOverwritten() async throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/drafts", withIntermediateDirectories: true)
        for content in ["not JSON", #"{"version": 2, "drafts": []}"#] {
            try content.write(toFile: path, atomically: true, encoding: .utf8)
            let store = store()
            #expect(await store.load().isEmpty)
            await store.keep([group: "new"])
            await store.flush()
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/drafts")
        let aside = files.filter { $0.contains("unreadable") }.compactMap {
            try? String(contentsOfFile: folder.path + "/drafts/" + $0, encoding: .utf8)
        }
        #expect(Set(aside) == ["not JSON", #"{"version": 2, "drafts": []}"#])
        #expect(complaints.all.withLock { $0.count } == 2)
    }

    @Test func aFolderThatCannotBeWrittenIsSaidToBeSo() async throws {
        // A file where the folder should be: not even root can write below it.
        try "".write(toFile: folder.path + "/drafts", atomically: true, encoding: .utf8)
        let store = store()
        await store.keep([group: "kept in memory"])
        await store.flush()
        #expect(complaints.all.withLock { $0.first?.contains(path) } == true)
    }

    @Test func eachUserOfEachBackendHasTheirOwnFile() throws {
        func path(_ url: String, _ handle: String) throws -> String {
            let flags = ["backend_url": url, "handle": handle, "tokens.access_token": "t"]
            return DraftStore.path(try .load(flags: flags, environment: ["HOME": "/nowhere"]), in: "/data")
        }
        let one = try path("https://a.example", "nia")
        #expect(one == "/data/drafts/a-example-nia.json")
        #expect(try path("https://b.example", "nia") != one)
        #expect(try path("https://a.example", "mei") != one)
        #expect(try path("https://a.example", "../../etc/x") == "/data/drafts/a-example-------etc-x.json")
    }
}

import Foundation
import GRDB
import TestSupport
import Testing
import Timestamps

@testable import ChatClient

/// The history on disk: what it keeps, finds and forgets.
struct HistoryTests {
    private let folder: TemporaryFolder
    private let now = Timestamp("2026-11-24T12:00:00Z")!

    init() throws { folder = try TemporaryFolder() }

    private var file: HistoryFile { HistoryFile(path: folder.path + "/history/me.sqlite") }

    private func open() throws -> History { try file.open(at: now).history }

    private func message(
        _ number: Int, _ text: String? = nil, at seconds: Double? = nil, handle: String = "bob"
    ) -> Message {
        Message(
            uuid: UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, UInt8(number >> 8), UInt8(number & 255)))
                .uuidString.lowercased(),
            text: text ?? "text \(number)", handle: handle, displayName: handle.uppercased(),
            at: now.advanced(bySeconds: seconds ?? Double(number)))
    }

    private func group(_ uuid: String = "g", at: Timestamp? = nil) -> Group {
        Group(uuid: uuid, handle: "bob", displayName: "Bob", preview: "p", at: at ?? now)
    }

    /// With one conversation.
    private func begun() throws -> (history: History, row: Int64) {
        let history = try open()
        try history.save([group()], readUntil: now)
        return (history, try #require(try history.conversations(me: "me").first).row)
    }

    private func texts(_ window: TranscriptWindow, _ history: History, _ row: Int64) throws -> [String] {
        try history.content(window, of: row).messages.map(\.message.text)
    }

    // MARK: Keeping

    @Test func whatWasSeenIsThereTheNextTimeAndOnlyForItsOwner() throws {
        do {
            let (history, row) = try begun()
            _ = try history.merge([message(1), message(2, handle: "me")], in: row, me: "me")
            try history.markRead(row, until: now)
            try history.save(draft: "two\nlines 👩‍💻", of: row)
        }
        let history = try open()
        let conversation = try #require(try history.conversations(me: "me").first)
        #expect(conversation.title == UserShort(handle: "bob", displayName: "Bob"))
        #expect(conversation.unread == 1)
        #expect(try texts(TranscriptWindow(), history, conversation.row) == ["text 1", "text 2"])
        #expect(
            try history.content(TranscriptWindow(), of: conversation.row).messages[1].message
                == message(2, handle: "me"))
        #expect(try history.drafts() == [.group("g"): "two\nlines 👩‍💻"])
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/history") {
            let path = folder.path + "/history/" + name
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func aReadMarkNeverGoesBack() throws {
        let (history, row) = try begun()
        _ = try history.merge([message(1), message(2)], in: row, me: "me")
        try history.markRead(row, until: message(2).at)
        try history.markRead(row, until: message(1).at)
        #expect(try history.conversation(row, me: "me")?.unread == 0)
    }

    @Test(arguments: ["not a database, not at all", ""])
    func aDamagedFileIsSetAsideAndNeverOverwritten(content: String) throws {
        do { _ = try begun() }
        // Pages of a real file overwritten, or all of it.
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file.path))
        if content.isEmpty {
            try handle.write(contentsOf: Data(repeating: 0xA5, count: 4096))
        } else {
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: Data(content.utf8))
        }
        try handle.close()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + suffix) }
        let damaged = try Data(contentsOf: URL(fileURLWithPath: file.path))
        let opened = try file.open(at: now)
        let aside = "\(file.path).damaged-\(now.microseconds / 1_000_000)"
        #expect(opened.notice == "the history was damaged; what was there is in \(aside)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: aside)) == damaged)
        #expect(try opened.history.conversations(me: nil).isEmpty)
    }

    @Test func aNewerFileIsSetAside() throws {
        do {
            let (history, _) = try begun()
            try history.write {
                try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 of the future')")
            }
        }
        let opened = try file.open(at: now)
        #expect(opened.notice?.contains("newer") == true)
        #expect(try opened.history.conversations(me: nil).isEmpty)
    }

    // MARK: Windows

    @Test func aLongConversationIsReadAsAWindowThatSlides() throws {
        let (history, row) = try begun()
        let all = (1...1500).map { message($0) }
        _ = try history.merge(all, in: row, me: "me")
        var window = TranscriptWindow()
        #expect(try texts(window, history, row).last == "text 1500")
        #expect(try texts(window, history, row).count == TranscriptWindow.page)
        window.from = try history.content(window, of: row).messages.first?.message.at
        for _ in 0..<20 {
            let shown = try history.content(window, of: row).messages.map(\.message.at)
            window = try history.extended(window, shown, older: true, in: row)
            #expect(try texts(window, history, row).count <= TranscriptWindow.most)
        }
        #expect(try texts(window, history, row).first == "text 1")
        #expect(try history.content(window, of: row).newer == 1500 - TranscriptWindow.most)
        for _ in 0..<20 {
            let shown = try history.content(window, of: row).messages.map(\.message.at)
            window = try history.extended(window, shown, older: false, in: row)
        }
        #expect(try texts(window, history, row).last == "text 1500")
        #expect(window.until == nil)
        let around = try history.window(.around(message(700).at), in: row)
        #expect(try texts(around, history, row).contains("text 700"))
        #expect(try texts(history.window(.oldest, in: row), history, row).first == "text 1")
    }

    // MARK: Gaps

    @Test func aPageWithNothingKnownInItLeavesAGapUntilThatTurnsUp() throws {
        let (history, row) = try begun()
        _ = try history.merge([message(1), message(2)], in: row, me: "me")
        let page = (10...12).map { message($0) }
        #expect(try history.merge(page, in: row, me: "me").hasGap)
        #expect(
            try history.content(TranscriptWindow(), of: row).messages.filter(\.isBeforeGap).map(\.message.text) == [
                "text 2"
            ])
        #expect(try history.messageAfterLastGap(in: row)?.text == "text 10")
        // From the newer end, as far as it goes.
        _ = try history.merge((5...9).map { message($0) }, in: row, before: message(10), me: "me")
        #expect(try history.messageAfterLastGap(in: row)?.text == "text 5")
        _ = try history.merge((2...4).map { message($0) }, in: row, before: message(5), me: "me")
        #expect(try history.messageAfterLastGap(in: row) == nil)
        #expect(
            try texts(TranscriptWindow(), history, row) == (1...5).map { "text \($0)" } + (6...12).map { "text \($0)" })
    }

    // MARK: Outbox

    @Test func whatIsQueuedIsSentByTheNextProgramAndWhatWasBeingSentIsUnsure() throws {
        do {
            let (history, row) = try begun()
            for text in ["first", "second"] {
                _ = try history.enqueue(text, in: row, by: "gone", at: now)
            }
            let first = try #require(try history.conversation(row, me: "me")?.outgoing.first)
            try history.begin(first, in: row)
        }
        let history = try open()
        try history.adopt(from: "gone", by: "me too")
        let outgoing = try #require(try history.conversations(me: "me").first?.outgoing)
        #expect(outgoing.map(\.text) == ["first", "second"])
        #expect(outgoing.map(\.state) == [.unsure(reason: "the program ended while it was being sent"), .queued])
        #expect(outgoing.allSatisfy { $0.owner == "me too" })
    }

    @Test func whatThePollListsIsConfirmedInTheSameTransaction() throws {
        let (history, row) = try begun()
        let outgoing = try history.enqueue("hi", in: row, by: "p", at: now)
        try history.begin(outgoing, in: row)
        try history.setState(.unsure(reason: "cut"), of: outgoing.id, me: "me")
        let merged = try history.merge([message(5, "hi", handle: "me")], in: row, me: "me")
        #expect(merged.confirmed == 1)
        #expect(try history.conversation(row, me: "me")?.outgoing.isEmpty == true)
    }

    @Test func theSameTextTwiceIsNotConfirmedByOneMessage() throws {
        let (history, row) = try begun()
        let first = try history.enqueue("ok", in: row, by: "p", at: now)
        let second = try history.enqueue("ok", in: row, by: "p", at: now)
        try history.begin(first, in: row)
        try history.setState(.sent(at: message(5).at), of: first.id, me: "me")
        try history.begin(second, in: row)
        // The poll lists the first while the second is on its way.
        _ = try history.merge([message(5, "ok", handle: "me")], in: row, me: "me")
        try history.setState(.unsure(reason: "cut"), of: second.id, me: "me")
        #expect(try history.conversation(row, me: "me")?.outgoing.map(\.id) == [second.id])
        _ = try history.merge([message(5, "ok", handle: "me"), message(6, "ok", handle: "me")], in: row, me: "me")
        #expect(try history.conversation(row, me: "me")?.outgoing.isEmpty == true)
    }

    @Test func aConversationThatBecomesAGroupTakesItsOutboxAndDraftAlong() throws {
        let history = try open()
        let row = try history.begin(with: UserShort(handle: "bob", displayName: "Bob"), readUntil: now)
        _ = try history.enqueue("hello", in: row, by: "p", at: now)
        try history.save(draft: "and", of: row)
        try history.save([group("other")], readUntil: now)
        // The list was faster: it is the same conversation.
        #expect(try history.conversations(me: "me").map(\.group) == ["other"])
        let again = try history.begin(with: UserShort(handle: "bob", displayName: "Bob"), readUntil: now)
        _ = try history.enqueue("once more", in: again, by: "p", at: now)
        #expect(try history.become("other", again) == row)
        #expect(try history.conversations(me: "me").flatMap(\.outgoing).map(\.text) == ["hello", "once more"])
        #expect(try history.drafts() == [.group("other"): "and"])
    }

    // MARK: Search

    @Test func wordsOfAnyScriptAreFoundAsTheyAreTyped() async throws {
        let (history, row) = try begun()
        let texts = [
            "See you at the Café, at noon", "早上好，今天我们来试试中文", "Привет, как дела?", "สวัสดีครับ", "שלום עולם",
            "안녕하세요 여러분", "ありがとうございます", "deploy 👍🏽 done", "naïve Straße", "https://example.com/a-b",
        ]
        _ = try history.merge(texts.enumerated().map { message($0 + 1, $1) }, in: row, me: "me")
        for (typed, expected) in [
            ("caf", 0), ("CAFÉ noo", 0), ("中文", 1), ("今天我们", 1), ("好", 1), ("приве", 2), ("สวัส", 3), ("שלום", 4),
            ("안녕", 5), ("がとう", 6), ("👍🏽", 7), ("naive", 8), ("strass", 8), ("example", 9), ("a b", 9),
        ] {
            let hits = try await history.search(typed, limit: 10)
            #expect(hits.map(\.message.text).contains(texts[expected]), "\(typed)")
        }
        #expect(try await history.search("文中", limit: 10).isEmpty)
        #expect(try await history.search("今天中文", limit: 10).isEmpty)
        #expect(try await history.search("\"' OR * NEAR( -", limit: 10).isEmpty)
        #expect(try await history.search("  ", limit: 10).isEmpty)
    }

    @Test func theNewestIsFoundFirstHoweverLateItWasFetched() async throws {
        let (history, row) = try begun()
        _ = try history.merge([message(30, "word new")], in: row, me: "me")
        _ = try history.merge(
            [message(10, "word old"), message(20, "word middle")], in: row, before: message(30), me: "me")
        #expect(try await history.search("word", limit: 2).map(\.message.text) == ["word new", "word middle"])
    }

    // MARK: Forgetting

    @Test func whatIsForgottenIsNotInTheFileAnyMore() async throws {
        let (history, row) = try begun()
        try history.save([group("h")], readUntil: now)
        let other = try #require(try history.conversations(me: nil).first { $0.group == "h" }).row
        _ = try history.merge([message(1, "secretword here"), message(9, "secretword too")], in: row, me: "me")
        _ = try history.merge([message(2, "harmless")], in: other, me: "me")
        try history.save(draft: "secretword draft", of: row)
        try history.forget(row)
        #expect(try history.conversations(me: nil).map(\.group) == ["h"])
        #expect(try await history.search("secretword", limit: 9).isEmpty)
        #expect(try await history.search("harmless", limit: 9).count == 1)
        for suffix in ["", "-wal"] {
            let bytes = (try? Data(contentsOf: URL(fileURLWithPath: file.path + suffix))) ?? Data()
            #expect(bytes.range(of: Data("secretword".utf8)) == nil)
        }
        try history.forget(nil)
        #expect(try history.conversations(me: nil).isEmpty)
        #expect(try await history.search("harmless", limit: 9).isEmpty)
    }
}

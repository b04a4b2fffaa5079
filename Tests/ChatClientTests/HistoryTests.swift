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
    private func begun() async throws -> (history: History, row: Int64) {
        let history = try open()
        try await history.save([group()], readUntil: nil)
        return (history, try #require(try await history.conversations().first).id.row)
    }

    private func queue(_ text: String, _ history: History, _ row: Int64) async throws -> Outgoing.ID {
        try #require(try await history.enqueue(text, in: row, by: "p", at: now, draft: nil)).id
    }

    private func outbox(_ history: History) async throws -> [Outgoing] { try await history.outbox().map(\.outgoing) }

    private func texts(_ window: TranscriptWindow, _ history: History, _ row: Int64) async throws -> [String] {
        try await history.content(window, of: row).messages.map(\.message.text)
    }

    // MARK: Keeping

    @Test func whatWasSeenIsThereTheNextTimeAndOnlyForItsOwner() async throws {
        do {
            let (history, row) = try await begun()
            _ = try await history.merge([message(1), message(2, handle: "me")], in: row, me: "me")
            try await history.save(draft: "two\nlines 👩‍💻", of: row)
        }
        let history = try open()
        let conversation = try #require(try await history.conversations().first)
        #expect(conversation.title == UserShort(handle: "bob", displayName: "Bob"))
        #expect(conversation.unread == 1)
        #expect(try await texts(TranscriptWindow(), history, conversation.id.row) == ["text 1", "text 2"])
        #expect(
            try await history.content(TranscriptWindow(), of: conversation.id.row).messages[1].message
                == message(2, handle: "me"))
        #expect(try await history.drafts() == [conversation.id: "two\nlines 👩‍💻"])
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/history") {
            let path = folder.path + "/history/" + name
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func aReadMarkNeverGoesBack() async throws {
        let (history, row) = try await begun()
        _ = try await history.merge([message(1)], in: row, me: "me")
        let earlier = try await history.content(TranscriptWindow(), of: row).told
        _ = try await history.merge([message(1), message(2)], in: row, me: "me")
        try await history.markRead(row, told: earlier + 1)
        // Another program tells what it had seen before.
        try await history.markRead(row, told: earlier)
        #expect(try await history.conversation(row)?.unread == 0)
    }

    @Test(arguments: ["not a database, not at all", ""])
    func aDamagedFileIsSetAsideAndNeverOverwritten(content: String) async throws {
        do { _ = try await begun() }
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
        #expect(try await opened.history.conversations().isEmpty)
    }

    @Test func aNewerFileIsSetAside() async throws {
        do {
            let (history, _) = try await begun()
            try await history.write {
                try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 of the future')")
            }
        }
        let opened = try file.open(at: now)
        #expect(opened.notice?.contains("newer") == true)
        #expect(try await opened.history.conversations().isEmpty)
    }

    // MARK: Windows

    @Test func aLongConversationIsReadAsAWindowThatSlides() async throws {
        let (history, row) = try await begun()
        let all = (1...1500).map { message($0) }
        _ = try await history.merge(all, in: row, me: "me")
        var window = TranscriptWindow()
        #expect(try await texts(window, history, row).last == "text 1500")
        #expect(try await texts(window, history, row).count == TranscriptWindow.page)
        window.from = try await history.content(window, of: row).messages.first?.message.at
        for _ in 0..<20 {
            let shown = try await history.content(window, of: row).messages.map(\.message.at)
            window = try await history.extended(window, shown, older: true, in: row)
            #expect(try await texts(window, history, row).count <= TranscriptWindow.most)
        }
        #expect(try await texts(window, history, row).first == "text 1")
        #expect(try await history.content(window, of: row).newer == 1500 - TranscriptWindow.most)
        for _ in 0..<20 {
            let shown = try await history.content(window, of: row).messages.map(\.message.at)
            window = try await history.extended(window, shown, older: false, in: row)
        }
        #expect(try await texts(window, history, row).last == "text 1500")
        #expect(window.until == nil)
        let around = try await history.window(.around(message(700).at), in: row)
        #expect(try await texts(around, history, row).contains("text 700"))
        #expect(try await texts(history.window(.oldest, in: row), history, row).first == "text 1")
    }

    // MARK: Gaps

    @Test func aPageWithNothingKnownInItLeavesAGapUntilThatTurnsUp() async throws {
        let (history, row) = try await begun()
        _ = try await history.merge([message(1), message(2)], in: row, me: "me")
        let page = (10...29).map { message($0) }
        #expect(try await history.merge(page, in: row, me: "me").hasGap)
        #expect(
            try await history.content(TranscriptWindow(), of: row).messages.filter(\.isBeforeGap).map(\.message.text)
                == ["text 2"])
        #expect(try await history.messageAfterLastGap(in: row)?.text == "text 10")
        // From the newer end, as far as it goes.
        _ = try await history.merge((5...9).map { message($0) }, in: row, .before(message(10)), me: "me")
        #expect(try await history.messageAfterLastGap(in: row)?.text == "text 5")
        _ = try await history.merge((2...4).map { message($0) }, in: row, .before(message(5)), me: "me")
        #expect(try await history.messageAfterLastGap(in: row) == nil)
        #expect(try await texts(TranscriptWindow(), history, row) == (1...29).map { "text \($0)" })
    }

    // MARK: Outbox

    @Test func whatIsQueuedIsSentByTheNextProgramAndWhatWasBeingSentIsUnsure() async throws {
        do {
            let (history, row) = try await begun()
            for text in ["first", "second"] {
                _ = try await history.enqueue(text, in: row, by: "gone", at: now, draft: nil)
            }
            let first = try #require(try await history.next(in: row, by: "gone"))
            _ = try await history.begin(first.outgoing.id, in: row, by: "gone")
        }
        let history = try open()
        try await history.adopt(from: "gone", by: "me too")
        let outgoing = try await outbox(history)
        #expect(outgoing.map(\.text) == ["first", "second"])
        #expect(outgoing.map(\.state) == [.unsure(reason: "the program ended while it was being sent"), .queued])
        #expect(outgoing.allSatisfy { $0.owner == "me too" })
    }

    @Test func nobodySendsWhatIsAnothersOrWhatStandsBehindSomethingUnsure() async throws {
        let (history, row) = try await begun()
        let first = try await queue("first", history, row)
        let second = try await queue("second", history, row)
        #expect(try await history.next(in: row, by: "another") == nil)
        #expect(try await history.begin(second, in: row, by: "p") == nil)
        #expect(try await history.begin(first, in: row, by: "p") != nil)
        // Two who are asked at once: one of them sends it.
        #expect(try await history.begin(first, in: row, by: "p") == nil)
        try await history.setState(.unsure(reason: "cut"), of: first, me: "me")
        #expect(try await history.next(in: row, by: "p") == nil)
        #expect(try await history.remove(first) == "first")
        #expect(try await history.next(in: row, by: "p")?.outgoing.id == second)
    }

    @Test func aTextIsInTheOutboxAndOutOfTheDraftInOneMoment() async throws {
        let (history, row) = try await begun()
        try await history.save(draft: "one\ntwo", of: row)
        _ = try await history.enqueue("one", in: row, by: "p", at: now, draft: "two")
        #expect(try await history.drafts() == [ConversationID(row): "two"])
        #expect(try await outbox(history).map(\.text) == ["one"])
        // Where there is no such conversation, nothing is taken.
        #expect(try await history.enqueue("one", in: 404, by: "p", at: now, draft: nil) == nil)
    }

    @Test func whatThePollListsIsConfirmedInTheSameTransaction() async throws {
        let (history, row) = try await begun()
        let outgoing = try await queue("hi", history, row)
        _ = try await history.begin(outgoing, in: row, by: "p")
        try await history.setState(.unsure(reason: "cut"), of: outgoing, me: "me")
        let merged = try await history.merge([message(5, "hi", handle: "me")], in: row, me: "me")
        #expect(merged.confirmed == 1)
        #expect(try await outbox(history).isEmpty)
    }

    @Test func theSameTextTwiceIsNotConfirmedByOneMessage() async throws {
        let (history, row) = try await begun()
        let first = try await queue("ok", history, row)
        let second = try await queue("ok", history, row)
        _ = try await history.begin(first, in: row, by: "p")
        try await history.setState(.sent(at: message(5).at), of: first, me: "me")
        _ = try await history.begin(second, in: row, by: "p")
        // The poll lists the first while the second is on its way.
        _ = try await history.merge([message(5, "ok", handle: "me")], in: row, me: "me")
        try await history.setState(.unsure(reason: "cut"), of: second, me: "me")
        #expect(try await outbox(history).map(\.id) == [second])
        _ = try await history.merge(
            [message(5, "ok", handle: "me"), message(6, "ok", handle: "me")], in: row, me: "me")
        #expect(try await outbox(history).isEmpty)
    }

    @Test func whatWasTakenAndIsNeverListedGoesOnlyWhenOneSaysSoAndItsPreviewWithIt() async throws {
        let (history, row) = try await begun()
        _ = try await history.merge([message(1, "theirs")], in: row, me: "me")
        let outgoing = try await queue("mine", history, row)
        _ = try await history.begin(outgoing, in: row, by: "p")
        // While it is on its way, nobody knows.
        try await history.dropTaken(outgoing)
        try await history.setState(.sent(at: message(5).at), of: outgoing, me: "me")
        #expect(try await history.remove(outgoing) == nil)
        #expect(try await outbox(history).map(\.id) == [outgoing])
        try await history.dropTaken(outgoing)
        #expect(try await outbox(history).isEmpty)
        #expect(try await history.conversation(row)?.last?.text == "theirs")
        // If a list shows it after all, it is there.
        _ = try await history.merge([message(5, "mine", handle: "me")], in: row, me: "me")
        #expect(try await history.conversation(row)?.last?.text == "mine")
    }

    @Test(arguments: [-7200.0, -15, 15, 7200])
    func ofAnAnswerThereIsOneRowHoweverFarTheClocksAreApart(ahead: Double) async throws {
        let (history, row) = try await begun()
        let theirs = message(1, "theirs", at: ahead)
        _ = try await history.merge([theirs], in: row, me: "me")
        let outgoing = try await queue("mine", history, row)
        _ = try await history.begin(outgoing, in: row, by: "p")
        try await history.setState(.sent(at: message(5).at), of: outgoing, me: "me")
        let page = [theirs, message(5, "mine", handle: "me")].sorted { $0.at < $1.at }
        #expect(try await history.merge(page, in: row, me: "me").confirmed == 1)
        let content = try await history.content(TranscriptWindow(), of: row, me: "me")
        #expect(content.messages.map(\.message) == page)
        #expect(content.outgoing.isEmpty)
        // What was said last is what was told last.
        #expect(try await history.conversation(row)?.last?.text == "mine")
    }

    @Test func whatTurnsUpFromFurtherBackConfirmsNothing() async throws {
        let (history, row) = try await begun()
        let page = (10...29).map { message($0) }
        _ = try await history.merge(page, in: row, me: "me")
        let outgoing = try await queue("hi", history, row)
        _ = try await history.begin(outgoing, in: row, by: "p")
        try await history.setState(.unsure(reason: "cut"), of: outgoing, me: "me")
        _ = try await history.merge([message(2, "hi", handle: "me")], in: row, .before(message(10)), me: "me")
        // The server shows more of the past than it did.
        _ = try await history.merge([message(1, "hi", handle: "me")] + page, in: row, me: "me")
        #expect(try await outbox(history).count == 1)
        _ = try await history.merge(page.dropFirst() + [message(30, "hi", handle: "me")], in: row, me: "me")
        #expect(try await outbox(history).isEmpty)
    }

    @Test func whatIsTriedAgainAndHasArrivedTheFirstTimeIsNotSent() async throws {
        let (history, row) = try await begun()
        _ = try await history.merge([message(1)], in: row, me: "me")
        let outgoing = try await queue("hi", history, row)
        _ = try await history.begin(outgoing, in: row, by: "p")
        try await history.setState(.unsure(reason: "cut"), of: outgoing, me: "me")
        try await history.requeue(outgoing, by: "p")
        #expect(try await history.next(in: row, by: "p")?.outgoing.id == outgoing)
        // Before it is sent again, the conversation is read.
        _ = try await history.merge([message(1), message(2, "hi", handle: "me")], in: row, me: "me")
        #expect(try await history.begin(outgoing, in: row, by: "p") == nil)
        #expect(try await outbox(history).isEmpty)
        // What certainly did not arrive is not taken for another of the same words.
        let refused = try await queue("hi", history, row)
        _ = try await history.begin(refused, in: row, by: "p")
        try await history.setState(.queued, of: refused, me: "me")
        _ = try await history.merge(
            [message(2, "hi", handle: "me"), message(3, "hi", handle: "me")], in: row, me: "me")
        #expect(try await outbox(history).map(\.id) == [refused])
    }

    @Test(arguments: ["me", nil])
    func whatAPageHasListedAlreadyIsConfirmedWhenItIsTakenOver(me: String?) async throws {
        let (history, row) = try await begun()
        let sent = try await queue("hi", history, row)
        let next = try await queue("next", history, row)
        _ = try await history.begin(sent, in: row, by: "p")
        // It is listed while its program ends.
        _ = try await history.merge([message(1, "hi", handle: "me")], in: row, me: "me")
        try await history.adopt(from: "p", by: "q", me: me)
        #expect(try await outbox(history).map(\.id) == [next])
        #expect(try await history.next(in: row, by: "q")?.outgoing.id == next)
    }

    @Test func whatIsOnItsWayIsLookedForAmongWhatWasToldSince() async throws {
        let (history, row) = try await begun()
        let plan = try await history.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    EXPLAIN QUERY PLAN SELECT message.id FROM message JOIN person ON person.id = person
                    LEFT JOIN gap ON gap.message = message.id
                    WHERE conversation = ? AND merged > 0 AND merged > ? ORDER BY +at, +rank
                    """, arguments: [row, 1]
            ).map { $0["detail"] as String }.joined(separator: "\n")
        }
        #expect(plan.contains("message_merged (conversation=? AND merged>?)"))
    }

    // MARK: One conversation for life

    @Test func whatComesForAConversationThatIsGoneLeavesNothing() async throws {
        let (history, row) = try await begun()
        try await history.forget(row)
        #expect(try await history.merge([message(1)], in: row, me: "me") == MergedPage())
        try await history.save(draft: "late", of: row)
        try await history.markRead(row, told: .max)
        try await history.setReachesStart(row)
        #expect(try await history.drafts().isEmpty)
        #expect(try await history.count(in: row) == 0)
        #expect(try await history.search("text", limit: 9).isEmpty)
        #expect(try await history.conversations().isEmpty)
    }

    @Test func anIDThatAnotherConversationHasKeptIsLeftToIt() async throws {
        let history = try open()
        let first = try await history.begin(with: UserShort(handle: "bob", displayName: "Bob"))
        _ = try await history.become("g", first)
        // Who was called bob is robert now, and somebody else is bob.
        try await history.save(
            [Group(uuid: "g", handle: "robert", displayName: "R", preview: "p", at: now)], readUntil: nil)
        let second = try await history.begin(with: UserShort(handle: "bob", displayName: "Bob"))
        #expect(second != first)
        try await history.write { database in
            try database.execute(
                sql: "UPDATE conversation SET id = ? WHERE id = ?", arguments: [History.localID("group h"), first.row])
        }
        try await history.save([group("h"), group("i")], readUntil: nil)
        #expect(try await history.conversations().count == 4 - 1)
        #expect(try await history.conversation(ofGroup: "i") != nil)
    }

    // MARK: Listening

    @Test(arguments: [true, false])
    func whoListensHearsOfEachChange(isInMemory: Bool) async throws {
        let history = try isInMemory ? History.inMemory() : open()
        var marks = history.marks().makeAsyncIterator()
        var known = try #require(try await marks.next())
        func hears() async throws -> Bool {
            let next = try #require(try await marks.next())
            defer { known = next }
            return next != known
        }
        try await history.save([group()], readUntil: nil)
        #expect(try await hears())
        let row = try #require(try await history.conversations().first).id.row
        _ = try await history.merge([message(1)], in: row, me: "me")
        #expect(try await hears())
        try await history.markRead(row, told: .max)
        #expect(try await hears())
        _ = try await queue("hi", history, row)
        #expect(try await hears())
        try await history.save(draft: "d", of: row)
        #expect(try await hears())
        try await history.forget(nil)
        #expect(try await hears())
        #expect(known.removals == 1)
    }

    @Test func aConversationIsTheSameBeforeAndAfterItsFirstMessage() async throws {
        let history = try open()
        let id = try await history.begin(with: UserShort(handle: "bob", displayName: "Bob"))
        _ = try await queue("hello", history, id.row)
        try await history.save(draft: "and", of: id.row)
        // The list is faster than the answer.
        try await history.save([group("made")], readUntil: now)
        #expect(try await history.conversations().map(\.id) == [id])
        #expect(try await history.become("made", id) == id)
        #expect(try await history.conversation(id.row)?.group == "made")
        #expect(try await history.begin(with: UserShort(handle: "bob", displayName: "Bob")) == id)
        #expect(try await history.drafts() == [id: "and"])
    }

    @Test func whatWaitsForAGroupThatIsKnownAsAnotherGoesThere() async throws {
        let history = try open()
        let waiting = try await history.begin(with: UserShort(handle: "bob", displayName: "Bob"))
        try await history.save([group("one")], readUntil: now)
        try await history.save([group("other", at: now.advanced(bySeconds: 9))], readUntil: now)
        let other = try #require(try await history.conversation(ofGroup: "other")).id
        // Of several with one person, the one that was used last.
        #expect(try await history.conversation(with: "bob")?.id == other)
        try await history.save(draft: "b", of: other.row)
        let new = try await history.begin(with: UserShort(handle: "eve", displayName: "Eve"))
        _ = try await queue("hello", history, new.row)
        try await history.save(draft: "a", of: new.row)
        #expect(try await history.become("other", new) == other)
        #expect(try await history.outbox().map(\.conversation) == [other])
        #expect(try await history.drafts() == [other: "b\na"])
        #expect(waiting != other)
    }

    // MARK: NUL

    @Test func aTextIsWholeWhateverStandsInIt() async throws {
        let (history, row) = try await begun()
        let texts = ["before\u{0}after", "\u{0}", "a\u{0}\u{0}b\u{0}"]
        let handle = "bo\u{0}b"
        _ = try await history.merge(
            texts.enumerated().map { message($0 + 1, $1, handle: handle) }, in: row, me: "me")
        _ = try await queue(texts[2], history, row)
        try await history.save(draft: texts[0], of: row)
        let content = try await history.content(TranscriptWindow(), of: row)
        #expect(content.messages.map(\.message.text) == texts)
        #expect(content.messages.allSatisfy { $0.message.handle == handle })
        #expect(content.outgoing.map(\.text) == [texts[2]])
        #expect(try await history.drafts().values.map { $0 } == [texts[0]])
        #expect(try await history.search("after", limit: 9).map(\.message.text) == [texts[0]])
        try await history.save(
            [Group(uuid: "n\u{0}", handle: handle, displayName: texts[1], preview: texts[2], at: now)], readUntil: nil)
        let named = try #require(try await history.conversation(ofGroup: "n\u{0}"))
        #expect(named.title == UserShort(handle: handle, displayName: texts[1]))
        #expect(named.last?.text == texts[2])
        #expect(try await history.conversation(ofGroup: "n") == nil)
        // The same message again is the same.
        #expect(try await history.merge([message(1, texts[0], handle: handle)], in: row, me: "me").new == 0)
    }

    // MARK: What is unread

    @Test(arguments: [-7200.0, 0, 7200])
    func whatIsToldAfterOneHasLookedIsUnreadWhateverItsTime(ahead: Double) async throws {
        let (history, row) = try await begun()
        let first = message(1, at: ahead)
        _ = try await history.merge([first], in: row, me: "me")
        try await history.markRead(row, told: try await history.content(TranscriptWindow(), of: row).told)
        #expect(try await history.conversation(row)?.unread == 0)
        let page = [first, message(2, at: 10), message(3, at: 20), message(4, at: 30, handle: "me")]
        _ = try await history.merge(page.sorted { $0.at < $1.at }, in: row, me: "me")
        #expect(try await history.conversation(row)?.unread == 2)
        _ = try await history.merge((page + [message(5, at: -40)]).sorted { $0.at < $1.at }, in: row, me: "me")
        #expect(try await history.conversation(row)?.unread == 3)
    }

    @Test func whatAServerShowsOfThePastIsNotUnread() async throws {
        let (history, row) = try await begun()
        let all = (1...60).map { message($0) }
        _ = try await history.merge(Array(all[30..<50]), in: row, me: "me")
        try await history.markRead(row, told: .max)
        // It shows fifty from now on, and one is new.
        _ = try await history.merge(Array(all[1...50]), in: row, me: "me")
        #expect(try await history.conversation(row)?.unread == 1)
    }

    @Test func whatTheListToldOfSinceIsUnreadAlsoBehindATimeThatIsAhead() async throws {
        let (history, row) = try await begun()
        try await history.save([group(at: now.advanced(bySeconds: 7200))], readUntil: nil)
        // The row moves back to a message dated now.
        try await history.save([group(at: message(9).at)], readUntil: nil)
        #expect(try await history.conversation(row)?.isBehind == true)
        let page = [message(8), message(9), message(1, at: 7200)]
        _ = try await history.merge(page, in: row, me: "me")
        let unread = try await history.content(TranscriptWindow(), of: row).messages.filter(\.isUnread)
        #expect(unread.map(\.message.text).contains("text 9"))
        #expect(try await history.conversation(row)?.isBehind == false)
    }

    @Test func whatIsToldWhileOneLooksIsNotReadByIt() async throws {
        let (history, row) = try await begun()
        _ = try await history.merge([message(1)], in: row, me: "me")
        let told = try await history.content(TranscriptWindow(), of: row).told
        _ = try await history.merge([message(1), message(2)], in: row, me: "me")
        try await history.markRead(row, told: told)
        #expect(try await history.conversation(row)?.unread == 1)
        #expect(try await history.content(TranscriptWindow(), of: row).messages.map(\.isUnread) == [false, true])
    }

    @Test func fortyMessagesWhileNobodyWasHereAreTwentyAndMore() async throws {
        let (history, row) = try await begun()
        let all = (1...40).map { message($0) }
        _ = try await history.merge(Array(all.suffix(20)), in: row, me: "me")
        #expect(try await history.conversation(row)?.unread == 20)
        #expect(try await history.conversation(row)?.hasMoreUnread == true)
        // Of a conversation that was known, with a gap; what fills it is unread too.
        let (other, place) = (try History.inMemory(), History.localID("group g"))
        try await other.save([group()], readUntil: nil)
        _ = try await other.merge([message(0)], in: place, me: "me")
        #expect(try await other.merge(Array(all.suffix(20)), in: place, me: "me").hasGap)
        #expect(try await other.conversation(place)?.hasMoreUnread == true)
        _ = try await other.merge(Array(all.prefix(20)), in: place, .before(all[20]), me: "me")
        let unread = try await other.conversation(place)?.unread
        #expect(unread == 40)
    }

    @Test func aPageThatIsNotFullMissesNothing() async throws {
        let (history, row) = try await begun()
        _ = try await history.merge([message(1), message(2)], in: row, me: "me")
        // At the turn of the year the list begins anew.
        #expect(try await !history.merge((10...28).map { message($0) }, in: row, me: "me").hasGap)
        #expect(try await history.content(TranscriptWindow(), of: row).messages.allSatisfy { !$0.isBeforeGap })
    }

    // MARK: Search

    @Test func wordsOfAnyScriptAreFoundAsTheyAreTyped() async throws {
        let (history, row) = try await begun()
        let texts = [
            "See you at the Café, at noon", "早上好，今天我们来试试中文", "Привет, как дела?", "สวัสดีครับ", "שלום עולם",
            "안녕하세요 여러분", "ありがとうございます", "deploy 👍🏽 done", "naïve Straße", "https://example.com/a-b",
        ]
        _ = try await history.merge(texts.enumerated().map { message($0 + 1, $1) }, in: row, me: "me")
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
        let (history, row) = try await begun()
        _ = try await history.merge([message(30, "word new")], in: row, me: "me")
        _ = try await history.merge(
            [message(10, "word old"), message(20, "word middle")], in: row, .before(message(30)), me: "me")
        #expect(try await history.search("word", limit: 2).map(\.message.text) == ["word new", "word middle"])
    }

    // MARK: Forgetting

    @Test func whatIsForgottenIsNotInTheFileAnyMore() async throws {
        let (history, row) = try await begun()
        try await history.save([group("h")], readUntil: now)
        let other = try #require(try await history.conversations().first { $0.group == "h" }).id.row
        _ = try await history.merge([message(1, "secretword here"), message(9, "secretword too")], in: row, me: "me")
        _ = try await history.merge([message(2, "harmless")], in: other, me: "me")
        try await history.save(draft: "secretword draft", of: row)
        try await history.forget(row)
        #expect(try await history.conversations().map(\.group) == ["h"])
        #expect(try await history.search("secretword", limit: 9).isEmpty)
        #expect(try await history.search("harmless", limit: 9).count == 1)
        for suffix in ["", "-wal"] {
            let bytes = (try? Data(contentsOf: URL(fileURLWithPath: file.path + suffix))) ?? Data()
            #expect(bytes.range(of: Data("secretword".utf8)) == nil)
        }
        try await history.forget(nil)
        #expect(try await history.conversations().isEmpty)
        #expect(try await history.search("harmless", limit: 9).isEmpty)
    }
}

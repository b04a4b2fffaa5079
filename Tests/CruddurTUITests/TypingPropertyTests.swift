import ChatClient
import TestSupport
import Testing
import Timestamps

@testable import CruddurTUI

/// Keys, snapshots and answers in any order: each text goes to the one who was selected at its Enter, as the
/// person has it in mind, and no typed character is lost.
struct TypingPropertyTests {
    fileprivate static let people: [(handle: String, id: ConversationID)] = [
        ("mei", Fixture.meiGroup), ("tomasz", Fixture.tomaszGroup), ("a.very.long", Fixture.longGroup),
        ("old", Fixture.oldGroup), ("lena", Fixture.lena.id),
    ]

    @Test(arguments: 0..<400)
    func everyTextGoesToTheOneWhoWasSelectedAtItsEnterAndNoneIsLost(seed: Int) {
        var typing = Typing(seed: seed)
        for _ in 0..<50 { typing.step() }
        let sent = typing.sentTexts
        #expect(sent == typing.imagined.sent, "seed \(seed)")
        for text in 0..<typing.written {
            let places = typing.places.count { $0.contains(Typing.spelled(text)) }
            #expect(places == 1, "seed \(seed): text \(text) is in \(places) places")
        }
    }

    /// Somebody who types faster than anything answers.
    private struct Typing {
        private var random: Seeded
        private(set) var state = Fixture.starting(100, 30)
        private(set) var imagined = ImaginedChat()
        private(set) var written = 0
        private var onTheirWay: [(submission: Submission, id: ConversationID)] = []
        private var sent: [(text: String, id: ConversationID)] = []

        private var people: [(handle: String, id: ConversationID)] { TypingPropertyTests.people }

        init(seed: Int) { random = Seeded(UInt64(seed)) }

        static func spelled(_ text: Int) -> String { "t\(text);" }

        /// All that has left a compose line and did not come back.
        var sentTexts: [Int: ConversationID] {
            let all = sent + onTheirWay.map { ($0.submission.text, $0.id) }
            return (0..<written).reduce(into: [:]) { texts, text in
                for message in all where message.text.contains(Self.spelled(text)) { texts[text] = message.id }
            }
        }

        /// Wherever a text may be: once in all.
        var places: [String] {
            var places = sent.map(\.text) + state.drafts.texts + state.drafts.looseTexts + [state.typeAhead.text]
            if case .newConversation(let prompt)? = state.overlay { places.append(prompt.input.text) }
            return places
        }

        mutating func step() {
            imagined.now += [0.013, 0.11, 0.31, 1.2].randomElement(using: &random) ?? 0.0
            state.now = Fixture.now.advanced(bySeconds: imagined.now)
            switch Int.random(in: 0..<14, using: &random) {
            case 0...5: if imagined.isAskedAgain { correct() } else { type() }
            case 6...8: tell()
            case 9, 10: answer()
            case 11: settleSubmission()
            case 12 where imagined.isAskedAgain || imagined.waitingFor != nil: escape()
            default: if imagined.waitingFor == nil, !imagined.isAskedAgain { jump() }
            }
        }

        // MARK: Keys

        private mutating func type() {
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: tab()
            case 2 where !imagined.list.isEmpty: find()
            case 3: ask()
            case 4: write(behind: [Key(.function(1))])
            default: write(behind: [])
            }
        }

        private mutating func press(_ events: [Event]) {
            for event in events {
                for effect in update(&state, event) {
                    if case .writing(.send(let submission, let id)) = effect { onTheirWay.append((submission, id)) }
                }
            }
        }

        private func keys(_ text: String) -> [Event] { text.map { .key(Key(.character($0))) } }

        private mutating func tab() {
            let step = Bool.random(using: &random) ? 1 : -1
            press([.key(step > 0 ? Key(.tab) : Key(.tab, .shift))])
            imagined.act(.tab(step))
        }

        private mutating func find() {
            let person = people.dropLast().randomElement(using: &random) ?? people[0]
            press([.key(.control("f"))] + keys(person.handle) + [.key(Key(.enter))])
            imagined.act(.find(person.id))
        }

        private mutating func ask() {
            let handle = (people.map(\.handle) + ["nobody"]).randomElement(using: &random) ?? "mei"
            press([.key(.control("n"))] + keys(handle) + [.key(Key(.enter))])
            imagined.act(.ask(handle))
        }

        private mutating func correct() {
            let handle = people.randomElement(using: &random)?.handle ?? "mei"
            press([.key(.control("u"))] + keys(handle) + [.key(Key(.enter))])
            imagined.act(.ask(handle))
        }

        private mutating func write(behind first: [Key]) {
            let text = Self.spelled(written)
            let andEnter = Int.random(in: 0..<3, using: &random) > 0
            let isPasted = Bool.random(using: &random)
            press(
                first.map { .key($0) } + (isPasted ? [.paste(text)] : keys(text))
                    + (andEnter ? [.key(Key(.enter))] : []))
            imagined.act(.write(written, andEnter: andEnter))
            written += 1
        }

        private mutating func escape() {
            press([.key(Key(.escape))])
            imagined.escape()
        }

        private mutating func jump() {
            guard let person = people.randomElement(using: &random) else { return }
            press([.key(.control("s"))] + keys("w"))
            let hit = SearchHit(
                conversation: person.id, title: Fixture.mei, message: Fixture.message(5, "w", minutesAgo: 60))
            press([.found(typed: "w", [hit]), .key(Key(.enter))])
            imagined.select(person.id)
        }

        // MARK: What others tell

        private mutating func tell() {
            var snapshot = Fixture.state(100, 30).snapshot
            snapshot.conversations.shuffle(using: &random)
            let shown = people.randomElement(using: &random)?.id
            snapshot.transcript = shown.map {
                Transcript(id: $0, title: Fixture.mei, entries: Fixture.entries(), isLoaded: true)
            }
            press([.snapshot(snapshot)])
            imagined.see(snapshot.conversations.map(\.id))
        }

        /// To what is asked, or to what was asked once.
        private mutating func answer() {
            guard let handle = [imagined.waitingFor, "mei", "nobody"].randomElement(using: &random) ?? nil else {
                return
            }
            let fails = Int.random(in: 0..<4, using: &random) == 0
            let id = fails ? nil : people.first { $0.handle == handle }?.id
            let found = id.map { FoundConversation(id: $0, title: Fixture.mei) }
            press([.person(handle: handle, fails ? .failure(.timedOut) : .success(found))])
            imagined.answer(handle, id)
        }

        private mutating func settleSubmission() {
            guard !onTheirWay.isEmpty else { return }
            let (submission, id) = onTheirWay.removeFirst()
            guard Int.random(in: 0..<3, using: &random) == 0 else {
                press([.accepted(submission.id, in: id)])
                return sent.append((submission.text, id))
            }
            press([.notAccepted(submission.id, in: id)])
            imagined.comeBack((0..<written).filter { submission.text.contains(Self.spelled($0)) }, to: id)
        }
    }
}

import ChatClient

@testable import CruddurTUI

/// The chat as the person at the keyboard has it in mind: every key does at once what it is for, and what
/// waits for an answer is done when the answer is there. Texts are named, not spelled.
struct ImaginedChat {
    enum Action: Equatable {
        case tab(Int)
        case find(ConversationID)
        case write(Int, andEnter: Bool)
        case ask(String)
    }

    private(set) var selected: ConversationID?
    private(set) var list: [ConversationID] = []
    /// Seconds since the start.
    var now = 0.0
    /// How the list stood before, and until when it did.
    private var former: [(list: [ConversationID], until: Double)] = []
    /// As it stands while one goes through it, and until when it does.
    private var still: (list: [ConversationID], until: Double)?
    /// What stands in each compose line; of `nil`: before anybody is selected.
    private var lines: [ConversationID?: [Int]] = [:]
    /// For whom each text was sent.
    private(set) var sent: [Int: ConversationID] = [:]
    private(set) var waitingFor: String?
    private var waiting: [Action] = []
    /// Written for somebody who was not found.
    private var unplaced: [Int] = []
    /// The question stands there and waits for a better handle.
    private(set) var isAskedAgain = false
    private var earlySteps = 0

    mutating func act(_ action: Action) {
        guard waitingFor == nil else { return waiting.append(action) }
        switch action {
        case .tab(let step): tab(step)
        case .find(let id): select(id)
        case .write(let text, let andEnter):
            lines[selected, default: []].append(text)
            if andEnter { enter() }
        case .ask(let handle):
            waitingFor = handle
            isAskedAgain = false
        }
    }

    private mutating func enter() {
        guard let selected else { return }
        for text in lines.removeValue(forKey: selected) ?? [] { sent[text] = selected }
    }

    private mutating func tab(_ step: Int) {
        guard !list.isEmpty else {
            if selected == nil { earlySteps += step }
            return
        }
        // What has changed within a quarter of a second nobody has seen; and it stands still for a second.
        let ended = still.flatMap { now >= $0.until && now - $0.until < 0.25 ? $0.list : nil }
        let seen = former.first { now - $0.until < 0.25 }?.list ?? ended ?? list
        let list = still.flatMap { now < $0.until ? $0.list : nil } ?? seen
        still = (list, now + 1)
        former = []
        let start = step > 0 ? -1 : list.count
        let index = (selected.flatMap { list.firstIndex(of: $0) } ?? start) + step
        select(list[(index + list.count) % list.count])
    }

    mutating func see(_ list: [ConversationID]) {
        if let still, now >= still.until {
            if now - still.until < 0.25 { former.append(still) }
            self.still = nil
        }
        if still == nil, self.list != list, !self.list.isEmpty {
            former.append((self.list, now))
        }
        self.list = list
        // Who is looked for is the first to be seen.
        guard selected == nil, waitingFor == nil, !list.isEmpty else { return }
        select(list[(earlySteps % list.count + list.count) % list.count])
    }

    mutating func select(_ id: ConversationID) {
        lines[id, default: []] += lines.removeValue(forKey: nil) ?? []
        selected = id
    }

    /// - Parameter found: `nil`: nobody, or no answer.
    mutating func answer(_ handle: String, _ found: ConversationID?) {
        guard waitingFor == handle else { return }
        waitingFor = nil
        let actions = waiting
        waiting = []
        guard let found else {
            unplaced += Self.texts(actions)
            return isAskedAgain = true
        }
        select(found)
        lines[found, default: []] += unplaced
        unplaced = []
        for action in actions { act(action) }
    }

    mutating func escape() {
        lines[selected, default: []] += unplaced + Self.texts(waiting)
        (unplaced, waiting, waitingFor, isAskedAgain) = ([], [], nil, false)
    }

    mutating func comeBack(_ texts: [Int], to id: ConversationID) {
        for text in texts { sent[text] = nil }
        lines[id, default: []] += texts
    }

    private static func texts(_ actions: [Action]) -> [Int] {
        actions.compactMap { if case .write(let text, _) = $0 { text } else { nil } }
    }
}

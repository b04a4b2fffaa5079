import CruddurDemo

/// A step of the tour: what stands beside the conversation, and what its key does, for real.
struct TourStep: Equatable, Sendable {
    enum Pane: Equatable, Sendable { case calls, table }

    /// By which one begins there: `--tour=E`.
    let name: String
    let pane: Pane
    let acts: [TourAct]
    /// What goes wrong in it.
    var fault: SeedFault?

    var text: TourText { TourTexts.english[name] ?? TourText(title: name, look: "") }
}

/// What one press of the key does.
struct TourAct: Equatable, Sendable {
    let actions: [TourAction]
    /// The pattern that shows what came of it; `nil`: the calls do not.
    var letter: String?

    /// Messages of one's own that are on their way afterwards.
    var sends: Int {
        actions.count { action in
            switch action {
            case .send, .begin: true
            case .refresh, .write, .set: false
            }
        }
    }
}

enum TourAction: Equatable, Sendable {
    /// Asks for both lists.
    case refresh
    /// Into the tour's conversation.
    case send(String)
    /// Begins a conversation.
    case begin(with: String, String)
    /// Somebody else writes to you.
    case write(from: String, String)
    case set(SeedFault, Bool)
}

extension TourStep {
    /// With whom the tour's conversation is.
    static let partner = "mei"
    /// With whom there is none yet.
    static let other = "lena"

    static let all =
        [
            TourStep(name: "A", pane: .calls, acts: [TourAct(actions: [.refresh], letter: "A")]),
            TourStep(name: "B", pane: .calls, acts: [TourAct(actions: [.refresh], letter: "B")]),
            TourStep(name: "C", pane: .calls, acts: [TourAct(actions: [.send(TourTexts.hello)], letter: "C")]),
            TourStep(
                name: "D", pane: .calls,
                acts: [TourAct(actions: [.begin(with: other, TourTexts.welcome)], letter: "D")]),
            TourStep(name: "E", pane: .table, acts: [TourAct(actions: [.send(TourTexts.moves)], letter: "E")]),
            TourStep(name: "cost", pane: .calls, acts: [TourAct(actions: [.send(TourTexts.costs)], letter: "E")]),
            TourStep(name: "limits", pane: .table, acts: []),
        ] + faults

    private static let faults = [
        faulty(.streamOff, .table, [.send(TourTexts.unseen)], letter: "E"),
        faulty(.streamLate, .table, [.send(TourTexts.late)], letter: "E"),
        faulty(.outOfOrder, .table, [.send(TourTexts.first), .send(TourTexts.second)], letter: "E"),
        faulty(.moveGap, .table, [.send(TourTexts.gap)], letter: "E"),
        faulty(.sameTime, .table, [.send(TourTexts.first), .send(TourTexts.second)]),
        faulty(
            .twoGroups, .table,
            [.write(from: other, TourTexts.first), .write(from: other, TourTexts.second)]),
        faulty(.echo, .calls, [.send(TourTexts.echoed)], letter: "C"),
        faulty(.newYear, .calls, [.refresh], letter: "B"),
    ]

    /// It is made to happen, and healed.
    private static func faulty(
        _ fault: SeedFault, _ pane: Pane, _ actions: [TourAction], letter: String? = nil
    ) -> TourStep {
        let heals: [TourAction] = [.set(fault, false)] + (fault == .newYear ? [.refresh] : [])
        return TourStep(
            name: fault.rawValue, pane: pane,
            acts: [
                TourAct(actions: [.set(fault, true)] + actions, letter: letter),
                TourAct(actions: heals, letter: fault == .newYear ? "B" : nil),
            ], fault: fault)
    }
}

/// Where one is in the tour.
struct Tour: Equatable, Sendable {
    var position = 0
    /// Acts of this step that were done.
    var done = 0
    /// When the last of them was begun, in microseconds.
    var since: Int64?
    /// What is to be sent to whoever is just looked up.
    var greeting: Greeting?

    struct Greeting: Equatable, Sendable {
        let handle: String
        let text: String
    }

    var step: TourStep { TourStep.all[position] }

    /// The act that was done last.
    var act: TourAct? { done > 0 ? step.acts[done - 1] : nil }

    /// By a step's name, in whatever case.
    static func position(of name: String) -> Int? {
        TourStep.all.firstIndex { $0.name.lowercased() == name.lowercased() }
    }
}

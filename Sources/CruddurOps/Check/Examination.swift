import MessageTable
import Timestamps

/// Goes through what a survey has found suspicious, looks closer, and has done about it what is wished.
struct Examination {
    /// Groups that are looked at side by side.
    private static let parallel = 16
    /// Looks at one group: mending one thing may bring another to light.
    private static let looks = 8

    let spill: Spill
    let look: Look
    let mending: Mending
    let resolution: Resolution
    /// Only this group, or this item.
    var only: String?
    /// Only conversations of this user.
    var user: String?

    /// - Throws: `TableError`, `OutputFault`.
    func run(progress: (Int) -> Void) async throws {
        try await items()
        try await groups(progress)
        try await pairs()
    }

    private func items() async throws {
        guard user == nil else { return }
        var last = 0
        while true {
            let found = try await spill.itemFindings(after: last, limit: 500)
            guard let end = found.last?.id else { return }
            for (_, finding) in found where only == nil || only == finding.subject {
                _ = try await mending.take(finding)
            }
            last = end
        }
    }

    // MARK: Group by group

    private func groups(_ progress: (Int) -> Void) async throws {
        var last = 0
        while true {
            let suspects = try await spill.suspects(after: last, limit: Self.parallel)
            guard let end = suspects.last?.id else { return }
            let wanted = suspects.map(\.suspect).filter { only == nil || only == $0.group }
            for (suspect, first) in try await looked(wanted) { try await examine(suspect, first) }
            last = end
            progress(last)
        }
    }

    private func looked(_ suspects: [Suspect]) async throws -> [(Suspect, Conversation)] {
        try await withThrowingTaskGroup(of: (Int, Conversation).self) { tasks in
            for (number, suspect) in suspects.enumerated() {
                tasks.addTask { [look] in (number, try await look.conversation(suspect)) }
            }
            var found: [Int: Conversation] = [:]
            for try await (number, conversation) in tasks { found[number] = conversation }
            return suspects.enumerated().compactMap { number, suspect in found[number].map { (suspect, $0) } }
        }
    }

    private func examine(_ suspect: Suspect, _ first: Conversation) async throws {
        var conversation = first
        var told: Set<String> = []
        for _ in 0..<Self.looks {
            guard user == nil || conversation.people.contains(user ?? "") else { return }
            let knowledge = try await look.knowledge(of: conversation.people)
            let findings = Judgement(conversation: conversation, knowledge: knowledge).findings()
            var isChanged = false
            for finding in findings where told.insert(finding.kind.rawValue + finding.explanation).inserted {
                let whole =
                    mending.mayMend(finding) || finding.kind == .leftBehind
                    ? try await resolution.resolved(finding, conversation, knowledge) : finding
                isChanged = try await mending.take(whole)
                // What else was found was concluded from what has just been changed.
                if isChanged { break }
            }
            guard isChanged else { return }
            conversation = try await look.conversation(suspect)
        }
    }

    // MARK: Pair by pair

    private func pairs() async throws {
        var last = ""
        while let (pair, groups) = try await spill.twins(after: last) {
            last = pair
            let people = pair.split(separator: "#").map(String.init)
            guard people.count == 2, user == nil || people.contains(user ?? ""),
                only == nil || groups.contains(only ?? "")
            else { continue }
            var conversations: [Conversation] = []
            for group in groups {
                var found = try await look.conversation(group)
                // Those of which both still have a row.
                guard Set(found.rows.map(\.owner)).isSuperset(of: people) else { continue }
                found.messages = try await count(group)
                conversations.append(found)
            }
            guard conversations.count > 1 else { continue }
            try await twins(conversations, people)
        }
    }

    private func count(_ group: String) async throws -> Int {
        var count = 0
        var after: ItemKey?
        repeat {
            let page = try await look.engine.query(
                Query(partition: MessageItem.partition(group: group), limit: 1000, after: after))
            count += page.items.count
            after = page.next
        } while after != nil
        return count
    }

    private func twins(_ conversations: [Conversation], _ people: [String]) async throws {
        let knowledge = try await look.knowledge(of: Set(people))
        let sizes = conversations.map { "\($0.group) (\($0.messages ?? 0) messages)" }
        var finding = Finding(
            kind: .twoGroups, subject: conversations[0].group,
            explanation:
                "\(people.map(knowledge.name).joined(separator: " and ")) have \(sizes.joined(separator: ", "))",
            isSafe: false)
        if mending.mayMend(finding) {
            let pair = try await look.engine.item(at: PairItem.key(people[0], people[1]))
            finding.steps = try await resolution.merged(conversations, pair: pair, people: people)
        }
        _ = try await mending.take(finding)
    }
}

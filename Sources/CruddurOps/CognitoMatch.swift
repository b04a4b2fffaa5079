import Users

/// Whose Cognito id is whose. Pure.
struct CognitoMatch {
    /// A user of the pool.
    struct Person: Hashable {
        let subject: String
        let preferredUsername: String?
    }

    /// An id that is one user's by Cognito and another's by the directory.
    struct Held: Hashable, Encodable {
        let handle: String
        let holders: [String]
        let cognitoUserID: String
    }

    private(set) var updated: [String] = []
    private(set) var unchanged: [String] = []
    /// Nobody in the directory is called so.
    private(set) var unknownHandles: [String] = []
    /// Subjects of those in the pool who have no `preferred_username`.
    private(set) var nameless: [String] = []
    /// Two in the pool, or two in the directory, have this handle: nobody can say who is who.
    private(set) var ambiguous: [String] = []
    /// Left alone: somebody else holds the id.
    private(set) var held: [Held] = []
    /// Whose id was taken for who has the handle.
    private(set) var cleared: [Held] = []
    /// Handles of users that nobody in the pool has.
    private(set) var unclaimed: [String] = []
    private(set) var changes = IdentityChanges(given: [:])

    init(people: [Person], users: [User], takesOver: Bool = false) {
        nameless = people.filter { ($0.preferredUsername ?? "").isEmpty }.map(\.subject).sorted()
        let named = Dictionary(grouping: people) { $0.preferredUsername ?? "" }.filter { !$0.key.isEmpty }
        let known = Dictionary(grouping: users, by: \.handle)
        var meant: [Meant] = []
        for (handle, people) in named.sorted(by: { $0.key < $1.key }) {
            switch (people.count, known[handle, default: []].count) {
            case (_, 0): unknownHandles.append(handle)
            case (1, 1): meant.append(Meant(subject: people[0].subject, user: known[handle, default: []][0]))
            default: ambiguous.append(handle)
            }
        }
        unclaimed = Set(known.keys).subtracting(named.keys).sorted()
        decide(meant, Dictionary(grouping: users, by: \.cognitoUserID), takesOver)
    }

    /// Whom Cognito means by an id.
    private struct Meant {
        let subject: String
        let user: User
    }

    private mutating func decide(_ meant: [Meant], _ holders: [String: [User]], _ takesOver: Bool) {
        // Who gets an id of their own in the same transaction gives up the one they hold; who is left alone does not, and
        // so may stand in another's way.
        var moving = Set(meant.map(\.user.uuid))
        func others(_ one: Meant) -> [User] {
            holders[one.subject, default: []].filter { other in
                other.uuid != one.user.uuid && !moving.contains(other.uuid)
            }
        }
        if !takesOver {
            while let stuck = meant.first(where: { moving.contains($0.user.uuid) && !others($0).isEmpty }) {
                moving.remove(stuck.user.uuid)
            }
        }
        for one in meant {
            let others = others(one)
            let found = Held(
                handle: one.user.handle, holders: others.map(\.handle), cognitoUserID: one.subject)
            guard moving.contains(one.user.uuid) else {
                held.append(found)
                continue
            }
            if !others.isEmpty {
                cleared.append(found)
                changes.taken += others.map(\.uuid)
            }
            if one.user.cognitoUserID == one.subject {
                unchanged.append(one.user.handle)
            } else {
                updated.append(one.user.handle)
                changes.given[one.user.handle] = one.subject
            }
        }
    }

    var lines: [String] {
        updated.map { "@\($0): \(changes.given[$0] ?? "")" }
            + cleared.map { "\(Self.names($0.holders)): no id any more; \($0.cognitoUserID) is @\($0.handle)'s" }
            + held.map {
                "@\($0.handle): \($0.cognitoUserID) is held by \(Self.names($0.holders)); left alone, --take-over gives it to @\($0.handle)"
            }
            + unknownHandles.map { "@\($0): no user has this handle" } + nameless.map { "\($0): no preferred_username" }
            + ambiguous.map { "@\($0): more than one has this handle; left alone" }
            + unclaimed.map { "@\($0): nobody in the pool has this handle" }
    }

    private static func names(_ handles: [String]) -> String { handles.map { "@\($0)" }.joined(separator: " and ") }

    func summary(isDryRun: Bool) -> String {
        let would = isDryRun ? "would be " : ""
        let parts: [(Int, String)] = [
            (updated.count, "\(would)updated"), (unchanged.count, "unchanged"),
            (unknownHandles.count, "without a user"), (nameless.count, "without a preferred_username"),
            (ambiguous.count, "for more than one"), (held.count, "held by another"),
            (cleared.count, "\(would)taken over"), (unclaimed.count, "that nobody in the pool claims"),
        ]
        return parts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    struct Report: Encodable {
        let dryRun: Bool
        let updated: [String]
        let unchanged: [String]
        let noSuchHandle: [String]
        let noPreferredUsername: [String]
        let twoForOneHandle: [String]
        let heldByAnother: [Held]
        let takenOver: [Held]
        let unclaimed: [String]
    }

    func output(isDryRun: Bool) -> Report {
        Report(
            dryRun: isDryRun, updated: updated, unchanged: unchanged, noSuchHandle: unknownHandles,
            noPreferredUsername: nameless, twoForOneHandle: ambiguous, heldByAnother: held, takenOver: cleared,
            unclaimed: unclaimed)
    }
}

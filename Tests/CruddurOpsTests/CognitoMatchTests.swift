import TestSupport
import Testing
import Users

@testable import CruddurOps

/// Whose Cognito id is whose.
struct CognitoMatchTests {
    private func user(_ handle: String, _ subject: String = "MOCK") -> User {
        User(uuid: "uuid-\(handle)", displayName: handle, email: "", handle: handle, cognitoUserID: subject)
    }

    private func person(_ handle: String) -> CognitoMatch.Person {
        CognitoMatch.Person(subject: "sub-\(handle)", preferredUsername: handle)
    }

    @Test func anIdThatAnotherHoldsIsLeftAndNamedOrTakenOver() {
        let users = [user("oldname", "sub-londo"), user("londo")]
        let held = CognitoMatch(people: [person("londo")], users: users)
        #expect(held.changes == .init(given: [:]))
        #expect(held.held.map(\.holders) == [["oldname"]])
        #expect(held.lines.contains { $0.contains("@oldname") && $0.contains("--take-over") })
        #expect(held.unclaimed == ["oldname"])
        let taken = CognitoMatch(people: [person("londo")], users: users, takesOver: true)
        #expect(taken.changes == .init(given: ["londo": "sub-londo"], taken: ["uuid-oldname"]))
        // Both hold it already.
        let both = [user("oldname", "sub-londo"), user("londo", "sub-londo")]
        #expect(CognitoMatch(people: [person("londo")], users: both).held.count == 1)
        let cleared = CognitoMatch(people: [person("londo")], users: both, takesOver: true)
        #expect(cleared.changes == .init(given: [:], taken: ["uuid-oldname"]))
    }

    @Test func whoGetsTheirOwnIsInNobodysWayAndWhoIsLeftAloneIs() {
        let swapped = [user("a", "sub-b"), user("b", "sub-a")]
        let match = CognitoMatch(people: [person("a"), person("b")], users: swapped)
        #expect(match.changes.given == ["a": "sub-a", "b": "sub-b"] && match.held.isEmpty)
        // @b would take what @a holds; @a cannot get theirs from @stranger, so keeps it, and @b is left alone too.
        let chain = [user("a", "sub-b"), user("b"), user("stranger", "sub-a")]
        let stuck = CognitoMatch(people: [person("a"), person("b")], users: chain)
        #expect(stuck.changes.given.isEmpty && stuck.held.map(\.handle) == ["a", "b"])
    }

    /// Whatever the pool and the directory hold: afterwards no id is two users', and all that was given is whose it is.
    @Test(arguments: UInt64(0)..<200)
    func noIdIsEverTwoUsers(_ seed: UInt64) {
        var dice = Seeded(seed)
        let names = (0..<6).map { "u\($0)" }
        let users = names.map { name in
            user(name, Bool.random(using: &dice) ? "MOCK" : "sub-u\(Int.random(in: 0..<6, using: &dice))")
        }
        let people = names.filter { _ in Bool.random(using: &dice) }.map(person)
        for takesOver in [true, false] {
            let match = CognitoMatch(people: people, users: users, takesOver: takesOver)
            var after = Dictionary(uniqueKeysWithValues: users.map { ($0.handle, $0.cognitoUserID) })
            for uuid in match.changes.taken { after[String(uuid.dropFirst(5))] = "none" }
            for (handle, subject) in match.changes.given { after[handle] = subject }
            for subject in match.changes.given.values {
                #expect(after.values.filter { $0 == subject }.count == 1, "seed \(seed)")
            }
            if takesOver {
                for person in people {
                    #expect(after[person.preferredUsername ?? ""] == person.subject, "seed \(seed)")
                }
            }
        }
    }
}

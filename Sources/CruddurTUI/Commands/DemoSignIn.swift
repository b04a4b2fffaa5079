import ArgumentParser
import ChatClient
import TerminalText

/// `cruddur demo --sign-in`: the whole way in, by the same code as at a real pool; what that would send is said here.
struct DemoSignIn {
    /// Whose configuration it is.
    static let seat = "you"

    let folder: DemoFolder

    /// - Throws: as `Entrance.signUp`.
    func run() async throws {
        let folder = folder
        let entrance = try Entrance(ProofOptions.parse([])) {
            try folder.configuration(of: Self.seat, tokens: .optional)
        }
        entrance.interview.say("This demo has a user pool of its own. Nothing that you type leaves this machine.")
        try await entrance.signUp { try NewPerson(after: $0, entrance.interview) }
    }
}

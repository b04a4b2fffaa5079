import ArgumentParser
import ChatClient
import TerminalText

/// `cruddur sign-up`
struct SignUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-up", abstract: "Make an account, confirm it, and sign in.",
        discussion: """
            What no option says is asked for: the e-mail address, your name, the handle (--handle), and a password, \
            which comes from where cruddur login takes it. Then the pool sends a code; if you have none at hand, \
            cruddur confirm takes it later.
            """)

    @OptionGroup var settings: SettingOptions
    @OptionGroup var proof: ProofOptions

    @Option(help: "The e-mail address; also what the pool knows you by, unless --username says otherwise.")
    var email: String?

    @Option(help: "Your name, as others shall see it.")
    var name: String?

    func run() async throws {
        let entrance = try Entrance(settings, proof)
        try await entrance.signUp {
            try NewPerson(
                email: email, name: name, handle: settings.handle, username: proof.username, after: $0,
                entrance.interview)
        }
    }
}

/// What the web page asks a new user for as well.
struct NewPerson {
    let username: String
    let attributes: [String: String]
    /// Whether it can be asked for once more.
    let isAsked: Bool

    /// What is `nil` is asked for.
    ///
    /// - Parameter before: what was answered and was not taken: an empty answer means the same.
    /// - Throws: `Interview.Fault`, `ValidationError`.
    init(
        email: String? = nil, name: String? = nil, handle: String? = nil, username: String? = nil,
        after before: NewPerson? = nil, _ interview: Interview
    ) throws {
        isAsked = email == nil || handle == nil
        let email = try Self.value(email, "--email", "E-mail", before?.attributes["email"], interview) {
            let parts = $0.split(separator: "@", omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !$0.contains(" ")
                ? nil : "is no e-mail address"
        }
        let name = try Self.value(
            name, "--name", "Your name, as others shall see it", before?.attributes["name"], interview
        ) { _ in nil }
        let handle = try Self.value(
            handle, "--handle", "Your handle", before?.attributes["preferred_username"], interview
        ) {
            $0.contains(where: \.isWhitespace) || $0 == "@" ? "is no handle" : nil
        }
        self.username = username ?? email
        attributes = [
            "email": email, "name": name,
            "preferred_username": handle.hasPrefix("@") ? String(handle.dropFirst()) : handle,
        ]
    }

    private static func value(
        _ given: String?, _ option: String, _ question: PrintableText, _ before: String?,
        _ interview: Interview, complaint: (String) -> String?
    ) throws -> String {
        guard let given else { return try interview.ask(question, standard: before, complaint: complaint) }
        if let complaint = complaint(given) { throw ValidationError("\(option) \"\(given)\" \(complaint).") }
        return given
    }
}

/// `cruddur confirm`
struct ConfirmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm", abstract: "Confirm a new account with the code that was sent.",
        discussion: "Then sign in: cruddur login")

    @OptionGroup var settings: SettingOptions
    @Option(help: "The e-mail address, or whatever the pool knows you by.") var username: String?
    @Option(help: "The code; else it is asked for.") var code: String?
    @Flag(help: "Have another code sent first.") var resend = false

    func run() async throws {
        let entrance = try Entrance(settings, ProofOptions.parse([]))
        let name = try username ?? entrance.interview.ask("E-mail or user name", complaint: { _ in nil })
        try await entrance.withAccount { dialogue in
            var sent: CodeDelivery?
            if resend {
                sent = try await dialogue.account.resendCode(to: name)
                Output.complain("Another code was sent\(sent.map(\.words) ?? "").")
            }
            guard let code else { return try await dialogue.confirm(name, sent: sent) }
            try await dialogue.account.confirm(name, code: code)
        }
        try Output.line("Confirmed. Sign in: cruddur login --username \(name)")
    }

    func validate() throws {
        if resend, code != nil {
            throw ValidationError("--resend sends another code: the one of --code ends with that.")
        }
    }
}

/// `cruddur recover`
struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Set a forgotten password anew, and sign in.",
        discussion: """
            A code is sent; with it, a new password is set. It comes from where cruddur login takes the password. \
            With --code, none is sent: it is the one that was sent before.
            """)

    @OptionGroup var settings: SettingOptions
    @OptionGroup var proof: ProofOptions
    @Option(help: "A code that was sent already.") var code: String?

    func run() async throws {
        let entrance = try Entrance(settings, proof)
        let name = try proof.name(entrance.interview)
        let password = try await entrance.withAccount { try await $0.recover(name, code: code) }
        Output.complain("The password is set anew.")
        try await entrance.enter(name, password: password)
    }
}

import ChatClient

/// The questions of a sign-in, in front of the chat. It never closes while somebody may be typing into it: what is meant
/// to be a password must not go into a message.
struct SignInForm: Equatable, Sendable {
    /// A line to be filled in.
    struct Field: Equatable, Sendable {
        let label: String
        /// It is not shown, and no other line gets it.
        var isSecret = false
        var input = TextBuffer()
        /// Under which name the pool wants it; `nil`: it is the answer itself.
        var attribute: String?
    }

    /// What Enter does at the last line.
    enum Step: Equatable, Sendable {
        case password
        case answer
        /// A new password, that is typed twice.
        case newPassword
        case choice([SignInMethod])
        /// There is nothing more to fill in.
        case over
    }

    var step: Step
    var fields: [Field]
    var focus = 0
    /// What is asked for, or what has become of it. It may hold a pool's text.
    var explanation: String
    var isProblem = false
    /// An answer is on its way: what is typed meanwhile is dropped.
    var isWaiting = false

    /// - Parameters:
    ///   - name: who one was.
    ///   - reason: why one is signed out.
    ///   - keys: by which one goes on, and back.
    init(name: String?, reason: String?, keys: Keymap = .readline) {
        step = .password
        fields = [
            Field(label: tr("E-mail or user name"), input: TextBuffer(name ?? "")),
            Field(label: tr("Password"), isSecret: true),
        ]
        focus = name == nil ? 0 : 1
        explanation =
            (reason.map { "\($0). " } ?? "")
            + tr(
                """
                What is written and waits to be sent stays. \(keys.way(to: .choice(.take), in: .form)) signs in, \
                \(keys.way(to: .choice(.close), in: .form)) goes back to the chat, \
                \(keys.way(to: .program(.signIn))) comes here.
                """)
    }

    /// For a question of the pool.
    init(asking question: SignInStep) {
        step = .answer
        fields = [Field(label: tr("Code"))]
        switch question {
        case .code(let method, let destination):
            explanation = method.question(destination)
        case .authenticator(let secret, let uri):
            explanation = tr("Give this to your authenticator, then type the code that it shows: \(secret) (\(uri))")
        case .newPassword(let attributes):
            step = .newPassword
            fields =
                attributes.map { Field(label: tr("Your \($0)"), attribute: $0) }
                + [Field(label: tr("New password"), isSecret: true), Field(label: tr("Once more"), isSecret: true)]
            explanation = tr("A new password is needed in place of the one that was set for you.")
        case .choice(let methods):
            step = .choice(methods)
            fields = [Field(label: tr("Method"))]
            explanation = tr(
                "How do you prove that it is you? Type one of: \(methods.map(\.name).joined(separator: ", ")).")
        case .signedIn:
            (step, fields, explanation) = (.over, [], "")
        }
    }

    /// One is signed in, and not by this form.
    static func over(_ keys: Keymap) -> SignInForm {
        var form = SignInForm(name: nil, reason: nil)
        let back = keys.way(to: .choice(.take), in: .form)
        (form.step, form.fields, form.explanation) = (
            .over, [], tr("You are signed in again. \(back) goes back to the chat.")
        )
        return form
    }

    var isTouched: Bool { isWaiting || step != .password || fields.contains { $0.isSecret && !$0.input.isEmpty } }

    /// What Enter sends; `nil`: something is missing, and `explanation` says what.
    mutating func submit() -> SigningEffect? {
        isProblem = false
        if let empty = fields.firstIndex(where: \.input.isEmpty) {
            focus = empty
            return nil
        }
        let texts = fields.map(\.input.text)
        switch step {
        case .over: return nil
        case .password:
            isWaiting = true
            return .begin(texts[0], password: texts[1])
        case .answer:
            isWaiting = true
            return .answer(texts[0].filter { !$0.isWhitespace }, attributes: [:])
        case .choice(let methods):
            guard let method = methods.first(where: { $0.name == texts[0].lowercased() }) else {
                complain(tr("\"\(texts[0])\" is none of \(methods.map(\.name).joined(separator: ", "))."))
                return nil
            }
            isWaiting = true
            return .answer(method.rawValue, attributes: [:])
        case .newPassword:
            guard texts.count >= 2, texts[texts.count - 1] == texts[texts.count - 2] else {
                forgetSecrets()
                complain(tr("The two passwords are not the same."))
                return nil
            }
            isWaiting = true
            let pairs = fields.compactMap { field in field.attribute.map { ($0, field.input.text) } }
            return .answer(texts[texts.count - 1], attributes: Dictionary(pairs) { $1 })
        }
    }

    /// It was not right: it may be tried once more.
    mutating func refuse(_ problem: String) {
        isWaiting = false
        forgetSecrets()
        if step == .answer { fields[0].input = TextBuffer() }
        complain(problem)
    }

    private mutating func complain(_ problem: String) {
        (explanation, isProblem) = (problem, true)
    }

    private mutating func forgetSecrets() {
        for place in fields.indices where fields[place].isSecret { fields[place].input = TextBuffer() }
        focus = fields.firstIndex { $0.input.isEmpty } ?? 0
    }
}

extension SignInMethod {
    /// As people call it.
    var name: String {
        switch self {
        case .authenticator: "authenticator"
        case .sms: "sms"
        case .email: "email"
        }
    }

    /// - Parameter destination: where it was sent, as the pool says.
    func question(_ destination: String?) -> String {
        switch self {
        case .authenticator: tr("The code that your authenticator shows.")
        case .sms:
            destination.map { tr("The code that was sent as a text message to \($0).") }
                ?? tr("The code that was sent as a text message.")
        case .email:
            destination.map { tr("The code that was sent by e-mail to \($0).") }
                ?? tr("The code that was sent by e-mail.")
        }
    }
}

import ChatClient
import Timestamps

/// Seconds without a key after which nobody is likely to be in the middle of a word.
private let silence = 10.0

/// Opens the form when one is signed out and nobody is writing; and says in it when that is over.
func updateSignedOut(_ state: inout AppState, was former: Connection.State) {
    switch (state.snapshot.connection.state, state.overlay) {
    case (.signedOut, nil):
        if case .signedOut = former { return }
        let isSilent = state.activityNoted.map { state.now.seconds(since: $0) > silence } ?? true
        if isSilent, state.draft.isEmpty, !state.asksToQuit, state.snapshot.canSignIn { openSignIn(&state) }
    case (.online, .signIn(let form)) where !form.isWaiting:
        state.overlay = .signIn(.over(state.keys))
    default: break
    }
}

/// Ctrl-O.
func openSignIn(_ state: inout AppState) {
    guard case .signedOut(let expired, let reason) = state.snapshot.connection.state else {
        state.notice = .init(text: tr("You are signed in."))
        return
    }
    guard state.snapshot.canSignIn else {
        let what =
            tr(
                "There is no pool to sign in at: set cognito.user_pool_id and cognito.client_id; cruddur init finds them."
            )
        state.notice = .init(text: what, isProblem: true)
        return
    }
    let told = reason.map { tr("Your sign-in has ended: \(tr(reason: $0))") }
    let ended = expired.flatMap { $0 < state.now ? tr("Your access token has expired") : nil }
    state.overlay = .signIn(
        SignInForm(
            name: state.snapshot.signInName,
            reason: told ?? ended ?? tr("The server does not accept your access token"),
            keys: state.keys))
}

/// What a line's text becomes. A secret is in no other line afterwards.
func editSignIn(_ state: inout AppState, _ form: SignInForm, _ command: EditCommand) {
    guard !form.isWaiting, form.fields.indices.contains(form.focus) else { return }
    var form = form
    if form.fields[form.focus].isSecret {
        guard command != .yank, command != .yankEarlier else { return }
        var dropped = KillRing()
        edit(&form.fields[form.focus].input, command, killed: &dropped)
    } else {
        edit(&form.fields[form.focus].input, command, killed: &state.killed)
    }
    state.overlay = .signIn(form)
}

func pasteIntoSignIn(_ state: inout AppState, _ form: SignInForm, _ text: String) {
    guard !form.isWaiting, form.fields.indices.contains(form.focus) else { return }
    var form = form
    // Whoever copies a password copies the end of its line as well.
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    form.fields[form.focus].input.insert(line)
    state.overlay = .signIn(form)
}

func updateSignIn(_ state: inout AppState, _ command: ChoiceCommand, _ form: SignInForm) -> [Effect] {
    var form = form
    guard !form.isWaiting else { return [] }
    switch command {
    case .up: form.focus = max(0, form.focus - 1)
    case .down: form.focus = min(max(0, form.fields.count - 1), form.focus + 1)
    case .pageUp, .pageDown, .close: break
    case .take where form.step == .over:
        state.overlay = nil
        return []
    case .take:
        let effect = form.submit()
        state.overlay = .signIn(form)
        return effect.map { [.signing($0)] } ?? []
    }
    state.overlay = .signIn(form)
    return []
}

/// The pool's answer. One that nobody waits for any more is none.
func updateSigning(_ state: inout AppState, _ result: Result<SignInStep, SignInError>) -> [Effect] {
    guard case .signIn(var form) = state.overlay, form.isWaiting else { return [] }
    switch result {
    case .success(.signedIn):
        state.overlay = nil
        state.notice = .init(text: tr("You are signed in again."))
        return [.refresh]
    case .success(let question): state.overlay = .signIn(SignInForm(asking: question))
    case .failure(let error):
        // A question that has ended leads back to the first.
        if !error.isWrongAnswer, form.step != .password {
            form = SignInForm(name: state.snapshot.signInName, reason: nil, keys: state.keys)
        }
        let reason = tr(reason: "\(error)")
        form.refuse(reason.prefix(1).uppercased() + reason.dropFirst() + ".")
        state.overlay = .signIn(form)
    }
    return []
}

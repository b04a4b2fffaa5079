import ChatClient
import TerminalText

/// What `cruddur init` asks, looks for and checks: at its end `settings` are what is to be written.
struct Setup {
    let interview: Interview
    let search: SiteSearch
    /// By name, as text.
    var settings: [String: String]

    // MARK: The profile

    /// - Returns: `nil`: the top of the file.
    /// - Throws: `Interview.Fault`, `InitError`.
    func chooseProfile(_ wanted: String?, in draft: ConfigurationDraft) throws -> String? {
        if let wanted, let complaint = ConfigurationDraft.complaint(about: wanted, of: "profile") {
            throw ProfileNameError(name: wanted, complaint: complaint)
        }
        guard draft.isThere, wanted != nil || draft.topBackend != nil || !draft.profiles.isEmpty else { return wanted }
        let shown = XDGFolders.current.abbreviating(draft.path)
        let names = draft.profiles.prefix(10).map { "\($0)" as PrintableText }.joined(separator: ", ")
        let known: PrintableText = draft.profiles.isEmpty ? "" : " It has the profiles \(names)."
        if wanted == nil { interview.say("\(shown) is there already; it will get one profile more.\(known)") }
        let name =
            try wanted
            ?? interview.ask("The name of the new profile") { ConfigurationDraft.complaint(about: $0, of: "profile") }
        if draft.profiles.contains(name) {
            let question: PrintableText = "There is a profile \(name) already. Replace it, with all that it says?"
            guard try interview.confirm(question, standard: false) else { throw InitError.declined }
        }
        return name
    }

    // MARK: The backend

    /// - Throws: `Interview.Fault`.
    mutating func findBackend(_ given: String?) async throws {
        let findings = try await look(given)
        let candidates = (findings.backend.map { [$0] } ?? []) + findings.bundle.backends
        let backend = await firstHealthy(candidates)
        let (pool, client) = (findings.bundle.pools.first, findings.bundle.clients.first)
        if backend != nil || pool != nil, try confirmFound(findings, backend, pool, client) {
            settings["backend_url"] = settings["backend_url"] ?? backend?.description
            settings["cognito.user_pool_id"] = settings["cognito.user_pool_id"] ?? pool
            settings["cognito.client_id"] = settings["cognito.client_id"] ?? client
        }
        try await askForBackend(backend?.description ?? findings.bundle.backends.first?.description)
        try await askForPool(pool)
        try askForClient(client)
    }

    private func look(_ given: String?) async throws -> SiteFindings {
        var written = given
        for _ in 0..<5 {
            let text =
                try written
                ?? interview.ask(
                    "The address of your Cruddur, of its page or its backend", complaint: SiteAddress.complaint)
            written = nil
            guard let address = await parsed(text) else { continue }
            interview.say("Looking at \(address) ...")
            let findings = await search.look(at: address)
            guard let problem = findings.problem else { return findings }
            interview.say("  \(problem)")
            // What does not answer today may be right all the same; it is asked for again, or kept.
            if try interview.confirm("Use \(address) as the backend all the same?", standard: false) {
                var kept = SiteFindings()
                kept.backend = address.url
                return kept
            }
        }
        throw Interview.Fault.tooOften
    }

    private func parsed(_ text: String) async -> SiteAddress? {
        do throws(SiteAddress.Complaint) {
            return try SiteAddress(text)
        } catch {
            interview.refuse(text, error.text)
            return nil
        }
    }

    private func firstHealthy(_ candidates: [BackendURL]) async -> BackendURL? {
        for candidate in candidates.prefix(3) {
            if case .answers = await search.health(of: candidate) { return candidate }
        }
        return candidates.first
    }

    private func confirmFound(
        _ findings: SiteFindings, _ backend: BackendURL?, _ pool: String?, _ client: String?
    ) throws -> Bool {
        // An address that is a backend's, and tells no more, was said by the person.
        guard findings.bundle != BundleFindings.nothing else { return true }
        interview.say("Found there, in the page and \(findings.scripts) scripts:")
        if let backend { interview.say("  backend     \(backend)") }
        if let pool { interview.say("  user pool   \(pool)") }
        if let client { interview.say("  app client  \(client)") }
        if findings.bundle.clients.count > 1 {
            interview.say("  It might also be one of \(findings.bundle.clients.count - 1) other app clients.")
        }
        return try interview.confirm("Use this?", standard: true)
    }

    // MARK: What is missing

    private mutating func askForBackend(_ found: String?) async throws {
        let said = settings["backend_url"]
        var text =
            try said
            ?? interview.ask("The backend", standard: found) {
                ConfigurationDraft.complaint(about: $0, of: "backend_url")
            }
        if let complaint = ConfigurationDraft.complaint(about: text, of: "backend_url") {
            interview.refuse(text, complaint)
            text = try interview.ask("The backend") { ConfigurationDraft.complaint(about: $0, of: "backend_url") }
        }
        settings["backend_url"] = text
        guard let backend = BackendURL(text) else { return }
        interview.say("  \(words(await search.health(of: backend)))")
        guard backend.isPlainAndRemote, settings["allow_plain_http"] == nil else { return }
        let question: PrintableText = "It is plain http: everybody on the way can read your tokens. Allow that?"
        guard try interview.confirm(question, standard: false) else { throw InitError.declined }
        settings["allow_plain_http"] = "true"
    }

    private func words(_ health: BackendHealth) -> PrintableText {
        switch health {
        case .answers(let answer): "it answers \(answer.route): it is well"
        case .other(let answer): "it answers \(answer.route) with \(answer.status), which is not what a backend says"
        case .silent(let error): "\(error)"
        }
    }

    private mutating func askForPool(_ found: String?) async throws {
        for _ in 0..<5 {
            let text =
                try settings["cognito.user_pool_id"]
                ?? interview.ask("The user pool, such as us-east-1_aBcDeFgHi (Enter: none)", standard: found ?? "") {
                    ConfigurationDraft.complaint(about: $0, of: "cognito.user_pool_id")
                }
            settings["cognito.user_pool_id"] = nil
            guard !text.isEmpty else { return }
            let endpoint = settings["cognito.endpoint"].flatMap { BackendURL($0) }
            let problem = await search.problem(ofPool: text, at: endpoint)
            interview.say("  user pool \(text): \(problem ?? "its keys are there")")
            if try problem == nil || interview.confirm("Keep it all the same?", standard: false) {
                settings["cognito.user_pool_id"] = text
                return
            }
        }
        throw Interview.Fault.tooOften
    }

    /// Without a pool there is nothing to sign in to.
    private mutating func askForClient(_ found: String?) throws {
        guard settings["cognito.user_pool_id"] != nil, settings["cognito.client_id"] == nil else { return }
        let text = try interview.ask(
            "The pool's app client, 26 letters and digits (Enter: none)", standard: found ?? ""
        ) {
            $0.wholeMatch(of: #/[0-9A-Za-z_+-]{1,128}/#) == nil ? "is not the id of an app client" : nil
        }
        if !text.isEmpty { settings["cognito.client_id"] = text }
    }

    func show() {
        interview.say("")
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) { interview.say("  \(name): \(value)") }
    }
}

/// A name that no profile can have.
struct ProfileNameError: Error, CustomStringConvertible {
    let name: String
    let complaint: String

    var description: String { "--profile: \"\(name)\" \(complaint)." }
}

/// What is wrong with the configuration: what, where, and how it would be right.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    case notJSON(path: String, reason: String)
    case unknownKey(path: String, line: Int?, key: String, known: String)
    /// A key that stands twice in one group: nobody can know which is meant.
    case duplicate(path: String, line: Int, key: String, first: Int)
    case wrongType(path: String, line: Int?, key: String, example: String)
    /// `origin` names the file and line, the environment variable or the flag; `value` is what was written, if it may
    /// be repeated.
    case wrongValue(origin: String, key: String, value: String? = nil, complaint: String, example: String)
    case missing(key: String, environmentName: String, path: String, example: String)
    case unknownFlag(key: String, known: [String])
    /// `origin` names who chose it; `known` are all there are.
    case unknownProfile(origin: String, name: String, path: String, known: [String])
    /// Nothing says which of several profiles is meant.
    case noProfileChosen(path: String, known: [String])
    /// `tokens.command`, and what became of it.
    case tokenCommand(String)
    case plainHTTP(key: String, url: String)
    /// Two settings that cannot both be right.
    case contradiction(String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason)."
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason). Nothing was changed."
        case .notJSON(let path, let reason):
            "\(path) is not JSON: \(reason)."
        case .unknownKey(let path, let line, let key, let known):
            "\(place(path, line)): there is no setting \(key). \(known)"
        case .duplicate(let path, let line, let key, let first):
            "\(place(path, line)): \(key) is set a second time; the first is on line \(first). Take one of them out."
        case .wrongType(let path, let line, let key, let example):
            "\(place(path, line)): \(key) has a value of the wrong type. Example: \(example)"
        case .wrongValue(let origin, let key, let value, let complaint, let example):
            "\(origin): \(key) \(value.map { "\"\(BackendURL.shown($0))\" " } ?? "")\(complaint). Example: \(example)"
        case .missing(Settings.accessToken.name, let environmentName, let path, let example):
            "you are not signed in. Sign in: cruddur login\n"
                + "Or give it a token, in \(path) or in \(environmentName). Example: \(example)\n"
                + "To look around without any account, run: cruddur demo"
        case .missing(let key, let environmentName, let path, let example):
            "\(key) is not set. Set it in \(path) or in \(environmentName). Example: \(example)\n"
                + "cruddur init asks for what is needed. To look around without any account, run: cruddur demo"
        case .unknownFlag(let key, let known):
            "--set \(key): there is no setting \(key). There are: \(known.joined(separator: ", "))."
        case .unknownProfile(let origin, let name, let path, let known):
            "\(origin): there is no profile \(name) in \(path). "
                + (known.isEmpty
                    ? "There are none; cruddur init --profile \(name) makes it." : "There are: \(Self.list(known)).")
        case .noProfileChosen(let path, let known):
            "no profile is chosen, and the top of \(path) has no backend_url. Choose one: --profile NAME, "
                + "CRUDDUR_PROFILE=NAME, or \"profile\": \"\(known.first ?? "")\" in the file. "
                + "There are: \(Self.list(known))."
        case .plainHTTP(let key, let url):
            "\(key) \(url) would send your tokens readable for everyone on the way. "
                + "Use https, or set allow_plain_http to true."
        case .tokenCommand(let what):
            "tokens.command \(what). Try it in a shell: it must print an access token, or JSON with access_token and, "
                + "if there are, id_token and refresh_token."
        case .contradiction(let what):
            what
        }
    }

    /// Thousands of names are no help.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? "\(shown) and \(names.count - 20) more; cruddur profiles lists them" : shown
    }

    private func place(_ path: String, _ line: Int?) -> String {
        line.map { "\(path), line \($0)" } ?? path
    }
}

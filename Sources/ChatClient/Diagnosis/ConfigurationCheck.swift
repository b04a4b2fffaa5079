import Foundation

/// The file, and what it says.
enum ConfigurationCheck {
    static func of(_ result: Result<ClientConfiguration, any Error>, path: String, _ folders: XDGFolders)
        -> Check
    {
        switch result {
        case .success(let configuration):
            var parts = [folders.abbreviating(path)]
            if let profile = configuration.profile { parts.append("profile \(profile)") }
            parts.append("backend \(configuration.backend)")
            if configuration.isProduction { parts.append("production") }
            return Check(.config, .ok, parts.joined(separator: ", "))
        case .failure(let error):
            let told = (error as? ConfigurationError)?.withoutWhatWasWritten ?? "\(error)"
            // The errors name paths, and a home names its owner.
            return Check(
                .config, .problem, folders.abbreviatingAll(in: told),
                advice: "correct that, or make a new one with cruddur init")
        }
    }
}

extension ConfigurationError {
    /// Whoever puts a token or an address with a password into the wrong place would find it repeated.
    fileprivate var withoutWhatWasWritten: String {
        switch self {
        case .wrongValue(let origin, let key, _, let complaint, let example):
            "\(ConfigurationError.wrongValue(origin: origin, key: key, complaint: complaint, example: example))"
        case .notJSON(let path, let reason):
            "\(ConfigurationError.notJSON(path: path, reason: reason.replacing(/"[^"]{12,}"/, with: "\"...\"")))"
        case .unknownKey(let path, let line, let key, let known):
            "\(ConfigurationError.unknownKey(path: path, line: line, key: Self.begin(of: key), known: known))"
        case .unknownFlag(let key, let known):
            "\(ConfigurationError.unknownFlag(key: Self.begin(of: key), known: known))"
        case .unknownProfile(let origin, let name, let path, let known):
            "\(ConfigurationError.unknownProfile(origin: origin, name: Self.begin(of: name), path: path, known: known))"
        default: description
        }
    }

    private static func begin(of name: String) -> String { name.count > 40 ? name.prefix(36) + "..." : name }
}

/// Who else can read what is private.
enum PermissionsCheck {
    /// - Parameter files: those that may be there: settings, history, tokens.
    static func of(_ files: [String], _ folders: XDGFolders) -> Check {
        var checked = 0
        for path in files {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            checked += 1
            let shown = folders.abbreviating(path)
            if let exposed = ExposedFile(path) {
                return Check(
                    .permissions, .warning, "\(shown) can be read or written by others (\(exposed.mode))",
                    advice: "chmod 600 \(shown)")
            }
            if status.st_uid != geteuid() {
                return Check(.permissions, .warning, "\(shown) is somebody else's", advice: "chown it, or make it anew")
            }
        }
        let what = checked == 1 ? "the one file of yours that is there is" : "all \(checked) files of yours are"
        return Check(.permissions, .ok, checked == 0 ? "there are no files of yours yet" : "\(what) for you alone")
    }
}

extension XDGFolders {
    fileprivate func abbreviatingAll(in text: String) -> String {
        home == "/" ? text : text.replacingOccurrences(of: home + "/", with: "~/")
    }
}

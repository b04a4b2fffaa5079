import Foundation

/// One of the backends that the configuration knows.
public struct ProfileSummary: Sendable {
    /// `nil`: what the top of the file says.
    public let name: String?
    /// It is used where nobody says which.
    public let isDefault: Bool
    /// `nil`, if it cannot be used.
    public let backend: BackendURL?
    /// Your own, where it is known without asking anybody.
    public let handle: String?
    public let isProduction: Bool
    /// Whether there is a token; it may have ended.
    public let isSignedIn: Bool
    /// Why it cannot be used.
    public let problem: ConfigurationError?

    /// All that there are, in the order in which they stand in the file.
    ///
    /// - Throws: `ConfigurationError`, if the file cannot be read, or what chooses the profile is wrong.
    public static func all(
        path: String? = nil, flags: [String: String] = [:],
        environment: [String: String] = ProcessVariables.all
    ) throws(ConfigurationError) -> [ProfileSummary] {
        let source = try ConfigurationSource(path: path, flags: flags, environment: environment)
        let chosen: FileSection?
        do {
            chosen = try source.chosenProfile()
        } catch .noProfileChosen {
            return source.file.profiles.map { ProfileSummary($0, of: source, isDefault: false) }
        }
        let isTopUsed = chosen == nil || source.file.top.values[Settings.backendURL.name] != nil
        let sections = (isTopUsed ? [nil] : []) + source.file.profiles.map { Optional($0) }
        return sections.map { ProfileSummary($0, of: source, isDefault: $0?.profile == chosen?.profile) }
    }

    private init(_ section: FileSection?, of source: ConfigurationSource, isDefault: Bool) {
        name = section?.profile
        self.isDefault = isDefault
        do {
            let configuration = try source.configuration(of: section, tokens: .optional)
            backend = configuration.backend
            handle = configuration.ownHandle
            isProduction = configuration.isProduction
            isSignedIn =
                !configuration.tokens.access.isEmpty || configuration.tokens.refresh != nil
                || configuration.tokenCommand != nil
            problem = nil
        } catch {
            (backend, handle, isProduction, isSignedIn) = (nil, nil, false, false)
            problem = error
        }
    }
}

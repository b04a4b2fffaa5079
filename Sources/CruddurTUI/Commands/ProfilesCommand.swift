import ArgumentParser
import ChatClient
import TerminalText

/// `cruddur profiles`
struct ProfilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles", abstract: "List the backends of the configuration.",
        discussion: "The one marked with * is used where no --profile says which. Asks no server.")

    @OptionGroup var settings: SettingOptions
    @Flag(help: "One JSON array instead of lines for people.") var json = false

    func run() async throws {
        let profiles = try ProfileSummary.all(path: settings.config, flags: settings.flags())
        if json { return try Output.json(profiles.map(ProfileOutput.init)) }
        let width = profiles.map { Self.name($0).width }.max() ?? 0
        for profile in profiles {
            let mark: PrintableText = profile.isDefault ? "*" : " "
            try Output.line("\(mark) \(Self.name(profile).padded(to: width + 1)) \(Self.words(profile))")
        }
    }

    private static func name(_ profile: ProfileSummary) -> PrintableText {
        profile.name.map { "\($0)" } ?? "(no profile)"
    }

    private static func words(_ profile: ProfileSummary) -> PrintableText {
        if let problem = profile.problem { return "cannot be used: \(problem)" }
        var parts: [PrintableText] = [profile.backend.map { "\($0)" } ?? ""]
        if let handle = profile.handle { parts.append("@\(handle)") }
        if profile.isProduction { parts.append("PRODUCTION") }
        parts.append(profile.isSignedIn ? "signed in" : "signed out")
        return parts.joined(separator: "  ")
    }
}

private struct ProfileOutput: Encodable {
    let name: String?
    let isDefault: Bool
    let backendUrl: String?
    let handle: String?
    let production: Bool
    let signedIn: Bool
    let problem: String?

    enum CodingKeys: String, CodingKey {
        case name, backendUrl, handle, production, signedIn, problem
        case isDefault = "default"
    }

    init(_ profile: ProfileSummary) {
        name = profile.name
        isDefault = profile.isDefault
        backendUrl = profile.backend?.description
        handle = profile.handle
        production = profile.isProduction
        signedIn = profile.isSignedIn
        problem = profile.problem?.description
    }
}

import ArgumentParser
import ChatClient
import Foundation
import Programs
import TerminalText

/// `cruddur init`
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a configuration by asking.",
        discussion: Examples.start.help(
            then: """
                Given the address of your Cruddur's page, it finds the backend and the user pool in the page's own \
                scripts, shows them, and asks before it uses them. A configuration that is there already gets a profile \
                more; nothing in it is overwritten without asking. Answers may come through a pipe, a line each.
                """))

    @Option(help: "The configuration file; else $CRUDDUR_CONFIG, else cruddur/config.json in the XDG folder.")
    var config: String?

    @Option(help: "The name of the profile to make; without it the top of a new file is written.")
    var profile: String?

    @Flag(help: "Real people are there: the chat shall say so.")
    var production = false

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A setting to write as well, for example cognito.endpoint=URL.", valueName: "key=value"))
    var assignments: [String] = []

    @Argument(help: ArgumentHelp("The address of the page, or of the backend.", valueName: "url"))
    var address: String?

    func run() async throws {
        let given = try SettingAssignments(assignments).values
        var draft = try ConfigurationDraft(path: config)
        // What is wrong with them is said before anything is asked.
        var trial = draft
        try trial.put(given, in: profile)
        let search = SiteSearch()
        let interview = Interview()
        var setup = Setup(interview: interview, search: search, settings: given)
        do {
            let name = try setup.chooseProfile(profile, in: draft)
            try await setup.findBackend(address)
            if production { setup.settings["production"] = "true" }
            let shown = XDGFolders.current.abbreviating(draft.path)
            setup.show()
            guard try interview.confirm("Write this to \(shown)?", standard: true) else { throw InitError.declined }
            try draft.put(setup.settings, in: name)
            try draft.write()
            await search.close()
            Output.complain("Written: \(shown)")
            try await goOn(name)
        } catch {
            await search.close()
            throw error
        }
    }

    /// How things stand, and what is to be done next.
    private func goOn(_ name: String?) async throws {
        let flags = name.map { ["profile": $0] } ?? [:]
        _ = try await Examination(doctor: Doctor(path: config, flags: flags), isQuiet: false).run()
        let options = (config.map { ["--config", $0] } ?? []) + (name.map { ["--profile", $0] } ?? [])
        Output.complain("next: cruddur login\(options.map { " \($0)" }.joined())")
    }
}

/// Why there is no configuration.
enum InitError: Error, CustomStringConvertible {
    case declined

    var description: String { "Nothing was written." }
}

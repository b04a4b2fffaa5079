import ArgumentParser
import ChatClient
import Foundation
import TerminalText

/// The options by which every command finds its configuration.
struct SettingOptions: ParsableArguments {
    @Option(help: "The configuration file; else $CRUDDUR_CONFIG, else cruddur/config.json in the XDG folder.")
    var config: String?

    @Option(help: "The profile of the configuration to use; cruddur profiles lists them.")
    var profile: String?

    @Option(help: "The backend, for example https://api.cruddur.example")
    var backendUrl: String?

    @Option(help: "Your own handle, where the tokens do not tell it.")
    var handle: String?

    @Option(help: "A PEM file of certificates to accept beside the system's, for example your organisation's.")
    var caFile: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Any other setting, for example polling.groups_seconds=5.", valueName: "key=value"))
    var assignments: [String] = []

    @Option(
        defaultAsFlag: LogSettings.standardName, parsing: .next,
        help: ArgumentHelp(
            "Log to this file what is asked, answered and sent; without a name to cruddur.log in the XDG state folder.",
            valueName: "file"))
    var log: String?

    /// None of them is on the command line.
    static var unset: SettingOptions {
        var options = SettingOptions()
        (options.config, options.profile, options.backendUrl, options.handle) = (nil, nil, nil, nil)
        (options.caFile, options.assignments, options.log) = (nil, [], nil)
        return options
    }

    /// - Throws: `ConfigurationError`, `ValidationError`.
    func load(tokens: ClientConfiguration.TokenNeed = .required) throws -> ClientConfiguration {
        let configuration = try read(tokens: tokens)
        Self.warn(of: configuration)
        return configuration
    }

    /// The same without a word on files that others can read.
    ///
    /// - Throws: `ConfigurationError`, `ValidationError`.
    func read(tokens: ClientConfiguration.TokenNeed) throws -> ClientConfiguration {
        try ClientConfiguration.load(path: config, flags: flags(), tokens: tokens)
    }

    static func warn(of configuration: ClientConfiguration) {
        for file in configuration.exposed {
            Output.complain("cruddur: \(file.warning(XDGFolders.current.abbreviating(file.path)))")
        }
    }

    /// Setting names to values.
    ///
    /// - Throws: `ValidationError`.
    func flags() throws -> [String: String] {
        var flags = try SettingAssignments(assignments).values
        if let backendUrl { flags["backend_url"] = backendUrl }
        if let handle { flags["handle"] = handle }
        if let caFile { flags["network.ca_file"] = Self.absolute(caFile) }
        if let profile { flags["profile"] = profile }
        if let log {
            // Meant as a command, it would be taken for the file's name.
            guard !Cruddur.configuration.subcommands.contains(where: { $0.configuration.commandName == log }) else {
                throw ValidationError(
                    "--log \(log): put --log behind the command; a file of that name is ./\(log)")
            }
            flags["log.file"] = Self.absolute(log)
        }
        return flags
    }

    /// As a shell reads it: from where one is.
    private static func absolute(_ path: String) -> String {
        guard path != LogSettings.standardName, !path.isEmpty, !path.hasPrefix("/"), !path.hasPrefix("~/") else {
            return path
        }
        return FileManager.default.currentDirectoryPath + "/" + path
    }
}

import ArgumentParser
import ChatClient
import Foundation

/// The options by which every command finds its configuration.
struct SettingOptions: ParsableArguments {
    @Option(help: "The configuration file; else $CRUDDUR_CONFIG, else cruddur/config.json in the XDG folder.")
    var config: String?

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

    /// - Throws: `ConfigurationError`, `ValidationError`.
    func load() throws -> ClientConfiguration {
        var flags: [String: String] = [:]
        for assignment in assignments {
            let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw ValidationError("--set \(assignment): write key=value, for example polling.groups_seconds=5")
            }
            guard !parts[0].hasPrefix("tokens.") else {
                throw ValidationError(
                    "--set \(parts[0]): everybody on this machine can read a command line. Use the file or the environment."
                )
            }
            flags[parts[0]] = parts[1]
        }
        if let backendUrl { flags["backend_url"] = backendUrl }
        if let handle { flags["handle"] = handle }
        if let caFile { flags["network.ca_file"] = Self.fromRoot(caFile) }
        return try ClientConfiguration.load(path: config, flags: flags)
    }

    /// On a command line a path is meant from where one is.
    private static func fromRoot(_ path: String) -> String {
        path.isEmpty || path.hasPrefix("/") || path.hasPrefix("~/")
            ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}

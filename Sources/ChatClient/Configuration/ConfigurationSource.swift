import Foundation

/// The file, the environment and the flags, before anything is chosen of them.
struct ConfigurationSource {
    let file: ConfigurationFile
    let folders: XDGFolders
    private let layers: SettingLayers
    private let environment: [String: String]

    /// - Throws: `ConfigurationError`.
    init(path: String?, flags: [String: String], environment: [String: String]) throws(ConfigurationError) {
        folders = XDGFolders(environment)
        self.environment = environment
        file = try Self.read(path, environment, folders)
        layers = SettingLayers(flags: flags, environment: environment, file: file)
        let names = ClientConfiguration.settingNames
        if let unknown = flags.keys.sorted().first(where: { !names.contains($0) }) {
            throw ConfigurationError.unknownFlag(key: unknown, known: names)
        }
    }

    /// Where the file is, or would be.
    static func location(_ path: String?, _ environment: [String: String], _ folders: XDGFolders) -> String {
        named(path, environment).map(folders.expanding) ?? folders.configuration + "/config.json"
    }

    private static func named(_ path: String?, _ environment: [String: String]) -> String? {
        path ?? environment["CRUDDUR_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func read(
        _ path: String?, _ environment: [String: String], _ folders: XDGFolders
    ) throws(ConfigurationError) -> ConfigurationFile {
        let location = location(path, environment, folders)
        let content: Data
        do {
            content = try FileContent.read(location)
        } catch .missing where named(path, environment) == nil {
            return ConfigurationFile(missing: location)
        } catch {
            throw .unreadable(path: location.isEmpty ? "''" : location, reason: error.reason)
        }
        return try ConfigurationFile(path: location, content: content)
    }

    /// The profile that is meant; `nil`: what the file says at its top. The only one there is need not be named.
    ///
    /// - Throws: `ConfigurationError.unknownProfile`, `.noProfileChosen`, `.wrongValue`.
    func chosenProfile() throws(ConfigurationError) -> FileSection? {
        let known = file.profiles.compactMap(\.profile)
        if let name = try layers.value(Settings.profile) {
            guard let profile = file.profile(name) else {
                throw .unknownProfile(
                    origin: layers.origin(of: Settings.profile), name: name, path: file.path, known: known)
            }
            return profile
        }
        guard !layers.isSet(Settings.backendURL), let only = file.profiles.first else { return nil }
        guard known.count == 1 else { throw .noProfileChosen(path: file.path, known: known) }
        return only
    }

    /// - Parameter profile: `nil`: what the file says at its top.
    /// - Throws: `ConfigurationError`.
    func configuration(
        of profile: FileSection?, tokens: ClientConfiguration.TokenNeed = .required
    ) throws(ConfigurationError) -> ClientConfiguration {
        try ClientConfiguration(layers.using(profile), folders, environment: environment, tokens: tokens)
    }

    /// One setting, whatever the others are.
    ///
    /// - Throws: `ConfigurationError`.
    func value<Value>(_ setting: Setting<Value>, of profile: FileSection?) throws(ConfigurationError) -> Value {
        try layers.using(profile).required(setting)
    }
}

/// The layers and the defaults, asked by setting: flags over environment over the profile over the top of the file.
struct SettingLayers {
    let flags: [String: String]
    /// Those that are not empty.
    let environment: [String: String]
    let file: ConfigurationFile
    /// The profile in use.
    let profile: FileSection?

    init(flags: [String: String], environment: [String: String], file: ConfigurationFile, profile: FileSection? = nil) {
        self.flags = flags
        self.environment = environment.filter { !$0.value.isEmpty }
        self.file = file
        self.profile = profile
    }

    /// With this profile in use.
    func using(_ profile: FileSection?) -> SettingLayers {
        SettingLayers(flags: flags, environment: environment, file: file, profile: profile)
    }

    /// `nil` if nobody says, and there is no default.
    ///
    /// - Throws: `ConfigurationError.wrongValue`.
    func value<Value>(_ setting: Setting<Value>) throws(ConfigurationError) -> Value? {
        guard let text = text(setting), !text.isEmpty || setting.kind.readsEmpty else { return nil }
        do {
            return try setting.kind.read(text)
        } catch {
            // A secret is never repeated.
            throw .wrongValue(
                origin: origin(of: setting), key: setting.name, value: setting.isSecret || text.isEmpty ? nil : text,
                complaint: error.text, example: setting.example)
        }
    }

    /// - Throws: `ConfigurationError.missing`, `.wrongValue`.
    func required<Value>(_ setting: Setting<Value>) throws(ConfigurationError) -> Value {
        if let value = try value(setting) { return value }
        let place = profile?.profile.map { "\(file.path) (profile \($0))" } ?? file.path
        throw .missing(
            key: setting.name, environmentName: setting.environmentName, path: place, example: setting.jsonExample)
    }

    /// Whether somebody says, be it the default.
    func isSet(_ setting: some SettingDeclaration) -> Bool { text(setting).map { !$0.isEmpty } ?? false }

    /// Whether it is set, if at all, in the file.
    func isOfFile(_ setting: some SettingDeclaration) -> Bool {
        flags[setting.name] == nil && environment[setting.environmentName] == nil
    }

    /// Who says it: the flag, the variable, or file and line.
    func origin(of setting: some SettingDeclaration) -> String {
        if flags[setting.name] != nil { return setting.flagName }
        if environment[setting.environmentName] != nil { return setting.environmentName }
        return section(setting).map { file.place(of: setting.name, in: $0) } ?? file.path
    }

    /// For what only shows when a value is used: `sentence` says what is wrong with what.
    func complaint(about setting: some SettingDeclaration, _ sentence: String) -> ConfigurationError {
        .wrongValue(origin: origin(of: setting), key: setting.name, complaint: sentence, example: setting.example)
    }

    private func text(_ setting: some SettingDeclaration) -> String? {
        flags[setting.name] ?? environment[setting.environmentName] ?? section(setting)?.values[setting.name]
            ?? setting.standard
    }

    /// The part of the file that says it.
    private func section(_ setting: some SettingDeclaration) -> FileSection? {
        guard let profile else { return file.top }
        if profile.values[setting.name] != nil { return profile }
        let isAnothers = setting.scope == .backend && profile.values[Settings.backendURL.name] != nil
        return isAnothers ? nil : file.top
    }
}

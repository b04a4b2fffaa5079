/// The three layers and the defaults, asked by setting.
struct SettingLayers {
    let flags: [String: String]
    /// Those that are not empty.
    let environment: [String: String]
    let file: ConfigurationFile

    init(flags: [String: String], environment: [String: String], file: ConfigurationFile) {
        self.flags = flags
        self.environment = environment.filter { !$0.value.isEmpty }
        self.file = file
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
            let shown = setting.isSecret || text.isEmpty ? error.text : "\"\(text)\" \(error.text)"
            throw .wrongValue(
                origin: origin(of: setting), key: setting.name, complaint: shown, example: setting.example)
        }
    }

    /// - Throws: `ConfigurationError.missing`, `.wrongValue`.
    func required<Value>(_ setting: Setting<Value>) throws(ConfigurationError) -> Value {
        if let value = try value(setting) { return value }
        throw .missing(
            key: setting.name, environmentName: setting.environmentName, path: file.path, example: setting.jsonExample)
    }

    /// For what only shows when a value is used: `sentence` says what is wrong with what.
    func complaint(about setting: some SettingDeclaration, _ sentence: String) -> ConfigurationError {
        .wrongValue(origin: origin(of: setting), key: setting.name, complaint: sentence, example: setting.example)
    }

    private func text(_ setting: some SettingDeclaration) -> String? {
        flags[setting.name] ?? environment[setting.environmentName] ?? file.values[setting.name] ?? setting.standard
    }

    private func origin(of setting: some SettingDeclaration) -> String {
        if flags[setting.name] != nil { return setting.flagName }
        if environment[setting.environmentName] != nil { return setting.environmentName }
        return file.place(of: setting.name)
    }
}

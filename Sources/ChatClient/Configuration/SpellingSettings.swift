/// Who says what is a word, while one writes.
public struct SpellingSettings: Sendable, Equatable {
    /// Of the dictionary, as `aspell` and `hunspell` call it: `en`, `de_DE`; `nil`: nobody looks.
    public let language: String?
    /// A line for the shell whose program speaks as `ispell -a` does; `nil`: the first of those that are usual.
    public let command: String?

    public init(language: String? = nil, command: String? = nil) {
        self.language = language
        self.command = command
    }
}

extension SpellingSettings {
    init(_ layers: SettingLayers) throws(ConfigurationError) {
        self.init(
            language: try layers.value(Settings.spellingLanguage), command: try layers.value(Settings.spellingCommand))
        if command != nil, language == nil {
            throw .contradiction(
                "\(Settings.spellingCommand.name) names a program, and \(Settings.spellingLanguage.name) no language. "
                    + "Example: \(Settings.spellingLanguage.jsonExample)")
        }
    }
}

extension SettingKind<String> {
    /// As dictionaries are called: `en`, `pt_BR`, `de-neu`.
    static var language: Self {
        SettingKind(json: .text) { text throws(SettingComplaint) in
            let isName = text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
            guard isName, text.utf8.first != UInt8(ascii: "-"), text.utf8.count <= 40 else {
                throw SettingComplaint("is no language of a dictionary, such as en_GB")
            }
            return text
        }
    }
}

import ChatClient
import TerminalText

/// What a person wants of the chat, whatever the backend.
struct Preferences: Sendable {
    let theme: ColorTheme
    let keys: Keymap
    let reportsMouse: Bool
    let tellsLinks: Bool
    let keywords: [String]
    let hasWordsForEmoji: Bool
    let looksAtSpelling: Bool
    let localTime: LocalTime
    let notifications: NotificationSettings

    /// - Throws: `ThemeFault`; `KeyFault`.
    init(_ configuration: ClientConfiguration) throws {
        theme = try ThemeFile.theme(configuration.theme, in: Self.themes)
        keys = try KeyFile.keymap(configuration.keys, in: Self.keymaps)
        reportsMouse = configuration.reportsMouse
        tellsLinks = configuration.tellsLinks
        keywords = configuration.keywords
        hasWordsForEmoji = configuration.emoji == .words
        looksAtSpelling = configuration.spelling.language != nil
        var localTime = LocalTime.system
        localTime.hasHalfDays = configuration.clock == .twelve
        localTime.isAbsolute = configuration.listTimes == .absolute
        self.localTime = localTime
        notifications = configuration.notifications
    }

    /// Where files of themes are.
    static var themes: String { XDGFolders.current.configuration + "/themes" }
    /// Where files of keymaps are.
    static var keymaps: String { XDGFolders.current.configuration + "/keys" }
}

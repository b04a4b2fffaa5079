import BoundedNumbers

/// How a person is told of what comes while they do not look.
public struct NotificationSettings: Sendable, Equatable {
    public enum Means: String, Sendable, CaseIterable {
        case none
        /// The terminal's bell.
        case bell
        /// A notification by the terminal: OSC 9, 777 or 99.
        case terminal
        /// By `notify-send`.
        case desktop
        /// By a command of one's own.
        case command
    }

    public let means: Means
    /// A line for the shell, which finds what is told in `CRUDDUR_TITLE` and `CRUDDUR_BODY`.
    public let command: String?
    /// What was written is told as well, and not only by whom.
    public let tellsText: Bool
    /// When nothing is told.
    public let quietHours: QuietHours?
    /// How many messages are unread stands in the terminal's title.
    public let setsTitle: Bool

    public init(
        means: Means = .none, command: String? = nil, tellsText: Bool = false, quietHours: QuietHours? = nil,
        setsTitle: Bool = false
    ) {
        self.means = means
        self.command = command
        self.tellsText = tellsText
        self.quietHours = quietHours
        self.setsTitle = setsTitle
    }
}

extension NotificationSettings {
    init(_ layers: SettingLayers) throws(ConfigurationError) {
        self.init(
            means: try layers.required(Settings.notificationMeans),
            command: try layers.value(Settings.notificationCommand),
            tellsText: try layers.required(Settings.notificationsTellText),
            quietHours: try layers.value(Settings.quietHours), setsTitle: try layers.required(Settings.setsTitle))
        if means == .command, command == nil {
            throw .contradiction(
                "\(Settings.notificationMeans.name) is command, and \(Settings.notificationCommand.name) names none. "
                    + "Example: \(Settings.notificationCommand.jsonExample)")
        }
    }
}

/// A part of each day, by its minutes: `22:00-07:30`.
public struct QuietHours: Sendable, Hashable {
    /// The first minute of it, and the first that is not, counted from midnight; also over midnight.
    public let from: Int
    public let until: Int

    /// `nil` for what is no such part.
    public init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Self.minute($0) }
        guard ends.count == 2, let from = ends[0], let until = ends[1], from != until else { return nil }
        (self.from, self.until) = (from, until)
    }

    public func contains(minute: Int) -> Bool {
        from < until ? (from..<until).contains(minute) : minute >= from || minute < until
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 2, (1...2).contains(parts[0].utf8.count),
            let hour = Int(decimal: String(parts[0]), in: 0...23),
            let minute = Int(decimal: String(parts[1]), in: 0...59)
        else { return nil }
        return hour * 60 + minute
    }
}

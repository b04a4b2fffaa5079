/// Whether, where and how much is logged.
public struct LogSettings: Sendable, Equatable {
    /// How grave a line is; those below the configured level are not written.
    public enum Level: String, Sendable, CaseIterable {
        case debug, info, warning, error
    }

    /// What stands for the file in the XDG state folder.
    public static let standardName = "default"

    /// `nil`: nothing is logged.
    public let file: String?
    public let level: Level

    public init(file: String? = nil, level: Level = .info) {
        self.file = file
        self.level = level
    }
}

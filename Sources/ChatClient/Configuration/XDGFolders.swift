import Foundation

/// Where things of ours live, by the XDG Base Directory Specification.
public struct XDGFolders: Sendable {
    /// Settings: `~/.config/cruddur`.
    public let configuration: String
    /// What must be kept: `~/.local/share/cruddur`.
    public let data: String
    /// Logs: `~/.local/state/cruddur`.
    public let state: String
    /// The person's own folder.
    let home: String

    /// Of this process.
    public static let current = XDGFolders(ProcessVariables.all)

    public init(_ environment: [String: String]) {
        let home = Self.home(environment)
        func folder(_ variable: String, _ standard: String) -> String {
            // The specification: a relative path is invalid and ignored.
            let base = environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/" + standard
            return base + "/cruddur"
        }
        self.home = home
        configuration = folder("XDG_CONFIG_HOME", ".config")
        data = folder("XDG_DATA_HOME", ".local/share")
        state = folder("XDG_STATE_HOME", ".local/state")
    }

    /// `~` and `~/x`, which a shell leaves alone within quotes and behind `=`, as a shell would read them.
    func expanding(_ path: String) -> String {
        path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    /// What `log.file` means.
    func logFile(_ setting: String) -> String {
        setting == LogSettings.standardName ? state + "/cruddur.log" : expanding(setting)
    }

    /// A path as people read it: `~` for their home.
    public func abbreviating(_ path: String) -> String {
        guard home != "/", path == home || path.hasPrefix(home + "/") else { return path }
        return "~" + path.dropFirst(home.count)
    }

    /// `HOME`; where it is missing or no path from the root, what the system's list of users says.
    private static func home(_ environment: [String: String]) -> String {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        guard let entry = getpwuid(getuid()), let folder = entry.pointee.pw_dir else { return "/" }
        return String(cString: folder)
    }
}

import Foundation

/// Where things of ours live, by the XDG Base Directory Specification.
public struct XDGFolders: Sendable {
    /// Settings: `~/.config/cruddur`.
    public let configuration: String
    /// What must be kept: `~/.local/share/cruddur`.
    public let data: String
    /// Logs: `~/.local/state/cruddur`.
    public let state: String

    /// Of this process.
    public static var current: XDGFolders { XDGFolders(ProcessInfo.processInfo.environment) }

    public init(_ environment: [String: String]) {
        let home = environment["HOME"] ?? "/"
        func folder(_ variable: String, _ standard: String) -> String {
            // The specification: a relative path is invalid and ignored.
            let base = environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/" + standard
            return base + "/cruddur"
        }
        configuration = folder("XDG_CONFIG_HOME", ".config")
        data = folder("XDG_DATA_HOME", ".local/share")
        state = folder("XDG_STATE_HOME", ".local/state")
    }
}

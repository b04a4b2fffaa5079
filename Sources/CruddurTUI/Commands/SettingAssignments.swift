import ArgumentParser

/// What `--set key=value` says.
struct SettingAssignments {
    /// Setting name to value.
    private(set) var values: [String: String] = [:]

    /// - Throws: `ValidationError`.
    init(_ assignments: [String]) throws {
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
            values[parts[0]] = parts[1]
        }
    }
}

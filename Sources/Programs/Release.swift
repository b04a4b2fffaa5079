import CRelease

/// Which Cruddur this is: the one place that says so, for both programs and for what is made of them.
package enum Release {
    package static let version: StaticString = "0.1.0"

    /// What `--version` says: `0.1.0 (8d21fff0c1a2)`, or `0.1.0` of a build that nobody has packaged.
    package static var description: String {
        let commit = String(cString: release_commit())
        return commit.isEmpty ? "\(version)" : "\(version) (\(commit))"
    }
}

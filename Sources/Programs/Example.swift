/// A command line that shows what a command is for.
package struct Example: Sendable {
    /// As it is typed: `cruddur send @mei "see you there"`
    package let line: String
    package let does: String

    package init(_ line: String, _ does: String) {
        self.line = line
        self.does = does
    }
}

extension [Example] {
    /// What a command's help begins with.
    ///
    /// - Parameter rest: what the help says after them.
    package func help(then rest: String = "") -> String {
        let examples = "Examples:\n" + map { "  \($0.line)\n      \($0.does)" }.joined(separator: "\n")
        return rest.isEmpty ? examples : examples + "\n\n" + rest
    }
}

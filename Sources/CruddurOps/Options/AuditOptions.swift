import ArgumentParser

/// Where it is noted who looked at whom.
struct AuditOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Note in this file, at its end, who looks at whom; else CRUDDUR_OPS_AUDIT. What cannot be noted is not done.",
            valueName: "file"))
    var audit: String?

    /// `nil`: nobody wants to know.
    var path: String? { audit ?? PoolOptions.environment("CRUDDUR_OPS_AUDIT") }
}

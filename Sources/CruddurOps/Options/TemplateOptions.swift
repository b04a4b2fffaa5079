import ArgumentParser
import KeyTemplates
import MessageTable

/// In whose words a table is spoken of.
struct TemplateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What this application's keys look like; cruddur-ops patterns prints such a file.", valueName: "file"))
    var patterns: String?

    /// - Throws: `TemplateFault`.
    func templates() throws -> TableTemplates { try patterns.map(TableTemplates.init(path:)) ?? .cruddur }
}

extension TableTemplates {
    var keyNames: KeyNames { KeyNames(partition: partitionKey, sort: sortKey) }
}

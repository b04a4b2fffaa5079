import ArgumentParser
import Foundation
import KeyTemplates
import MessageTable

/// In whose words a table is spoken of.
struct TemplateOptions: ParsableArguments {
    /// Bytes; what is longer is no such file.
    private static let longest = 1 << 20

    @Option(
        help: ArgumentHelp(
            "What this application's keys look like; cruddur-ops patterns prints such a file.", valueName: "file"))
    var patterns: String?

    /// - Throws: `OpsError.refused`.
    func templates() throws -> TableTemplates { try patterns.map(Self.read) ?? .cruddur }

    /// - Throws: `OpsError.refused`.
    static func read(_ path: String) throws -> TableTemplates {
        let data: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            data = try file.read(upToCount: longest + 1) ?? Data()
        } catch {
            let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            throw OpsError.refused(
                "\(path) cannot be read: \(String(cString: strerror(Int32(reason?.code ?? Int(EIO)))))")
        }
        guard data.count <= longest else { throw OpsError.refused("\(path) is longer than such a file can be") }
        do {
            return try TableTemplates(json: data)
        } catch {
            throw OpsError.refused("\(path): \(error)")
        }
    }
}

extension TableTemplates {
    var keyNames: KeyNames { KeyNames(partition: partitionKey, sort: sortKey) }
}

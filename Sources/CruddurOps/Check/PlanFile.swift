import Foundation
import MessageTable
import TerminalText

/// What is to be done, for somebody else to look at before it is: a line of JSON for each finding, with all that is
/// written and all that it was concluded from.
enum PlanFile {
    struct Header: Codable, Equatable {
        /// The form of the file.
        var cruddurPlan = 1
        let table: String
        let place: String

        enum CodingKeys: String, CodingKey {
            case cruddurPlan = "cruddur_plan"
            case table, place
        }
    }

    struct Entry: Codable {
        let kind: String
        let subject: String
        let explanation: String
        let steps: [Step]
    }

    /// Writes beside the file first, so that a plan is whole or not there.
    final class Writer {
        private let path: String
        private let file: FileHandle

        /// - Throws: `OpsError.refused`.
        init(_ path: String, _ header: Header) throws {
            self.path = path
            var there = stat()
            guard lstat(path, &there) != 0 || there.st_mode & S_IFMT == S_IFREG else {
                throw OpsError.refused("\(path) is no file; a plan is kept in one, until it is applied")
            }
            // It holds what people wrote.
            guard
                FileManager.default.createFile(
                    atPath: path + ".part", contents: nil, attributes: [.posixPermissions: 0o600]),
                let file = FileHandle(forWritingAtPath: path + ".part")
            else { throw OpsError.refused("\(path).part cannot be written") }
            self.file = file
            try write(header)
        }

        func add(_ entry: Entry) throws { try write(entry) }

        /// - Throws: `OpsError.refused`.
        func finish() throws {
            try? file.close()
            guard rename(path + ".part", path) == 0 else { throw OpsError.refused("\(path) cannot be written") }
        }

        private func write(_ line: some Encodable) throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            do {
                try file.write(contentsOf: try encoder.encode(line) + Data("\n".utf8))
            } catch {
                throw OpsError.refused("\(path).part cannot be written: \(error.localizedDescription)")
            }
        }
    }

    /// - Parameter header: what the plan must be for.
    /// - Throws: `OpsError.refused`.
    static func read(_ path: String, for header: Header) throws -> [Entry] {
        guard let text = FileManager.default.contents(atPath: path).map({ String(decoding: $0, as: UTF8.self) }) else {
            throw OpsError.refused("\(path) cannot be read")
        }
        let lines = text.split(separator: "\n")
        let decoder = JSONDecoder()
        guard let first = lines.first, let found = try? decoder.decode(Header.self, from: Data(first.utf8)) else {
            throw OpsError.refused("\(path) is not a plan of cruddur-ops")
        }
        guard found == header else {
            throw OpsError.refused(
                "\(path) is a plan for \(found.table) at \(found.place), not for \(header.table) at \(header.place)")
        }
        return try lines.dropFirst().enumerated().map { number, line in
            guard let entry = try? decoder.decode(Entry.self, from: Data(line.utf8)) else {
                throw OpsError.refused("\(path), line \(number + 2): this is not a step of a plan")
            }
            return entry
        }
    }
}

extension Step {
    /// For the person who is asked.
    var words: [PrintableText] {
        transaction.compactMap { write in
            switch write {
            case .put(let item, _): "put    \(item.jsonLine)"
            case .delete(let key, _): "delete \(key.partition) / \(key.sort)"
            case .check: nil
            }
        }
    }
}

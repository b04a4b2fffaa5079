import Crypto
import Foundation
import Glibc
import TerminalText
import Timestamps

/// Who has looked at whom: a line of JSON for each time, at the end of a file that is never written anywhere else. Each line
/// holds the hash of the one before, so that one that was changed or taken out later shows.
struct Audit {
    private struct Line: Encodable {
        let at: String
        let by: String
        let action: String
        let handle: String
        let uuid: String
        let table: String
        let place: String
        /// SHA-256 of the line before, in hexadecimal; of nothing for the first.
        let previous: String
    }

    let path: String

    /// Written before anything is shown: what cannot be noted is not done.
    ///
    /// - Throws: `OpsError.refused`.
    func note(_ action: String, of user: (handle: String, uuid: String), in table: TableOptions) throws {
        guard !OwnLines.isAnothers(path, marks: ["\"action\":\"", "\"previous\":\""]) else {
            throw OpsError.refused("\(path) is there and holds no record of who looked at whom; name another file")
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refusal() }
        defer { close(descriptor) }
        // One at a time: the hash is of the line that is the last one until ours is.
        guard flock(descriptor, LOCK_EX) == 0 else { throw refusal() }
        let line = Line(
            at: Clock.now().description, by: Self.whoever, action: action, handle: user.handle, uuid: user.uuid,
            table: table.table, place: table.place, previous: Self.hash(try lastLine(descriptor)))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = PrintableText(json: String(decoding: try encoder.encode(line), as: UTF8.self))
        let written = Descriptor.write(Array((text.text + "\n").utf8), to: descriptor)
        guard written.fault == nil, fsync(descriptor) == 0 else { throw refusal() }
    }

    private func refusal() -> OpsError {
        .refused(
            "\(path) cannot be written (\(String(cString: strerror(errno)))), and without a record nothing is shown")
    }

    /// Who started this, as the system knows them.
    private static var whoever: String {
        let environment = ProcessInfo.processInfo.environment
        let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
        // Who became root says more than root.
        let before = environment["SUDO_USER"].map { " (\($0))" } ?? ""
        return "\(name)\(before)@\(ProcessInfo.processInfo.hostName)"
    }

    private func lastLine(_ descriptor: Int32) throws -> [UInt8] {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: min(Int(size), 1 << 16))
        let count = pread(descriptor, &bytes, bytes.count, size - off_t(bytes.count))
        guard count == bytes.count else { throw refusal() }
        return Array(bytes.split(separator: UInt8(ascii: "\n")).last ?? [])
    }

    private static func hash(_ line: [UInt8]) -> String {
        SHA256.hash(data: Data(line)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

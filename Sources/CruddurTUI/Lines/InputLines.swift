import Foundation

/// Standard input a line at a time, and not a byte more: what stands behind it is for whoever reads next.
struct InputLines {
    /// Why there is no line.
    enum Fault: Error, Equatable {
        case ended
        case tooLong
        case notText
    }

    /// Bytes of a line.
    private static let limit = 4096

    private let descriptor: Int32

    init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

    /// Without its end, and without the spaces around it. The last line may have no end.
    ///
    /// - Throws: `Fault`.
    func next() throws(Fault) -> String { try nextRaw().trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Reads on until the line ends.
    func skip() {
        var byte: UInt8 = 0
        while byte != UInt8(ascii: "\n") {
            let count = read(descriptor, &byte, 1)
            guard count > 0 || count < 0 && errno == EINTR else { return }
        }
    }

    /// The same with the spaces around it: they may be a part of what it says.
    ///
    /// - Throws: `Fault`.
    func nextRaw() throws(Fault) -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                if line.isEmpty { throw .ended }
                break
            }
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
            guard line.count <= Self.limit else { throw .tooLong }
        }
        // Of a line that another system ended.
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard let text = String(validating: line, as: UTF8.self) else { throw .notText }
        return text
    }
}

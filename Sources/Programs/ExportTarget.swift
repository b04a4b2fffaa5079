import Foundation
import TerminalText

/// Where an export goes. A file is whole or not there; what is no file is written into.
package struct ExportTarget {
    private enum Kind {
        case standardOutput
        /// A device, a pipe with a name: never replaced.
        case special(Int32)
        case file(Draft)
    }

    private let path: String
    private let kind: Kind

    /// - Parameters:
    ///   - path: `nil`, `-` and `/dev/stdout` are standard output.
    ///   - option: by which it was named.
    /// - Throws: `ExportError`.
    package init(path: String?, option: String = "--output") throws {
        self.path = path ?? "-"
        guard let path, !Self.isStandardOutput(path) else {
            kind = .standardOutput
            return
        }
        kind =
            try Self.isSpecial(path, option) ? .special(try Self.opened(path)) : .file(try Draft(of: path))
    }

    /// Whether it can be, as far as that can be told beforehand: nothing is made, and nothing opened.
    ///
    /// - Throws: `ExportError`.
    package static func check(_ path: String, option: String) throws {
        guard !isStandardOutput(path), try !isSpecial(path, option) else { return }
        let folder = (path as NSString).deletingLastPathComponent
        guard access(folder.isEmpty ? "." : folder, W_OK) == 0 else { throw ExportError.unwritable(path, errno) }
    }

    private static func isStandardOutput(_ path: String) -> Bool { path == "-" || path == "/dev/stdout" }

    /// Whether it is no file, and written into.
    private static func isSpecial(_ path: String, _ option: String) throws -> Bool {
        guard !path.isEmpty else { throw ExportError.noName(option) }
        var own = stat()
        var target = stat()
        let isThere = lstat(path, &own) == 0
        if !isThere, path.hasSuffix("/") { throw ExportError.folder(path, option) }
        let isLink = isThere && own.st_mode & S_IFMT == S_IFLNK
        // A link may lead to a device; where nothing is, a file is to be.
        let isFound = isThere && stat(path, &target) == 0
        switch isFound ? target.st_mode & S_IFMT : S_IFREG {
        case S_IFDIR: throw ExportError.folder(path, option)
        case S_IFREG where isLink: throw ExportError.link(path)
        case S_IFREG: return false
        default: return true
        }
    }

    private static func opened(_ path: String) throws -> Int32 {
        // Nothing is made here: if it has just been removed, that is said.
        let descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ExportError.unwritable(path, errno) }
        return descriptor
    }

    /// - Throws: `ExportError`; `OutputFault`.
    package func write(_ text: PrintableText) throws {
        switch kind {
        case .standardOutput: try Output.write(text)
        case .special(let descriptor): try Self.write(text, to: descriptor, path)
        case .file(let draft): try Self.write(text, to: draft.descriptor, path)
        }
    }

    private static func write(_ text: PrintableText, to descriptor: Int32, _ path: String) throws {
        if let fault = Descriptor.write(Array(text.text.utf8), to: descriptor).fault {
            throw ExportError.unwritable(path, fault)
        }
    }

    /// After the last piece.
    ///
    /// - Throws: `ExportError`; `OutputFault`.
    package func finish() throws {
        switch kind {
        case .standardOutput: try Output.flush()
        case .special(let descriptor):
            guard close(descriptor) == 0 else { throw ExportError.unwritable(path, errno) }
        case .file(let draft): try draft.takeItsPlace()
        }
    }

    /// Whether progress can be told without landing in the export.
    package var isElsewhere: Bool {
        if case .file = kind { return true }
        return false
    }
}

/// A file that nobody else has, beside the one that it will be. It is gone when this is, whatever
/// went wrong, and also when a signal ends the program.
private final class Draft {
    let descriptor: Int32
    private let path: String
    private let target: String
    private let signals: CaughtSignals

    init(of target: String) throws {
        let folder = (target as NSString).deletingLastPathComponent
        let name = ".cruddur-export-" + UUID().uuidString
        let path = folder.isEmpty ? name : folder + "/" + name
        signals = CaughtSignals([SIGHUP, SIGINT, SIGTERM]) { number in
            unlink(path)
            CaughtSignals.die(of: number)
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        self.path = path
        self.target = target
        guard descriptor >= 0 else { throw ExportError.unwritable(target, errno) }
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            // Nothing, once it has taken its place.
            unlink(path)
        }
        signals.letGo()
    }

    func takeItsPlace() throws {
        guard fsync(descriptor) == 0, rename(path, target) == 0 else { throw ExportError.unwritable(target, errno) }
    }
}

package enum ExportError: Error, CustomStringConvertible {
    /// Of an option.
    case noName(String)
    /// A path, and the option by which it was named.
    case folder(String, String)
    case link(String)
    /// With an `errno`.
    case unwritable(String, Int32)

    package var description: String {
        switch self {
        case .noName(let option): "\(option) '': a file needs a name; - is standard output"
        case .folder(let path, let option):
            "\(path) is a folder. Name a file in it: \(option) \(path.hasSuffix("/") ? path : path + "/")conversation"
        case .link(let path): "\(path) is a link, which is not followed. Name the file that it leads to."
        case .unwritable(let path, let fault): "\(path) cannot be written: \(Descriptor.reason(fault))"
        }
    }
}

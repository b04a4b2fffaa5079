import Foundation

/// A whole small file, pipe or device, read as a stream: it need not say how long it is.
package enum FileContent {
    package enum Fault: Error, Equatable {
        case missing
        case other(reason: String)

        package var reason: String {
            switch self {
            case .missing: "there is no such file"
            case .other(let reason): reason
            }
        }
    }

    /// - Parameter limit: bytes.
    package static func read(_ path: String, limit: Int = 1 << 20) throws(Fault) -> Data {
        guard !path.isEmpty else { throw .other(reason: "the path is empty") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw fault(errno) }
        defer { close(descriptor) }
        var content = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 13)
        while content.count <= limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return content }
            if count > 0 {
                content.append(contentsOf: chunk[..<count])
            } else if errno != EINTR {
                throw fault(errno)
            }
        }
        throw .other(reason: "it is larger than \(limit >> 10) kB")
    }

    private static func fault(_ number: Int32) -> Fault {
        switch number {
        case ENOENT: .missing
        case EACCES, EPERM: .other(reason: "you may not read it")
        case EISDIR: .other(reason: "it is a folder")
        case ENOTDIR: .other(reason: "what should be a folder on the way to it is a file")
        case ELOOP: .other(reason: "its links go round in a circle")
        default: .other(reason: String(cString: strerror(number)))
        }
    }
}

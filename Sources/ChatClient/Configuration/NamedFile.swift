import Foundation

/// A person's own file of a kind, such as a theme: by its name in the folder of its kind, or by a path.
package enum NamedFile {
    package struct Fault: Error {
        package let description: String
    }

    /// - Parameters:
    ///   - name: a file's in `folder` without `.json`, or a path.
    ///   - kind: what it is, for people: `theme`.
    ///   - known: the names of those that are no files.
    /// - Throws: `Fault`.
    package static func read(
        _ name: String, _ kind: String, in folder: String, besides known: [String]
    ) throws(Fault) -> (path: String, content: Data) {
        let isPath = name.hasPrefix("/")
        guard isPath || !name.contains("/") && !name.contains("\0") else {
            throw Fault(description: "\(kind) \(name): a path begins with /")
        }
        let path = isPath ? name : "\(folder)/\(name).json"
        // A pipe might never answer, and it may be the terminal's own thread that reads.
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw Fault(description: "\(kind) \(path): it is no file")
        }
        do throws(FileContent.Fault) {
            return (path, try FileContent.read(path))
        } catch .missing where !isPath {
            let names = known.joined(separator: ", ")
            throw Fault(description: "there is no \(kind) \(name): there are \(names), and files such as \(path)")
        } catch {
            throw Fault(description: "\(kind) \(path): \(error.reason)")
        }
    }
}

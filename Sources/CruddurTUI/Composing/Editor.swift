import ChatClient
import ChildProcesses
import Foundation

/// The editor that a person has chosen, for what they write: `$VISUAL`, `$EDITOR`, else `vi`.
enum Editor {
    /// Why nothing came back.
    struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        let description: String
    }

    /// Bytes of what comes back.
    private static let limit = 1 << 20

    /// Waits until it ends; it has the terminal meanwhile.
    ///
    /// - Parameter hasStarted: is told its number.
    /// - Returns: what was written then, without the line end that editors put behind the last line.
    static func run(
        on text: String, environment: [String: String] = ProcessVariables.all,
        hasStarted: (pid_t) -> Void = { _ in }
    ) -> Result<String, Fault> {
        Result { () throws(Fault) in
            let folder = try makeFolder()
            var keeps = false
            // Nothing of it stays behind, however the editor names its copies.
            defer { if !keeps { try? FileManager.default.removeItem(atPath: folder) } }
            let path = folder + "/message.txt"
            try write(text, to: path)
            do throws(Fault) {
                try start(path, environment, hasStarted)
                return try read(path)
            } catch {
                // What somebody has written is not lost with it.
                keeps = FileManager.default.contents(atPath: path).map { $0 != handed(text) } ?? false
                throw keeps ? Fault(description: "\(error); what was written is in \(path)") : error
            }
        }
    }

    private static func makeFolder() throws(Fault) -> String {
        var template = Array((FileManager.default.temporaryDirectory.path + "/cruddur-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw fault("there is no place for the text") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func write(_ text: String, to path: String) throws(Fault) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault("the text cannot be written to a file") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: handed(text))
        } catch {
            throw Fault(description: "The text cannot be written to a file: \(error.localizedDescription)")
        }
    }

    /// Editors want a line's end behind the last line.
    private static func handed(_ text: String) -> Data { Data(text.isEmpty ? "".utf8 : (text + "\n").utf8) }

    private static func start(
        _ path: String, _ environment: [String: String], _ hasStarted: (pid_t) -> Void
    ) throws(Fault) {
        let editor = [environment["VISUAL"], environment["EDITOR"]].compactMap(\.self).first { !$0.isEmpty } ?? "vi"
        do {
            // It may have options, as in other programs.
            let program = try ChildProcess(
                "/bin/sh", ["-c", "\(editor) \"$@\"", editor, path],
                environment: ChildProgram.withoutSecrets(environment), input: .inherited, output: .inherited,
                errors: .inherited)
            hasStarted(program.number)
            switch program.wait() {
            case .exit(0): return
            case .exit(127): throw Fault(description: "There is no editor \(editor) here; set EDITOR")
            case .exit(let code): throw Fault(description: "\(editor) ended with \(code)")
            case .signal(let number): throw Fault(description: "\(editor) was ended by signal \(number)")
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(description: "\(editor) cannot be started: \(error)")
        }
    }

    private static func read(_ path: String) throws(Fault) -> String {
        let data: Data
        do throws(FileContent.Fault) {
            data = try FileContent.read(path, limit: limit)
        } catch {
            throw Fault(description: "What was written cannot be read: \(error.reason)")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Fault(description: "What was written is no UTF-8")
        }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private static func fault(_ what: String) -> Fault {
        Fault(description: what.prefix(1).uppercased() + what.dropFirst() + ": " + String(cString: strerror(errno)))
    }
}

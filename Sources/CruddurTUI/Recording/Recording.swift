import ExactText
import Foundation
import Programs
import TerminalText

/// What the terminals of a demo show, while its first one records: each writes a file of its own into one folder.
struct Recording: Sendable {
    let folder: String

    /// - Parameter demo: the demo's folder.
    init(demo: String) { folder = demo + "/recording" }

    /// Nothing is recorded.
    private func clear() { try? FileManager.default.removeItem(atPath: folder) }

    /// What a demo that was killed has left becomes a recording of its own.
    ///
    /// - Returns: where it is; `nil`: there was nothing.
    func recover() -> String? {
        guard FileManager.default.fileExists(atPath: folder) else { return nil }
        let target = (folder as NSString).deletingLastPathComponent + "/cut-short.cast"
        defer { clear() }
        return (try? finish(into: target)) == nil ? nil : target
    }

    /// From now on.
    ///
    /// - Parameter target: where it is to be in the end: what cannot be is said now.
    /// - Throws: `ExportError`; `RecordingError`.
    func begin(for target: String) throws {
        try ExportTarget.check(target, option: "--record")
        clear()
        guard mkdir(folder, 0o700) == 0 else { throw RecordingError.unwritable(folder, errno) }
    }

    /// Of one terminal; `nil` where nothing is recorded.
    ///
    /// - Throws: `RecordingError`.
    func recorder(of handle: String, at microseconds: Int64) throws -> Recorder? {
        guard FileManager.default.fileExists(atPath: folder) else { return nil }
        return try Recorder(path: "\(folder)/\(microseconds)-\(handle).jsonl")
    }

    /// All that was shown, into one file; the terminals stand side by side, in the order in which they came.
    ///
    /// - Returns: how many there were.
    /// - Throws: `ExportError`; `RecordingError`. What was recorded stays where it is then.
    func finish(into target: String) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        var panes: [(name: String, frames: [Frame])] = []
        for name in names {
            // `1732622400000000-mei.jsonl`
            let handle = String(name.drop { $0 != "-" }.dropFirst().prefix { $0 != "." })
            let frames = frames(of: "\(folder)/\(name)")
            if let place = panes.firstIndex(where: { $0.name.isExactly(handle) }) {
                panes[place].frames += frames
            } else {
                panes.append((handle, frames))
            }
        }
        guard let cast = Cast(panes.map { Cast.Pane(name: $0.name, frames: $0.frames) }) else {
            clear()
            throw RecordingError.nothingShown
        }
        let file = try ExportTarget(path: target, option: "--record")
        for line in try cast.lines() { try file.write(line + "\n") }
        try file.finish()
        clear()
        return cast.terminals
    }

    /// What a kill has cut is left out.
    private func frames(of path: String) -> [Frame] {
        let decoder = JSONDecoder()
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return data.split(separator: 0x0A).compactMap { try? decoder.decode(Frame.self, from: $0) }
    }
}

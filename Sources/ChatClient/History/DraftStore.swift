import Foundation
import Timestamps

/// What was written and not sent, kept in a file that only its owner can read: one for each
/// backend and user.
///
/// Written soon after each change, but not for every key, and always whole: a crash leaves
/// the file as it was before or as it is after.
public actor DraftStore {
    /// Between a change and its way to the disk, so that typing is not a write for each key.
    private static let pause = Duration.milliseconds(500)

    private let path: String
    private let clock: any SessionClock
    private let onFailure: @Sendable (String) -> Void
    private var drafts: [ConversationID: String] = [:]
    private var isSaved = true
    private var saving: Task<Void, Never>?

    /// - Parameters:
    ///   - path: the file; its folder is made when there is something to keep.
    ///   - onFailure: called with a reason when the file cannot be written.
    public init(path: String, clock: any SessionClock = SystemClock(), onFailure: @escaping @Sendable (String) -> Void)
    {
        self.path = path
        self.clock = clock
        self.onFailure = onFailure
    }

    /// Where the drafts of `configuration`'s user are: below `folder`, by host and user.
    public static func path(_ configuration: ClientConfiguration, in folder: String) -> String {
        let user = TokenClaims(unverified: configuration.tokens.access)?.subject ?? configuration.handle ?? "unknown"
        // Not by port: a local backend may have another one each time.
        let host = configuration.backend.host.prefix { $0 != ":" }
        let name = "\(host)-\(user)".map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return "\(folder)/drafts/\(String(name.prefix(120))).json"
    }

    /// The drafts of the last time. A file that cannot be read is set aside, never overwritten.
    public func load() -> [ConversationID: String] {
        guard let content = FileManager.default.contents(atPath: path) else { return [:] }
        guard let file = try? JSONDecoder().decode(DraftFile.self, from: content), file.version == DraftFile.current
        else {
            let aside = path + ".unreadable-\(clock.now().microseconds)"
            let moved = rename(path, aside) == 0
            onFailure(
                moved ? "the drafts could not be read; they are in \(aside)" : "the drafts in \(path) cannot be read")
            return [:]
        }
        drafts = file.drafts.reduce(into: [:]) { $0[$1.conversation] = $1.text }
        return drafts
    }

    /// Takes the drafts as they are now; they are on disk a moment later.
    public func keep(_ drafts: [ConversationID: String]) {
        guard drafts != self.drafts else { return }
        self.drafts = drafts
        isSaved = false
        guard saving == nil else { return }
        saving = Task {
            _ = try? await clock.sleep(for: Self.pause)
            saving = nil
            flush()
        }
    }

    /// Adds texts that could not be sent to the drafts of their conversations, above what is
    /// written there.
    public func keepUnsent(_ texts: [(ConversationID, String)]) {
        for (id, text) in texts.reversed() {
            drafts[id] = drafts[id].map { text + "\n" + $0 } ?? text
            isSaved = false
        }
    }

    /// Writes what has changed, now.
    public func flush() {
        guard !isSaved else { return }
        do {
            try write()
            isSaved = true
        } catch {
            onFailure("drafts cannot be kept in \(path): \((error as? CocoaError)?.localizedDescription ?? "\(error)")")
        }
    }

    private func write() throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let file = DraftFile(drafts: drafts.filter { !$0.value.isEmpty }.map(DraftFile.Draft.init))
        let draft = path + ".new"
        try? FileManager.default.removeItem(atPath: draft)
        let made = FileManager.default.createFile(
            atPath: draft, contents: try JSONEncoder().encode(file), attributes: [.posixPermissions: 0o600])
        guard made, rename(draft, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}

/// The file's JSON.
private struct DraftFile: Codable {
    static let current = 1

    struct Draft: Codable {
        /// One of the two.
        var group: String?
        var handle: String?
        let text: String

        init(_ entry: (key: ConversationID, value: String)) {
            text = entry.value
            switch entry.key {
            case .group(let uuid): group = uuid
            case .new(let handle): self.handle = handle
            }
        }

        var conversation: ConversationID { group.map { .group($0) } ?? .new(handle: handle ?? "") }
    }

    var version = current
    let drafts: [Draft]
}

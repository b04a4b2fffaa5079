import ChatClient
import Foundation

/// How a person has arranged the chat on their screen, kept for the next time.
struct Arrangement: Codable, Equatable {
    var listWidth: Int?
    var watchWidth: Int?
    var isCompact = false
    var isListOnTop: Bool?
    var listHeight: Int?
    var watchHeight: Int?

    private static var path: String { XDGFolders.current.state + "/arrangement.json" }

    /// What cannot be read is as if nothing was kept: it is no loss worth a word.
    static func kept() -> Arrangement {
        guard let content = try? FileContent.read(path, limit: 4096) else { return Arrangement() }
        return (try? JSONDecoder().decode(Arrangement.self, from: content)) ?? Arrangement()
    }

    init() {}

    init(_ state: AppState) {
        (listWidth, watchWidth, isCompact) = (state.listWidth, state.watchWidth, state.density == .compact)
        isListOnTop = state.listPlace == .top ? true : nil
        (listHeight, watchHeight) = (state.listHeight, state.watchHeight)
    }

    func arrange(_ state: inout AppState) {
        (state.listWidth, state.watchWidth) = (listWidth, watchWidth)
        state.density = isCompact ? .compact : .airy
        state.listPlace = isListOnTop == true ? .top : .side
        (state.listHeight, state.watchHeight) = (listHeight, watchHeight)
    }

    func keep() {
        guard self != Self.kept(), let content = try? JSONEncoder().encode(self) else { return }
        try? FileManager.default.createDirectory(
            atPath: XDGFolders.current.state, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try? content.write(to: URL(fileURLWithPath: Self.path), options: .atomic)
    }
}

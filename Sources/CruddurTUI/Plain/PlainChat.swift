import ArgumentParser
import ChatClient
import Foundation
import TerminalText
import Timestamps

/// The chat in lines, without a screen: for screen readers, for terminals that can do nothing, and for logs.
struct PlainChat {
    /// How long a message that is just being sent may hold up the end.
    private static let patience = Duration.seconds(3)

    let configuration: ClientConfiguration
    /// An element when the demo that was joined has ended.
    var demoEnd: AsyncStream<Void>?

    private enum Happening: Sendable {
        case snapshot(ChatSnapshot)
        case typed(String)
        case refused(InputLines.Fault)
        case ended
        case demoEnded
    }

    /// Whether that is all this terminal can show.
    static func isAllThereIs(_ environment: [String: String] = ProcessVariables.all) -> Bool {
        ["dumb", ""].contains(environment["TERM"] ?? "")
    }

    /// Returns when the person quits, or what they type ends; then nothing of it is alive.
    ///
    /// - Throws: `OutputFault`; `LogError`; `LanguageFault`.
    func run() async throws {
        try await Language.$current.withValue(LanguageFile.chosen(by: configuration)) {
            try await ClientLog.during("chat", configuration) { try await run(log: $0) }
        }
    }

    private func run(log: ClientLog) async throws {
        let session = ChatSession(configuration: configuration, dataFolder: XDGFolders.current.data, log: log)
        let (events, posting) = AsyncStream.makeStream(of: Happening.self)
        try Output.line(PlainWording.start)
        try Output.flush()
        Self.read { posting.yield($0) }
        let ended: Result<ChatSession.Unsent, any Error> = await withTaskGroup { group in
            group.addTask { await session.run() }
            group.addTask { for await snapshot in session.updates { posting.yield(.snapshot(snapshot)) } }
            if let demoEnd { group.addTask { for await _ in demoEnd { posting.yield(.demoEnded) } } }
            let ended: Result<Void, any Error>
            do { ended = .success(try await Self.talk(session, events)) } catch { ended = .failure(error) }
            let unsent = await session.finishSending(within: Self.patience)
            group.cancelAll()
            return ended.map { unsent }
        }
        let count = try ended.get().waiting.count
        if count > 0 {
            let what =
                count == 1
                ? printed("1 message waits for the next time") : printed("\(count) messages wait for the next time")
            Output.complain("cruddur: \(what)")
        }
    }

    private static func talk(_ session: ChatSession, _ events: AsyncStream<Happening>) async throws {
        var talk = PlainTalk(session, time: .system) { try Output.line($0) }
        var hasEnded = false
        for await event in events {
            switch event {
            case .snapshot(let snapshot):
                try await talk.take(snapshot)
                guard try await talk.takeEarly(), !(hasEnded && talk.isSettled) else { return }
            case .typed(let line):
                await session.noteActivity()
                guard try await talk.take(PlainLine(line)) else { return }
            case .refused(.tooLong): try Output.line(printed("That line is too long: nothing was sent."))
            case .refused: try Output.line(printed("That line is no text: nothing was sent."))
            // What was typed before is for somebody who is not known yet, or asks for what is not here yet.
            case .ended where !talk.isSettled: hasEnded = true
            case .ended: return
            case .demoEnded:
                try Output.line(printed("The demo has ended."))
                return try Output.flush()
            }
            try Output.flush()
        }
    }

    /// On a thread of its own: nobody waits for a line.
    private static func read(_ post: @escaping @Sendable (Happening) -> Void) {
        Thread.detachNewThread {
            let lines = InputLines()
            while true {
                do throws(InputLines.Fault) {
                    post(.typed(try lines.nextRaw()))
                } catch .ended {
                    return post(.ended)
                } catch {
                    // What is left of it is no other line.
                    if error == .tooLong { lines.skip() }
                    post(.refused(error))
                }
            }
        }
    }
}

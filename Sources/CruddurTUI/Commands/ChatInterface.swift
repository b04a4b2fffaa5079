import ArgumentParser
import ChatClient
import Foundation
import TerminalText
import Timestamps

/// The chat on this terminal, on a session, from start to end.
struct ChatInterface {
    /// How long a message that is just being sent may hold up the end.
    private static let patience = Duration.seconds(3)

    let configuration: ClientConfiguration
    var mailbox = Mailbox()

    /// Returns when the person quits.
    ///
    /// - Throws: `TerminalError`; `ExitCode` when a signal ended it.
    func run() async throws {
        let (effects, continuation) = AsyncStream.makeStream(of: Effect.self)
        // The first frame does not wait for the session: both start at once.
        let terminal = Task { try await runTerminal { continuation.yield($0) } }
        let mailbox = mailbox
        let session = ChatSession(configuration: configuration, dataFolder: XDGFolders.current.data)
        mailbox.post(.drafts(await session.drafts()))
        let polling = Task { await session.run() }
        let showing = Task { for await snapshot in session.updates { mailbox.post(.snapshot(snapshot)) } }
        let searches = SearchBox(session, mailbox)
        let working = Task { for await effect in effects { await perform(effect, session, searches) } }
        let signal: Result<Int32, any Error>
        do {
            signal = .success(try await terminal.value)
        } catch {
            signal = .failure(error)
        }
        continuation.finish()
        // What was asked for last may be a message, or a draft.
        await working.value
        let unsent = await session.finishSending(within: Self.patience)
        polling.cancel()
        await polling.value
        await showing.value
        report(unsent)
        let number = try signal.get()
        if number != 0 { throw ExitCode(128 + number) }
    }

    /// On a thread of its own, which nothing else may block.
    private func runTerminal(_ perform: @escaping @Sendable (Effect) -> Void) async throws -> Int32 {
        let first = ChatSnapshot(
            me: configuration.handle, backend: configuration.backend.host, isReadOnly: configuration.isReadOnly)
        let mailbox = mailbox
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(
                    with: Result {
                        var terminal = try Terminal(mailbox: mailbox, first: first, perform: perform)
                        return terminal.run()
                    })
            }
            thread.stackSize = 8 << 20
            thread.name = "terminal"
            thread.start()
        }
    }

    private func perform(_ effect: Effect, _ session: ChatSession, _ searches: SearchBox) async {
        switch effect {
        case .open(let id): await session.open(id)
        case .openAt(let id, let time): await session.open(id, at: .around(time))
        case .show(let place): await session.show(place)
        case .send(let text, let id):
            let outgoing = await session.send(text, to: id)
            mailbox.post(outgoing == nil ? .notAccepted(text) : .accepted(text))
        case .markRead(let id, let time): await session.markRead(id, until: time)
        case .loadOlder(let id): Task { await session.loadOlder(id) }
        case .loadNewer(let id): await session.loadNewer(id)
        case .openWith(let person): await session.openConversation(with: person)
        case .retry(let outgoing, let id): await session.retry(outgoing, in: id)
        case .discard(let outgoing, let id): await session.discard(outgoing, in: id)
        case .takeBack(let outgoing, let id):
            if let text = await session.discard(outgoing, in: id) { mailbox.post(.takenBack(text)) }
        case .keepDrafts(let texts): await session.keepDrafts(texts)
        case .refresh: await session.refresh()
        case .noteActivity: await session.noteActivity()
        case .focus(let isFocused): await session.setFocus(isFocused)
        case .search(let typed): await searches.look(for: typed)
        case .lookUp(let handle): lookUp(handle, session)
        case .redraw, .suspend, .quit: break  // The terminal's own.
        }
    }

    private func lookUp(_ handle: String, _ session: ChatSession) {
        Task {
            let result: Result<UserShort?, APIError>
            do {
                result = .success(try await session.person(handle: handle))
            } catch {
                result = .failure(error as? APIError ?? .connectionLost)
            }
            mailbox.post(.person(handle: handle, result))
        }
    }

    /// Texts that are nowhere else are left on the terminal.
    private func report(_ unsent: ChatSession.Unsent) {
        if unsent.isKept {
            let count = unsent.waiting.count
            guard count > 0 else { return }
            let what = count == 1 ? "1 message waits" : "\(count) messages wait"
            return say("\(what) to be sent; cruddur goes on with it the next time.")
        }
        say("not sent, and not kept:", unsent.waiting + unsent.drafts)
        say("not known to have arrived:", unsent.unsure)
    }

    private func say(_ what: String, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        let safe = texts.map { Lines.split($0).map { $0.map(\.text).joined() }.joined(separator: "\n") }
        say(([what] + safe).joined(separator: "\n"))
    }

    private func say(_ text: String) {
        Output.complain("cruddur: \(lines: text)")
    }
}

/// The search as one types: the newest question only.
private actor SearchBox {
    private let session: ChatSession
    private let mailbox: Mailbox
    private var current: Task<Void, Never>?

    init(_ session: ChatSession, _ mailbox: Mailbox) {
        self.session = session
        self.mailbox = mailbox
    }

    func look(for typed: String) {
        current?.cancel()
        current = Task {
            guard let hits = try? await session.search(typed), !Task.isCancelled else { return }
            mailbox.post(.found(typed: typed, hits))
        }
    }
}

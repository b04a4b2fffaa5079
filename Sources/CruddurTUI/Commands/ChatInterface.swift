import ArgumentParser
import ChatClient
import Foundation
import Timestamps

/// The chat on this terminal, on a session, from start to end.
struct ChatInterface {
    /// How long a message that is just being sent may hold up the end.
    private static let patience = Duration.seconds(3)

    let configuration: ClientConfiguration
    /// Where drafts are kept.
    let folder: String
    var mailbox = Mailbox()

    /// Returns when the person quits.
    ///
    /// - Throws: `TerminalError`; `ExitCode` when a signal ended it.
    func run() async throws {
        let (effects, continuation) = AsyncStream.makeStream(of: Effect.self)
        // The first frame does not wait for the session: both start at once.
        let terminal = Task { try await runTerminal { continuation.yield($0) } }
        let mailbox = mailbox
        let drafts = DraftStore(path: DraftStore.path(configuration, in: folder)) { mailbox.post(.draftsNotKept($0)) }
        mailbox.post(.drafts(await drafts.load()))
        let session = ChatSession(configuration: configuration)
        let polling = Task { await session.run() }
        let showing = Task { for await snapshot in session.updates { mailbox.post(.snapshot(snapshot)) } }
        let working = Task { for await effect in effects { await perform(effect, session, drafts) } }
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
        await drafts.keepUnsent(unsent.waiting)
        await drafts.flush()
        report(unsent.unsure)
        let number = try signal.get()
        if number != 0 { throw ExitCode(128 + number) }
    }

    /// On a thread of its own, which nothing else may block.
    private func runTerminal(_ perform: @escaping @Sendable (Effect) -> Void) async throws -> Int32 {
        let first = ChatSnapshot(me: configuration.handle, backend: configuration.backend.host)
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

    private func perform(_ effect: Effect, _ session: ChatSession, _ drafts: DraftStore) async {
        switch effect {
        case .open(let id): await session.open(id)
        case .send(let text, let id): await session.send(text, to: id)
        case .markRead(let id, let time): await session.markRead(id, until: time)
        case .loadOlder(let id): Task { await session.loadOlder(id) }
        case .openWith(let person): await session.openConversation(with: person)
        case .retry(let outgoing, let id): await session.retry(outgoing, in: id)
        case .discard(let outgoing, let id): await session.discard(outgoing, in: id)
        case .takeBack(let outgoing, let id):
            if let text = await session.discard(outgoing, in: id) { mailbox.post(.takenBack(text)) }
        case .keepDrafts(let texts): await drafts.keep(texts)
        case .refresh: await session.refresh()
        case .noteActivity: await session.noteActivity()
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

    /// What may or may not have arrived is the person's to decide: it is still on the terminal.
    private func report(_ unsent: [String]) {
        guard !unsent.isEmpty else { return }
        let texts = unsent.map { Lines.split($0).map { $0.map(\.text).joined() }.joined(separator: "\n") }
        FileHandle.standardError.write(
            Data("cruddur: not known to have arrived:\n\(texts.joined(separator: "\n"))\n".utf8))
    }
}

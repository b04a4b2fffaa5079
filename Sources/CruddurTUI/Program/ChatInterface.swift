import ArgumentParser
import ChatClient
import CruddurDemo
import Foundation
import Programs
import TerminalText
import Timestamps
import Traces

/// The chat on this terminal, on a session, from start to end.
struct ChatInterface {
    /// How long a message that is just being sent may hold up the end.
    private static let patience = Duration.seconds(3)

    let configuration: ClientConfiguration
    /// With whom to begin; `nil`: with the newest conversation.
    var opening: String?
    var mailbox = Mailbox()
    /// The backend, where it is in this program.
    var backend: DemoBackend?
    /// The step of the tour to begin with.
    var tour: String?
    var recorder: Recorder?
    /// Whether to begin for who sits further away.
    var presents = false
    /// Whose prices the table's calls have, as long as they tell nothing else; `nil`: those of the user pool's region.
    var prices: CapacityPrice?

    /// Returns when the person quits; then nothing of it is alive.
    ///
    /// - Throws: `TerminalError`; `LogError`; `ThemeFault`; `KeyFault`; `LanguageFault`; `ExitCode` when a signal ended it.
    func run() async throws {
        try await Language.$current.withValue(LanguageFile.chosen(by: configuration)) {
            try await ClientLog.during("chat", configuration) { log in
                let lanes = EffectLanes()
                // The first frame does not wait for the session: both start at once.
                try await attend(lanes, log) { try await runLoop(lanes) }
            }
        }
    }

    /// The same without a log, on this thread, which is no task's: before the first frame there is no other, and nothing that
    /// has to be waited for.
    func runHere() throws {
        try Language.$current.withValue(LanguageFile.chosen(by: configuration)) {
            let (lanes, endings) = (EffectLanes(), AsyncStream.makeStream(of: ChatLoop.Ending.self))
            var loop = try begun(Preferences(configuration), lanes)
            let rest = AwaitedTask {
                try await attend(lanes, .none) {
                    for await ending in endings.stream { return ending }
                    throw CancellationError()
                }
            }
            endings.continuation.yield(loop.run())
            try rest.wait()
        }
    }

    /// The session, from its start until the loop has ended and what was asked for is done.
    private func attend(
        _ lanes: EffectLanes, _ log: ClientLog, until ended: @escaping @Sendable () async throws -> ChatLoop.Ending
    ) async throws {
        let (ending, unsent) = await withTaskGroup { group in
            async let ended = ended()
            let session = ChatSession(configuration: configuration, dataFolder: XDGFolders.current.data, log: log)
            group.addTask { await poll(session) }
            group.addTask { for await snapshot in session.updates { mailbox.post(.snapshot(snapshot)) } }
            group.addTask { await lanes.show(session, mailbox, backend: backend) }
            async let written: Void = lanes.write(session, mailbox)
            async let recorded: Void? = recorder?.run()
            let ending: Result<ChatLoop.Ending, any Error>
            do { ending = .success(try await ended) } catch { ending = .failure(error) }
            lanes.finish()
            recorder?.finish()
            await recorded
            // What was asked for last may be a message, or a draft.
            await written
            if case .success(let ending) = ending {
                await keepWhatCameBack(to: ending.state, session)
                if let place = ending.state.newPlace { await session.set(place: place.at, of: place.of) }
                Arrangement(ending.state).keep()
            }
            let unsent = await session.finishSending(within: Self.patience)
            group.cancelAll()
            return (ending, unsent)
        }
        report(unsent)
        if recorder?.hasFailed == true { say(printed("the recording is not whole: its folder could not be written")) }
        let (signal, loose) = (try ending.get().signal, try ending.get().state.drafts.looseTexts)
        say(printed("not kept, because it was written before there was a conversation:"), loose)
        if let problem = try ending.get().problem { throw problem }
        if signal != 0 { throw ExitCode(128 + signal) }
    }

    /// Answers that came when nobody was there any more: their texts are drafts for the next time.
    private func keepWhatCameBack(to state: AppState, _ session: ChatSession) async {
        for (id, text) in state.drafts(after: mailbox.takeAll()) { await session.keep(draft: text, of: id) }
    }

    private func poll(_ session: ChatSession) async {
        mailbox.post(.drafts(await session.drafts()))
        await session.run()
    }

    /// On a thread of its own, which nothing else may block.
    private func runLoop(_ lanes: EffectLanes) async throws -> ChatLoop.Ending {
        let preferences = try Preferences(configuration)
        // A thread is no task's child: it knows nothing of what holds in this one.
        let language = Language.current
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(
                    with: Result {
                        try Language.$current.withValue(language) {
                            var loop = try begun(preferences, lanes)
                            return loop.run()
                        }
                    })
            }
            thread.stackSize = 8 << 20
            thread.name = "terminal"
            thread.start()
        }
    }

    /// The loop, with what it was asked to begin with, once that is on the screen.
    private func begun(_ preferences: Preferences, _ lanes: EffectLanes) throws -> ChatLoop {
        let backend = backend
        let first = ChatSnapshot(
            me: configuration.ownHandle, backend: configuration.backend.host, profile: configuration.profile,
            isProduction: configuration.isProduction, isReadOnly: configuration.isReadOnly)
        var loop = try ChatLoop(
            mailbox: mailbox, first: first, preferences,
            prices: prices ?? CapacityPrice(region: configuration.cognito.region) ?? .standard,
            backend: backend, recorder: recorder,
            perform: { effect in
                // What is sent after it must meet it.
                if case .showing(.stage(.set(let fault, let isOn))) = effect { backend?.stage.set(fault, isOn) }
                lanes.perform(effect)
            })
        if presents { loop.present() }
        if let opening { loop.open(opening) }
        if let tour { loop.begin(tour: tour) }
        loop.draw()
        return loop
    }

    /// Texts that are nowhere else are left on the terminal.
    private func report(_ unsent: ChatSession.Unsent) {
        if unsent.isKept {
            let count = unsent.waiting.count
            guard count > 0 else { return }
            return say(
                count == 1
                    ? printed("1 message waits to be sent; cruddur goes on with it the next time.")
                    : printed("\(count) messages wait to be sent; cruddur goes on with them the next time."))
        }
        say(printed("not sent, and not kept:"), unsent.waiting + unsent.drafts)
        say(printed("not known to have arrived:"), unsent.unsure)
    }

    private func say(_ what: PrintableText, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        Output.complain("cruddur: \(what)\n\(lines: texts.joined(separator: "\n"))")
    }

    private func say(_ text: PrintableText) { Output.complain("cruddur: \(text)") }
}

import ChatClient
import CruddurDemo
import Synchronization

/// The ways on which effects go to the session: on each, one after the other and in order; none waits for
/// another. So a slow disk does not hold up a Tab, and no draft overtakes a message.
struct EffectLanes: Sendable {
    private let writing = AsyncStream.makeStream(of: WritingEffect.self)
    private let showing = AsyncStream.makeStream(of: ShowingEffect.self)
    // Of these, the last that was asked for is enough.
    private let older = AsyncStream.makeStream(of: ConversationID.self, bufferingPolicy: .bufferingNewest(1))
    private let searches = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
    private let suggestions = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
    private let signing = AsyncStream.makeStream(of: SigningEffect.self)
    private let readBacks = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
    private let links = AsyncStream.makeStream(of: String.self)
    private let copies = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(1))
    // The last asks for all that is not known.
    private let spellings = AsyncStream.makeStream(of: [String].self, bufferingPolicy: .bufferingNewest(1))
    // No message waits for a dictionary.
    private let lessons = AsyncStream.makeStream(of: String.self)
    // Only the last wish counts.
    private let watching = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
    private let tables = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
    // Who has not been told by then is told of the newest.
    private let notifications = AsyncStream.makeStream(of: Told.self, bufferingPolicy: .bufferingNewest(1))
    private let lookUps = AsyncStream.makeStream(of: LookUp.self)

    /// Puts an effect on its way; returns at once.
    func perform(_ effect: Effect) {
        switch effect {
        case .writing(.learn(let word)): lessons.continuation.yield(word)
        case .writing(let effect): writing.continuation.yield(effect)
        case .showing(.watchCalls(let isOn)): watching.continuation.yield(isOn)
        case .showing(.watchTable(let isOn)): tables.continuation.yield(isOn)
        case .showing(let effect): showing.continuation.yield(effect)
        case .asking(.loadOlder(let id)): older.continuation.yield(id)
        case .asking(.search(let typed)): searches.continuation.yield(typed)
        case .asking(.suggest(let text)): suggestions.continuation.yield(text)
        case .asking(.readBack(let isWanted)): readBacks.continuation.yield(isWanted)
        case .asking(.tell(let told)): notifications.continuation.yield(told)
        case .asking(.open(let link)): links.continuation.yield(link)
        case .asking(.clip(let text)): copies.continuation.yield(text)
        case .asking(.spell(let words)): spellings.continuation.yield(words)
        case .asking(.lookUp(let handle)): lookUps.continuation.yield(.asking(handle))
        case .signing(let effect): signing.continuation.yield(effect)
        case .asking(.begin(let handle)): lookUps.continuation.yield(.unchecked(handle))
        case .terminal: break  // The loop's own.
        }
    }

    /// No more effects come.
    func finish() {
        writing.continuation.finish()
        showing.continuation.finish()
        older.continuation.finish()
        watching.continuation.finish()
        tables.continuation.finish()
        searches.continuation.finish()
        suggestions.continuation.finish()
        signing.continuation.finish()
        readBacks.continuation.finish()
        links.continuation.finish()
        copies.continuation.finish()
        spellings.continuation.finish()
        lessons.continuation.finish()
        notifications.continuation.finish()
        lookUps.continuation.finish()
    }

    /// Writes until all that was asked for is written.
    func write(_ session: ChatSession, _ mailbox: Mailbox) async {
        async let learned: Void = learn(session.spelling, mailbox)
        for await effect in writing.stream { await Self.write(effect, session, mailbox) }
        await learned
    }

    /// Shows, searches and looks up until the task is cancelled.
    ///
    /// - Parameter backend: what can be watched and changed; `nil`: none is here.
    func show(_ session: ChatSession, _ mailbox: Mailbox, backend: DemoBackend?) async {
        await withDiscardingTaskGroup { group in
            group.addTask { for await effect in showing.stream { await Self.show(effect, session, backend) } }
            group.addTask { for await id in older.stream { await session.loadOlder(id) } }
            group.addTask { await search(session, mailbox) }
            group.addTask {
                for await text in suggestions.stream {
                    mailbox.post(.suggested(text, await session.people(beginning: text)))
                }
            }
            group.addTask { await spell(session.spelling, mailbox) }
            group.addTask { await watch(session, mailbox) }
            group.addTask { await lookUp(session, mailbox) }
            if let backend { group.addTask { await watch(backend.table, mailbox) } }
            group.addTask { await signIn(session, mailbox) }
            group.addTask { await readBack(session) }
            group.addTask { await tell(session.notifications, mailbox) }
            group.addTask {
                for await link in links.stream {
                    mailbox.post(.opened(link, await Browser.open(link, session.openCommand)))
                }
            }
            group.addTask {
                for await text in copies.stream {
                    if let reason = await ClipboardProgram.give(text, session.copyCommand) {
                        mailbox.post(.notCopied(reason))
                    }
                }
            }
        }
    }

    private static func write(_ effect: WritingEffect, _ session: ChatSession, _ mailbox: Mailbox) async {
        switch effect {
        case .send(let submission, let id):
            let outgoing = await session.send(submission.text, to: id)
            // Until somebody has read the answer, the text is safe as a draft.
            if outgoing == nil { await session.keep(draft: submission.text, of: id) }
            mailbox.post(outgoing == nil ? .notAccepted(submission.id, in: id) : .accepted(submission.id, in: id))
        case .keepDraft(let text, let id): await session.keep(draft: text, of: id)
        case .retry(let message, let id): await session.retry(message, in: id)
        case .discard(let message, let id):
            mailbox.post(.discarded(await session.discard(message, in: id), in: id))
        case .dropTaken(let message, let id): await session.dropTaken(message, in: id)
        case .takeBack(let message, let id):
            guard let text = await session.takeBack(message, in: id) else { return }
            mailbox.post(.takenBack(text, of: message, in: id))
        case .markRead(let id, let told): await session.markRead(id, told: told)
        case .markUnread(let id, let time): await session.markUnread(id, from: time)
        case .keep(let keeping, let isOn, let id): await session.set(keeping, isOn, of: id)
        case .keepPlace(let place, let id): await session.set(place: place, of: id)
        case .learn: break  // On a lane of its own.
        }
    }

    private static func show(_ effect: ShowingEffect, _ session: ChatSession, _ backend: DemoBackend?) async {
        switch effect {
        case .show(let id, let place): await session.show(id, at: place)
        case .loadNewer(let id): await session.loadNewer(id)
        case .refresh: await session.refresh()
        case .noteActivity: await session.noteActivity()
        case .focus(let isFocused): await session.setFocus(isFocused)
        case .stage(.set): break  // At once.
        // Where it cannot be written, the table does not show it.
        case .stage(.write(let text, let sender, let recipient)):
            try? await backend?.write(text, from: sender, to: recipient)
        case .watchCalls, .watchTable: break  // On lanes of their own.
        }
    }

    /// An answer always comes: nothing is found where the history cannot be read.
    private func search(_ session: ChatSession, _ mailbox: Mailbox) async {
        for await typed in searches.stream {
            let hits = try? await session.search(typed)
            mailbox.post(.found(typed: typed, hits ?? []))
        }
    }

    /// For as long as somebody searches, and no longer.
    private func readBack(_ session: ChatSession) async {
        await whileWanted(readBacks.stream) { await session.readBack() }
    }

    private func watch(_ session: ChatSession, _ mailbox: Mailbox) async {
        await whileWanted(watching.stream) {
            // Put together here, and not where keys are waited for; and what the interface lets go is freed here: it
            // is not the last to hold it.
            let logs = Mutex((now: CallLog(), former: [CallLog]()))
            await session.watchCalls { spans in
                logs.withLock { logs in
                    logs.former = [logs.now] + logs.former.prefix(1)
                    logs.now.take(spans)
                    mailbox.post(.calls(logs.now))
                }
            }
        }
    }

    private func watch(_ table: DemoTable, _ mailbox: Mailbox) async {
        await whileWanted(tables.stream) { await table.follow { mailbox.post(.table($0)) } }
    }

    /// Does it from the one wish to the other; when it returns, it is not done any more.
    private func whileWanted(_ wishes: AsyncStream<Bool>, _ body: @escaping @Sendable () async -> Void) async {
        var iterator = wishes.makeAsyncIterator()
        var wish = await iterator.next()
        while let isWanted = wish {
            let work = isWanted ? Task { await body() } : nil
            wish = await iterator.next()
            work?.cancel()
            await work?.value
        }
    }

    /// What cannot be told is said once.
    private func tell(_ settings: NotificationSettings, _ mailbox: Mailbox) async {
        var isSaid = false
        for await told in notifications.stream {
            guard let reason = await Notifier.tell(told, settings), !isSaid else { continue }
            isSaid = true
            mailbox.post(.notTold(reason))
        }
    }

    private func learn(_ settings: SpellingSettings, _ mailbox: Mailbox) async {
        for await word in lessons.stream {
            if let fault = await SpellChecker.learn(word, settings) { mailbox.post(.spelled(.failure(fault))) }
        }
    }

    private func spell(_ settings: SpellingSettings, _ mailbox: Mailbox) async {
        for await words in spellings.stream {
            mailbox.post(.spelled(await SpellChecker.verdicts(on: words, settings)))
        }
    }

    private func lookUp(_ session: ChatSession, _ mailbox: Mailbox) async {
        await withDiscardingTaskGroup { group in
            for await lookUp in lookUps.stream {
                group.addTask {
                    switch lookUp {
                    case .asking(let handle):
                        mailbox.post(.person(handle: handle, await Self.ask(handle, session)))
                    case .unchecked(let handle):
                        mailbox.post(
                            .person(handle: handle, .success(await session.conversation(unchecked: handle))))
                    }
                }
            }
        }
    }

    /// A step at a time. What was begun before counts no more once another is begun.
    private func signIn(_ session: ChatSession, _ mailbox: Mailbox) async {
        var current: SignIn?
        for await effect in signing.stream {
            switch effect {
            case .giveUp:
                await current?.close()
                current = nil
            case .begin(let name, let password):
                await current?.close()
                let signIn = session.signIn()
                current = signIn
                mailbox.post(
                    .signing(await session.answer(of: signIn) { try await $0.begin(name, password: password) }))
            case .answer(let text, let attributes):
                guard let signIn = current else { continue }
                mailbox.post(
                    .signing(await session.answer(of: signIn) { try await $0.answer(text, attributes: attributes) }))
            }
        }
        await current?.close()
    }

    private static func ask(_ handle: String, _ session: ChatSession) async -> Result<FoundConversation?, APIError> {
        do throws(APIError) {
            return .success(try await session.conversation(with: handle))
        } catch {
            return .failure(error)
        }
    }

    private enum LookUp: Sendable {
        case asking(String)
        case unchecked(String)
    }
}

import DatabaseVersion
import Foundation
import GRDB
import Timestamps

/// Keeps the history in use: the file's; or one in memory, for who wants nothing kept, and while the disk takes
/// nothing. Whoever reads or writes goes through here, and nobody is held up by another's disk.
actor HistoryKeeper {
    /// One element for one or more changes, whoever made them.
    nonisolated let changes: AsyncStream<Void>
    private let announcing: AsyncStream<Void>.Continuation

    /// Names this process in the outbox.
    nonisolated let owner: String
    private let file: HistoryFile?
    private let clock: any TimeSource
    private var history: History?
    /// Why nothing is kept at present.
    private var fault: HistoryFault?
    /// What the person should know once.
    private var notice: String?
    /// The file's, while one in memory stands in for it.
    private var original: History?
    private var copied = HistoryCopy()
    /// Of which file.
    private var copiedFile: UInt64?
    private var lastTry = Duration.zero
    private var ownerLock: FileLock?
    private var isClosed = false
    /// Which file is open.
    private var identity: DatabaseFiles?
    /// Your own handle, once it is known.
    private var me: String?
    /// Conversations that go by another name since two histories were put together.
    private var moved: [ConversationID: ConversationID] = [:]
    private var opening: Task<Void, Never>?
    private var listening: Task<Void, Never>?
    private let gate = HistoryGate()

    /// Between two tries to get back to the disk.
    static let pause = Duration.seconds(10)

    /// - Parameters:
    ///   - file: `nil`: in memory, by choice.
    ///   - me: your own handle, if it is known.
    init(_ file: HistoryFile?, ownerPrefix: String = "", me: String? = nil, clock: any TimeSource) {
        self.me = me
        owner = ownerPrefix + UUID().uuidString.lowercased()
        self.file = file
        self.clock = clock
        (changes, announcing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var keeping: Keeping {
        if let fault { return .inMemory(because: fault) }
        return file == nil ? .inMemoryByChoice : .onDisk
    }

    /// What the person should know, and where things are kept.
    var state: (keeping: Keeping, notice: String?) { (keeping, notice) }

    /// Your own handle is known.
    func learn(_ handle: String) { me = handle }

    /// By the name that it has now.
    func current(_ id: ConversationID) -> ConversationID { moved[id] ?? id }

    func rename(_ id: ConversationID, _ now: ConversationID) {
        guard id != now else { return }
        for (former, present) in moved where present == id { moved[former] = now }
        moved[id] = now
    }

    // MARK: Using it

    /// Runs `body` on the history; if the disk refuses, on a copy in memory that takes its place. While the history is
    /// being replaced, it waits; `body` must not come here again.
    ///
    /// - Returns: `nil` if there is not even memory, if the history refused what was asked, or if the task was cancelled.
    @discardableResult
    func use<Value: Sendable>(_ body: @Sendable (History) async throws -> Value) async -> Value? {
        await open()
        guard let (used, result) = await attempt(body) else { return nil }
        switch result {
        case .success(let value): return value
        case .failure(is CancellationError): return nil
        case .failure(let error):
            guard await stand(in: used, HistoryFault(error)) else { return nil }
            return try? await attempt(body)?.result.get()
        }
    }

    /// The same for what is done in one conversation: `body` is given its row as it is when its turn has come, whatever
    /// has been replaced meanwhile.
    @discardableResult
    func use<Value: Sendable>(
        in id: ConversationID, _ body: @Sendable (History, Int64) async throws -> Value
    ) async -> Value? {
        await use { history in try await body(history, await self.current(id).row) }
    }

    private func attempt<Value: Sendable>(
        _ body: @Sendable (History) async throws -> Value
    ) async -> (used: History, result: Result<Value, any Error>)? {
        await gate.enter()
        guard let history else {
            await gate.leave()
            return nil
        }
        // What is written here is ours only as long as others see that we are.
        if fault == nil { holdOwnership() }
        let result: Result<Value, any Error>
        do { result = .success(try await body(history)) } catch { result = .failure(error) }
        await gate.leave()
        return (history, result)
    }

    /// Runs `work` while nobody uses the history; to its end, also where the task that asks for it is cancelled.
    private func alone(_ work: @escaping @Sendable (HistoryKeeper) async -> Void) async {
        await gate.close()
        await Task { await work(self) }.value
        await gate.open()
    }

    /// Opens it, once.
    func open() async {
        if history != nil { return }
        if opening == nil { opening = Task { await openFile() } }
        await opening?.value
    }

    private func openFile() async {
        guard let file else { return history = try? History.inMemory() }
        let now = clock.now()
        do {
            let opened = try await offThread { try file.open(at: now) }
            (history, notice, identity) = (opened.history, opened.notice, opened.identity)
            holdOwnership()
        } catch {
            fault = HistoryFault(error)
            lastTry = clock.elapsed()
            let readable = try? await offThread { try file.openReadOnly() }
            history = await copyInMemory(of: readable)
        }
        announcing.yield()
    }

    // MARK: A disk that takes nothing

    /// - Returns: whether another history is in the place of the one `used`, so that it is worth another try.
    private func stand(in used: History, _ fault: HistoryFault) async -> Bool {
        guard file != nil else { return false }
        guard fault.isOfTheDisk || isFileGone else {
            tell("the history refused to keep something: \(fault)")
            return false
        }
        await alone { await $0.replace(used, because: fault) }
        return history.map { $0.database !== used.database } ?? false
    }

    private func replace(_ used: History, because fault: HistoryFault) async {
        // Another has done it.
        guard self.fault == nil, let history, history.database === used.database else { return }
        if isFileGone { await writeAnew(used) } else { await standIn(for: used, fault) }
    }

    private func standIn(for used: History, _ fault: HistoryFault) async {
        self.fault = fault
        lastTry = clock.elapsed()
        put(in: await copyInMemory(of: used))
    }

    private func copyInMemory(of file: History?) async -> History? {
        original = file
        copied = HistoryCopy()
        guard let memory = try? History.inMemory() else { return nil }
        if let file { copied = await HistoryCopy(of: file, into: memory) }
        copiedFile = identity?.file ?? self.file?.number
        return memory
    }

    /// Takes what was written meanwhile to the disk, if it can be written again.
    func returnToDisk(force: Bool = false) async {
        guard fault != nil, let file, force || clock.elapsed() - lastTry > Self.pause else { return }
        lastTry = clock.elapsed()
        let now = clock.now()
        do {
            let opened = try await offThread { try file.open(at: now) }
            // Nobody is held up by a file that still takes nothing.
            try await opened.history.write { _ in }
            await alone { await $0.takeBack(opened) }
        } catch {
            remain(because: HistoryFault(error))
        }
    }

    private func takeBack(_ opened: HistoryFile.Opened) async {
        guard fault != nil, let memory = history else { return }
        do {
            var copied = copied
            if copiedFile != opened.identity?.file {
                // Another file than was copied. What that held is still open here, unless it was damaged.
                do {
                    guard let original, fault != .damaged else { throw HistoryFault.damaged }
                    try await absorb(original, .everything(of: original), into: opened)
                } catch {
                    copied.forgetWhatWasThere()
                }
            }
            try await absorb(memory, copied, into: opened)
            fault = nil
            original = nil
            notice = opened.notice ?? "the history is kept on disk again"
            put(in: opened.history)
        } catch {
            remain(because: HistoryFault(error))
        }
    }

    private func remain(because fault: HistoryFault) {
        guard let known = self.fault, known != .damaged else { return }
        self.fault = fault
    }

    private func absorb(
        _ source: History, _ copied: HistoryCopy, into opened: HistoryFile.Opened
    ) async throws {
        // First: what is ours there shall never be taken for something that is left behind.
        guard holdOwnership() else { throw HistoryFault.readOnly }
        let moved = try await opened.history.absorb(source, copied, owner: owner, me: me)
        identity = opened.identity
        for (former, present) in moved { rename(former, present) }
    }

    private func put(in history: History?) {
        self.history = history
        listening?.cancel()
        announcing.yield()
    }

    private func tell(_ text: String) {
        guard notice != text else { return }
        notice = text
        announcing.yield()
    }

    // MARK: Listening

    /// Tells of changes until the task is cancelled.
    func run() async {
        await open()
        while !Task.isCancelled {
            guard let history else { break }
            let path = fault == nil ? file?.path : nil
            let task = Task { await listen(to: history, path) }
            listening = task
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        }
        announcing.finish()
    }

    private func listen(to history: History, _ path: String?) async {
        // Whether the rest is over when this is.
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { [announcing] in
                do {
                    for try await _ in history.marks() { announcing.yield() }
                } catch {
                    // What is wrong shows with the next use.
                }
                // Whoever is cancelled goes on at once; else the history is looked at again a little later.
                _ = try? await self.clock.sleep(for: Self.pause)
                return true
            }
            group.addTask {
                while !Task.isCancelled, (try? await history.indexWords()) == true {}
                return false
            }
            if let path {
                group.addTask {
                    let watch = HistoryWatch(path: path)
                    // What happened before somebody looked is seen now.
                    await self.look()
                    for await _ in watch.events { await self.look() }
                    return false
                }
            }
            for await isOver in group where isOver { break }
            group.cancelAll()
        }
    }

    private var isFileGone: Bool {
        guard let file, let identity else { return false }
        return identity.areGone(from: file.path)
    }

    /// Takes notice of what others have done with the file.
    func look() async {
        guard fault == nil, let history else { return }
        guard isFileGone else { return await use { try await $0.noticeWritesOfOthers() } ?? () }
        await alone { await $0.replace(history, because: .removed) }
    }

    /// Somebody has removed the file. What was in it is still open here: nothing of it is lost.
    private func writeAnew(_ lost: History) async {
        guard let file else { return }
        let (now, former) = (clock.now(), identity)
        do {
            let opened = try await offThread { try file.replace(former, at: now) }
            // That of the former file may be removed as well.
            releaseOwnership()
            try await absorb(lost, .everything(of: lost), into: opened)
            notice = "the history's file was removed; it was written anew"
            put(in: opened.history)
        } catch {
            await standIn(for: lost, .removed)
        }
    }

    // MARK: Two programs on one history

    /// Held to the end, also while the disk takes nothing: what is ours there stays ours.
    ///
    /// - Returns: whether it is held.
    @discardableResult
    private func holdOwnership() -> Bool {
        guard let path = file?.path, !isClosed else { return ownerLock != nil }
        // Without its file, others take us for gone, and what we have to send for theirs.
        if let ownerLock, !ownerLock.isAt(HistoryOwner.lockPath(owner, path)) { releaseOwnership() }
        if ownerLock == nil { ownerLock = HistoryOwner.hold(owner, path) }
        return ownerLock != nil
    }

    private func releaseOwnership() {
        ownerLock?.release()
        ownerLock = nil
    }

    /// What a command that is gone has left is sent by nobody: whether it may have arrived is told from now on.
    func settleCommands() async {
        guard fault == nil, let path = file?.path else { return }
        let me = me
        await use { try await $0.settleCommands(path, me: me) }
    }

    /// What a program that is gone has left in the outbox is ours now.
    func adoptOrphans() async {
        // What is on the disk cannot be taken while nothing can be written there.
        guard fault == nil, let path = file?.path, let owners = await use({ try await $0.owners() }) else { return }
        let (owner, me) = (owner, me)
        for other in owners where other != owner {
            guard HistoryOwner.isGone(other, path) else { continue }
            await use { try await $0.adopt(from: other, by: owner, me: me) }
        }
    }

    /// Whether a program that runs has what is `owner`'s in its hands.
    func isAttended(_ owner: String) -> Bool {
        guard owner != self.owner, let path = file?.path else { return true }
        return !HistoryOwner.isGone(owner, path)
    }

    /// Nothing is in our hands any more.
    func close() {
        isClosed = true
        guard let ownerLock, let path = file?.path else { return }
        // Before it is let go: nobody shall find a file without a holder.
        unlink(HistoryOwner.lockPath(owner, path))
        ownerLock.release()
        self.ownerLock = nil
    }
}

/// What blocks, on a thread that may be blocked.
func offThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global(qos: .userInitiated).async { continuation.resume(with: Result(catching: body)) }
    }
}

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
    private var lastTry = Duration.zero
    private var ownerLock: FileLock?
    /// Which file is open.
    private var identity: UInt64?
    /// Conversations that go by another name since two histories were put together.
    private var moved: [ConversationID: ConversationID] = [:]
    private var opening: Task<Void, Never>?
    /// Replaces the history: one at a time.
    private var replacing: Task<Void, Never>?
    private var listening: Task<Void, Never>?

    /// Between two tries to get back to the disk.
    static let pause = Duration.seconds(10)

    /// - Parameter file: `nil`: in memory, by choice.
    init(_ file: HistoryFile?, ownerPrefix: String = "", clock: any TimeSource) {
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

    /// By the name that it has now.
    func current(_ id: ConversationID) -> ConversationID { moved[id] ?? id }

    func rename(_ id: ConversationID, _ now: ConversationID) {
        guard id != now else { return }
        for (former, present) in moved where present == id { moved[former] = now }
        moved[id] = now
    }

    // MARK: Using it

    /// Runs `body` on the history; if the disk refuses, on a copy in memory that takes its place.
    ///
    /// - Returns: `nil` if there is not even memory, or the task was cancelled.
    @discardableResult
    func use<Value: Sendable>(_ body: @Sendable (History) async throws -> Value) async -> Value? {
        await open()
        guard let used = history else { return nil }
        do {
            return try await body(used)
        } catch is CancellationError {
            return nil
        } catch {
            guard file != nil else { return nil }
            await standIn(for: used, HistoryFault(error))
            guard let history else { return nil }
            return try? await body(history)
        }
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
            (history, notice) = (opened.history, opened.notice)
            await takeOwnership()
        } catch {
            fault = HistoryFault(error)
            lastTry = clock.elapsed()
            let readable = try? await offThread { try file.openReadOnly() }
            history = await copyInMemory(of: readable)
        }
        announcing.yield()
    }

    // MARK: A disk that takes nothing

    private func standIn(for used: History, _ fault: HistoryFault) async {
        await replacing?.value
        guard self.fault == nil, history?.database === used.database else { return }
        self.fault = fault
        lastTry = clock.elapsed()
        let task = Task { replace(with: await copyInMemory(of: used)) }
        replacing = task
        await task.value
        replacing = nil
    }

    private func copyInMemory(of file: History?) async -> History? {
        original = file
        guard let memory = try? History.inMemory() else { return nil }
        if let file { copied = await HistoryCopy(of: file, into: memory) }
        return memory
    }

    /// Takes what was written meanwhile to the disk, if it can be written again.
    func returnToDisk(force: Bool = false) async {
        await replacing?.value
        guard let fault, let file, let memory = history, force || clock.elapsed() - lastTry > Self.pause else { return }
        lastTry = clock.elapsed()
        let task = Task {
            do {
                let now = clock.now()
                let opened = try await offThread { try file.open(at: now) }
                let moved = try await opened.history.absorb(memory, copied, owner: owner)
                for (former, present) in moved { rename(former, present) }
                self.fault = nil
                original = nil
                notice = opened.notice ?? "the history is kept on disk again"
                replace(with: opened.history)
                await takeOwnership()
            } catch {
                self.fault = fault == .damaged ? fault : HistoryFault(error)
            }
        }
        replacing = task
        await task.value
        replacing = nil
    }

    private func replace(with history: History?) {
        self.history = history
        listening?.cancel()
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
                    await self.look(at: history)
                    for await _ in watch.events { await self.look(at: history) }
                    return false
                }
            }
            for await isOver in group where isOver { break }
            group.cancelAll()
        }
    }

    private func look(at history: History) async {
        guard let file else { return }
        if let identity, file.identity == identity { return await use { try await $0.noticeWritesOfOthers() } ?? () }
        await writeAnew(history)
    }

    /// Somebody has removed the file. What was in it is still open here: nothing of it is lost.
    private func writeAnew(_ history: History) async {
        guard let file, fault == nil, self.history?.database === history.database else { return }
        let (now, owner) = (clock.now(), owner)
        do {
            let opened = try await offThread { try file.replace(at: now) }
            _ = try await opened.history.absorb(history, HistoryCopy(), owner: owner)
            notice = "the history's file was removed; it was written anew"
            replace(with: opened.history)
            ownerLock?.release()
            ownerLock = nil
            await takeOwnership()
        } catch {
            await standIn(for: history, .removed)
        }
    }

    // MARK: Two programs on one history

    private func takeOwnership() async {
        if fault == nil { identity = file?.identity }
        // Held to the end, also while the disk takes nothing: what is ours there stays ours.
        if ownerLock == nil, fault == nil {
            ownerLock = (file?.path).flatMap { FileLock(path: HistoryOwner.lockPath(owner, $0)) }
        }
    }

    /// What a program that is gone has left in the outbox is ours now.
    func adoptOrphans() async {
        guard let path = file?.path, let owners = await use({ try await $0.owners() }) else { return }
        let owner = owner
        for other in owners where other != owner {
            guard HistoryOwner.isGone(other, path) else { continue }
            await use { try await $0.adopt(from: other, by: owner) }
        }
    }

    /// Whether a program that runs has what is `owner`'s in its hands.
    func isAttended(_ owner: String) -> Bool {
        guard owner != self.owner, let path = file?.path else { return true }
        return !HistoryOwner.isGone(owner, path)
    }

    func close() {
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

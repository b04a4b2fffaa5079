import Foundation
import Timestamps

// The history under the session: what is known is read from there, what changes is written
// there first.

extension ChatSession {
    func openHistory() {
        guard shelf.history == nil else { return }
        shelf.open(at: clock.now(), elapsed: clock.elapsed())
        takeOwnership()
        reloadAll()
        readBack()
    }

    /// Runs `body` on the history.
    @discardableResult
    func stored<Value>(_ body: (History) throws -> Value) -> Value? {
        let wasDurable = shelf.isDurable
        let value = shelf.use(at: clock.elapsed(), body)
        if wasDurable, !shelf.isDurable { takeOwnership() }
        return value
    }

    /// The disk may take something again.
    func returnToDisk(force: Bool = false) {
        guard shelf.returnToDisk(as: owner, at: clock.now(), elapsed: clock.elapsed(), force: force)
        else { return }
        takeOwnership()
        reloadAll()
    }

    var keeping: Keeping {
        if let fault = shelf.fault { return .inMemory(because: fault) }
        return shelf.isDurable ? .onDisk : .inMemoryByChoice
    }

    // MARK: What is known

    func reload(_ id: ConversationID) {
        guard let row = conversations[id]?.row else { return }
        reload(row: row)
    }

    func reload(row: Int64) {
        let me = snapshot.me
        let known = stored { try $0.conversation(row, me: me) }
        guard let conversation = known.flatMap({ $0 }) else { return }
        adopt([conversation])
        if openID == conversation.id { reloadWindow() }
    }

    func reloadAll() {
        let me = snapshot.me
        guard let all = stored({ try $0.conversations(me: me) }) else { return }
        let rows = Set(all.map(\.row))
        conversations = conversations.filter { rows.contains($0.value.row) }
        adopt(all)
        groups.merge(all.compactMap(\.listedGroup))
        if let openID, conversations[openID] == nil { self.openID = nil }
        lastRows = [:]
        reloadWindow()
    }

    /// What was without a group may have one now: it is another id for the same row.
    private func adopt(_ read: [Conversation]) {
        let known = Dictionary(conversations.map { ($0.value.row, $0.key) }, uniquingKeysWith: { first, _ in first })
        for var conversation in read {
            if let former = known[conversation.row], let before = conversations[former] {
                conversation.live = before.live
                if former != conversation.id {
                    conversations[former] = nil
                    rename(former, conversation.id)
                }
            }
            conversations[conversation.id] = conversation
        }
    }

    func rename(_ former: ConversationID, _ id: ConversationID) {
        if let draft = knownDrafts.removeValue(forKey: former) { knownDrafts[id] = draft }
        if let draft = changedDrafts.removeValue(forKey: former) { changedDrafts[id] = draft }
        guard openID == former else { return }
        openID = id
        formerID = former
        schedule.open(id.group, at: clock.elapsed())
    }

    // MARK: Two programs on one history

    private func takeOwnership() {
        // Held to the end, also while the disk takes nothing: what is ours there stays ours.
        if ownerLock == nil, shelf.isDurable {
            ownerLock = shelf.path.flatMap { FileLock(path: "\($0).client-\(owner)") }
        }
        adoptOrphans()
        seenVersion = shelf.history?.version() ?? 0
    }

    func closeHistory() {
        guard let ownerLock, let path = shelf.path else { return }
        // Before it is let go: nobody shall find a file without a holder.
        unlink("\(path).client-\(owner)")
        ownerLock.release()
        self.ownerLock = nil
    }

    /// What a program that is gone has left in the outbox is ours now.
    func adoptOrphans() {
        guard let path = shelf.path, let owners = stored({ try $0.owners() })
        else { return }
        for other in owners where other != owner {
            let lock = "\(path).client-\(other)"
            if FileManager.default.fileExists(atPath: lock) {
                guard let free = FileLock(path: lock, creates: false) else { continue }
                unlink(lock)
                free.release()
            }
            let owner = owner
            stored { try $0.adopt(from: other, by: owner) }
        }
    }

    func watchHistory() -> Task<Void, Never>? {
        guard shelf.isDurable, let path = shelf.path else { return nil }
        let watch = HistoryWatch(path: path)
        return Task {
            for await _ in watch.writes { takeWritesOfOthers() }
        }
    }

    private func takeWritesOfOthers() {
        guard let version = shelf.history?.version(), version != seenVersion else { return }
        seenVersion = version
        reloadAll()
        publish()
        sendWaiting()
    }

    /// What may have arrived is looked for, and what was announced and never fetched.
    private func readBack() {
        for conversation in conversations.values {
            guard let group = conversation.group,
                conversation.isBehind || conversation.outgoing.contains(where: \.mayBeListed)
            else { continue }
            schedule.pollNow(.messages(group: group), at: clock.elapsed())
        }
    }

    // MARK: Drafts

    /// What was written and not sent the last time.
    public func drafts() -> [ConversationID: String] {
        openHistory()
        knownDrafts = stored { try $0.drafts() } ?? [:]
        publish()
        return knownDrafts
    }

    /// Takes the drafts as they are now; those that have changed are on disk a moment later.
    public func keepDrafts(_ drafts: [ConversationID: String]) {
        for (id, text) in drafts where knownDrafts[id] != text { changedDrafts[id] = text }
        for id in knownDrafts.keys where drafts[id] == nil { changedDrafts[id] = .some(nil) }
        knownDrafts = drafts
        guard savingDrafts == nil, !changedDrafts.isEmpty else { return }
        let clock = clock
        savingDrafts = Task {
            _ = try? await clock.sleep(for: Self.draftPause)
            savingDrafts = nil
            flushDrafts()
        }
    }

    /// What is left of the draft that `text` was sent from.
    func draftWithout(_ text: String, _ id: ConversationID) -> History.DraftChange {
        guard let draft = knownDrafts[id] else { return .none }
        if draft == text { return .becomes(nil) }
        return draft.hasPrefix(text + "\n") ? .becomes(String(draft.dropFirst(text.count + 1))) : .none
    }

    /// Between a change and its way to the disk, so that typing is not a write for each key.
    private static var draftPause: Duration { .milliseconds(500) }

    /// Writes what has changed, now.
    public func flushDrafts() {
        let wasDurable = shelf.isDurable
        for (id, text) in changedDrafts {
            guard let row = conversations[id]?.row else { continue }
            stored { try $0.save(draft: text, of: row) }
        }
        changedDrafts = [:]
        if wasDurable != shelf.isDurable { publish() }
    }
}

/// Where what is said and written is kept.
public enum Keeping: Equatable, Sendable {
    case onDisk
    case inMemoryByChoice
    /// The disk takes nothing at present.
    case inMemory(because: HistoryFault)
}

extension Conversation {
    /// The server's list tells of a message that is not here.
    var isBehind: Bool {
        guard let movedAt else { return false }
        return movedAt > readUntil && newest.map { $0.at < movedAt } ?? true
    }

    /// As the server's list told it last.
    fileprivate var listedGroup: Group? {
        guard let group, let movedAt else { return nil }
        return Group(
            uuid: group, handle: title.handle, displayName: title.displayName, preview: preview, at: movedAt)
    }
}

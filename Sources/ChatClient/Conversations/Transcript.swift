import Timestamps

/// The messages of a conversation, as polls have told them, oldest first.
///
/// Merging is idempotent and does not depend on the order of the polls: the transcript
/// is a function of the set of pages seen.
public struct Transcript: Equatable, Sendable {
    /// By instant; messages of one instant in the order in which pages list them.
    public private(set) var messages: [Message] = []
    private var known: [Message.ID: Message] = [:]
    /// For messages of one instant: which stood before which in some page.
    private var before: [Message.ID: Set<Message.ID>] = [:]

    public init() {}

    public var newest: Message? { messages.last }

    public func contains(_ id: Message.ID) -> Bool { known[id] != nil }

    /// Takes in one page, in the server's order.
    ///
    /// - Returns: the messages that were not known.
    @discardableResult
    public mutating func merge(_ page: [Message]) -> [Message] {
        var new: [Message] = []
        var changed = rememberOrder(page)
        for message in page {
            if let old = known[message.id] {
                // Told twice with different times: the earlier one, whichever came first.
                guard precedes(message, old) else { continue }
            } else {
                new.append(message)
            }
            known[message.id] = message
            changed = true
        }
        if changed { sort() }
        return new
    }

    private func precedes(_ one: Message, _ other: Message) -> Bool {
        (one.at, one.handle, one.displayName) < (other.at, other.handle, other.displayName)
    }

    private mutating func rememberOrder(_ page: [Message]) -> Bool {
        var changed = false
        for (position, message) in page.enumerated() {
            for earlier in page[..<position] where earlier.at == message.at && earlier.id != message.id {
                if before[message.id, default: []].insert(earlier.id).inserted { changed = true }
            }
        }
        return changed
    }

    private mutating func sort() {
        var sorted = known.values.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end].at == sorted[start].at { end += 1 }
            if end - start > 1 { sorted[start..<end] = inPageOrder(sorted[start..<end]) }
            start = end
        }
        messages = sorted
    }

    /// Messages of one instant: each after those that pages list before it. Where pages
    /// contradict each other, or say nothing, by id.
    private func inPageOrder(_ run: ArraySlice<Message>) -> ArraySlice<Message> {
        var waiting = Array(run)
        var ordered: [Message] = []
        while !waiting.isEmpty {
            let ids = Set(waiting.map(\.id))
            let free = waiting.firstIndex { ids.isDisjoint(with: before[$0.id] ?? []) } ?? 0
            ordered.append(waiting.remove(at: free))
        }
        return ordered[...]
    }
}

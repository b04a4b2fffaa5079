/// What was deleted at once, the newest first: to be put back, and then any older one in its place.
struct KillRing: Equatable, Sendable {
    private static let most = 30

    private var texts: [String] = []
    /// The one that was put back last, as long as nothing else was done.
    private var yanked: Int?

    mutating func keep(_ text: String) {
        yanked = nil
        guard !text.isEmpty else { return }
        texts = [text] + texts.prefix(Self.most - 1)
    }

    /// Another command than those two: what was put back stays.
    mutating func leave() { yanked = nil }

    mutating func yank(into buffer: inout TextBuffer) {
        guard let newest = texts.first else { return }
        buffer.insert(newest)
        yanked = 0
    }

    /// The one before, in the place of the one that was just put back.
    mutating func yankEarlier(into buffer: inout TextBuffer) {
        guard let place = yanked, buffer.before.hasSuffix(texts[place]) else { return }
        let next = (place + 1) % texts.count
        buffer.replaceBefore(texts[place], with: texts[next])
        yanked = next
    }
}

import Synchronization

/// What holds in each place, put together when it is asked for the first time: the first frame wants one of them.
final class KeyPlaces: Sendable {
    struct Place: Sendable {
        var commands: [Key: Command] = [:]
        /// The first of two.
        var firsts: Set<Key.Stroke> = []
        /// A letter by itself is a command, or the first key of one.
        var takesLetters = false
        /// The first key for each command: it is asked for with every frame.
        var keys: [Command: Key] = [:]
        /// In English.
        var hints: [(key: Key, word: String)] = []
    }

    /// The words that the status line has for keys, those to begin with first.
    static let hinted: [(command: Command, word: String)] = [
        (.program(.help), "help"), (.conversations(.new), "new"), (.program(.quit), "quit"),
        (.conversations(.find), "find"), (.conversations(.search), "search"),
    ]

    private let sections: [KeySection]
    private let known = Mutex<[KeyContext: Place]>([:])

    init(_ sections: [KeySection]) { self.sections = sections }

    subscript(context: KeyContext) -> Place {
        known.withLock { known in
            if let place = known[context] { return place }
            let place = make(context)
            known[context] = place
            return place
        }
    }

    private func make(_ context: KeyContext) -> Place {
        var place = Place()
        let count = sections.reduce(0) { $0 + $1.rows.reduce(0) { $0 + $1.keys.count } }
        place.commands.reserveCapacity(count)
        place.keys.reserveCapacity(count)
        for section in sections {
            for row in section.rows where row.contexts.contains(context) {
                for (key, command) in row.keys {
                    place.commands[key] = command
                    if place.keys[command] == nil { place.keys[command] = key }
                    if let first = key.first { place.firsts.insert(first) }
                    if key.takesLetter { place.takesLetters = true }
                }
            }
        }
        place.hints = Self.hinted.compactMap { command, word in place.keys[command].map { ($0, word) } }
        return place
    }
}

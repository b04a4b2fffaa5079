/// Tells a paste without marks from what hands have typed, by time alone.
///
/// No hand presses Enter within milliseconds of a letter, and a letter within milliseconds of that Enter: this is a line
/// break of a pasted text. So an Enter or a Tab so close behind a letter waits for what comes next. Letters never wait,
/// and neither does an Enter that comes by itself.
///
/// A burst in which another key came was not pasted.
struct Bursts {
    /// Two keys that are no further apart were not pressed by hand.
    private static let together = Duration.milliseconds(10)
    /// After such a pause a paste, or any burst, is over.
    private static let pause = Duration.milliseconds(50)

    /// Enters and Tabs of which it is not known what they are.
    private var held: [Key] = []
    private var last: Duration?
    private var lastLetter: Duration?
    private var isPaste = false
    private var hasOtherKeys = false

    var deadline: Duration? { held.isEmpty ? nil : last.map { $0 + (isPaste ? Self.pause : Self.together) } }

    /// A letter that comes now may be a paste's.
    var isUndecided: Bool { isPaste || !held.isEmpty }

    mutating func take(_ inputs: [Input], at now: Duration) -> [Input] {
        if isOneLetter(inputs, at: now) { return inputs }
        var taken: [Input] = []
        var text = ""
        for input in inputs {
            for result in take(input, at: now) {
                if isPaste, case .paste(let part) = result {
                    text += part
                    continue
                }
                flush(&text, into: &taken)
                taken.append(result)
            }
        }
        flush(&text, into: &taken)
        return taken
    }

    /// Nothing came any more.
    mutating func expire(at now: Duration) -> [Input] {
        guard let deadline, deadline <= now else { return [] }
        defer { end() }
        return release()
    }

    /// The usual case: one letter, which belongs to no paste.
    private mutating func isOneLetter(_ inputs: [Input], at now: Duration) -> Bool {
        guard inputs.count == 1, held.isEmpty, case .key(let key) = inputs[0], key.isLetter else { return false }
        if let last, now - last > Self.pause { end() }
        if !isPaste { (last, lastLetter) = (now, now) }
        return !isPaste
    }

    private func flush(_ text: inout String, into taken: inout [Input]) {
        if !text.isEmpty { taken.append(.paste(text)) }
        text = ""
    }

    private mutating func take(_ input: Input, at now: Duration) -> [Input] {
        if held.isEmpty, let last, now - last > Self.pause { end() }
        switch input {
        case .key(let key) where key.isLetter:
            defer { (last, lastLetter) = (now, now) }
            return takeLetter(key)
        case .key(let key) where key.isSpacing:
            defer { last = now }
            return takeSpacing(key, at: now)
        case .key, .paste, .mouse:
            defer { last = now }
            let before = release()
            (hasOtherKeys, isPaste) = (true, false)
            return before + [input]
        // Not typed at all.
        case .focus, .position, .mode:
            return [input]
        }
    }

    private mutating func takeLetter(_ key: Key) -> [Input] {
        if !held.isEmpty { isPaste = !hasOtherKeys }
        guard isPaste else { return release() + [.key(key)] }
        return release() + [.paste(key.asText)]
    }

    private mutating func takeSpacing(_ key: Key, at now: Duration) -> [Input] {
        let isClose = lastLetter.map { now - $0 <= Self.together } ?? false
        guard !hasOtherKeys, isPaste || isClose || !held.isEmpty else { return [.key(key)] }
        held.append(key)
        return []
    }

    /// What was held, as what it turned out to be.
    private mutating func release() -> [Input] {
        defer { held = [] }
        guard isPaste else { return held.map(Input.key) }
        return held.isEmpty ? [] : [.paste(held.map(\.asText).joined())]
    }

    private mutating func end() { self = Bursts() }
}

extension Key {
    fileprivate var isLetter: Bool {
        guard case .character = code else { return false }
        return modifiers.isEmpty
    }

    /// A line break, or a Tab.
    fileprivate var isSpacing: Bool {
        self == Key(.enter) || self == .control("j") || self == Key(.tab)
    }

    fileprivate var asText: String {
        switch code {
        case .enter: "\r"
        case .tab: "\t"
        case .character(let character): modifiers.isEmpty ? String(character) : "\n"
        default: ""
        }
    }
}

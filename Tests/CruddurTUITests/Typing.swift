@testable import CruddurTUI

/// A decoder at which bytes arrive, and time goes by.
struct Typing {
    private var decoder: InputDecoder
    private(set) var now = Duration.zero
    private(set) var inputs: [Input] = []

    init(known: [[UInt8]: Key] = [:]) { decoder = InputDecoder(known: known) }

    /// One read.
    mutating func read(_ bytes: some Collection<UInt8>) { inputs += decoder.decode(bytes, at: now) }

    mutating func read(_ text: String) { read(Array(text.utf8)) }

    /// Nothing comes for so long; whatever waits is told when its time has come.
    mutating func pause(_ duration: Duration) {
        let end = now + duration
        while let deadline = decoder.deadline, deadline <= end {
            now = max(now, deadline)
            inputs += decoder.expire(at: now)
        }
        now = end
    }

    /// All that came, once nothing can follow any more.
    var outcome: [Input] {
        var copy = self
        copy.pause(.seconds(10))
        return copy.inputs
    }

    /// Each in a read of its own, with a pause behind it.
    static func outcome(_ reads: [String], apart: Duration) -> [Input] {
        var typing = Typing()
        for bytes in reads {
            typing.read(bytes)
            typing.pause(apart)
        }
        return typing.outcome
    }

    static func outcome(_ text: String) -> [Input] { outcome([text], apart: .zero) }

    /// A byte at a time.
    static func slowly(_ text: String, apart: Duration) -> [Input] {
        var typing = Typing()
        for byte in text.utf8 {
            typing.read([byte])
            typing.pause(apart)
        }
        return typing.outcome
    }
}

extension [Input] {
    /// Pieces of one text are one, however they were cut.
    var joined: [Input] {
        reduce(into: []) { joined, input in
            if case .paste(let text) = input, case .paste(let before)? = joined.last {
                joined[joined.count - 1] = .paste(before + text)
            } else {
                joined.append(input)
            }
        }
    }

    /// What was written of it, typed or pasted.
    var written: String {
        map { input in
            switch input {
            case .paste(let text): text
            case .key(let key):
                if case .character(let character) = key.code, key.modifiers.isEmpty { String(character) } else { "" }
            default: ""
            }
        }.joined()
    }

    var keys: [Key] {
        compactMap { if case .key(let key) = $0 { key } else { nil } }
    }
}

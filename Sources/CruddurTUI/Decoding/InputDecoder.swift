/// Turns the terminal's bytes into keys, pastes and reports. Pure: the time is an argument, on a steady clock.
///
/// What may be the start of something longer waits for its rest. `deadline` says how long; when nothing has come by
/// then, `expire` says what it is. What has only one meaning never waits. How bytes are cut into reads changes nothing.
struct InputDecoder {
    /// How long the rest of a sequence or of a character may take, unless `ESCDELAY` says otherwise.
    static let usualPatience = Duration.milliseconds(50)
    /// How long a paste may pause.
    private static let pastePatience = Duration.seconds(2)
    /// More than that is no report: what comes behind is typed.
    private static let longestString = 1 << 16

    private enum State {
        case ground
        case paste(BracketedPaste)
        /// Within OSC, DCS, APC, PM or SOS, of which so many bytes have come.
        case string(count: Int, last: UInt8)
    }

    private let scanner: Scanner
    private let patience: Duration
    private var state = State.ground
    /// What is not complete.
    private var pending: [UInt8] = []
    private var lastByte = Duration.zero
    private var bursts = Bursts()

    /// - Parameters:
    ///   - known: sequences of this terminal's own.
    ///   - patience: how long an escape waits for what belongs to it.
    init(known: [[UInt8]: Key] = [:], patience: Duration = usualPatience) {
        scanner = Scanner(known: known)
        self.patience = patience
    }

    /// Everything that `bytes` complete.
    mutating func decode(_ bytes: some Collection<UInt8>, at now: Duration) -> [Input] {
        guard !bytes.isEmpty else { return [] }
        lastByte = now
        var inputs: [Input] = []
        var rest = ArraySlice(Array(bytes))
        while !rest.isEmpty {
            if case .paste(var paste) = state {
                // Taken out, so that it is not copied with each piece.
                state = .ground
                readPaste(&paste, &rest, into: &inputs)
            } else {
                read(rest.removeFirst(), into: &inputs)
            }
        }
        return bursts.take(inputs, at: now)
    }

    /// Whether these bytes, should they come now, are one ASCII letter, digit or mark that somebody types, and part of
    /// nothing else.
    func isTypedLetter(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard case .ground = state, bytes.count == 1, pending.isEmpty, !bursts.isUndecided else { return false }
        return bytes.first.map { Key.isPlain($0) && $0 != UInt8(ascii: " ") } == true
    }

    /// When to call `expire`, if nothing comes before; `nil`: nothing waits.
    var deadline: Duration? {
        [wait.map { lastByte + $0 }, bursts.deadline].compactMap(\.self).min()
    }

    /// Nothing has come by `now`: what has waited long enough is what it is.
    mutating func expire(at now: Duration) -> [Input] {
        guard let wait, lastByte + wait <= now else { return bursts.expire(at: now) }
        return bursts.take(finish(), at: lastByte) + bursts.expire(at: now)
    }

    // MARK: Time

    private var wait: Duration? {
        switch state {
        case .ground: pending.isEmpty ? nil : patience
        case .string: patience
        case .paste(let paste): paste.endsWithQuit ? patience : Self.pastePatience
        }
    }

    private mutating func finish() -> [Input] {
        defer { state = .ground }
        switch state {
        case .paste(let paste):
            let text = paste.cut()
            return (text.isEmpty ? [] : [.paste(text)]) + (paste.endsWithQuit ? [.key(.control("q"))] : [])
        case .string(_, let last):
            return last == Scanner.escape ? [.key(Key(.escape))] : []
        case .ground:
            return finishPending()
        }
    }

    private mutating func finishPending() -> [Input] {
        var inputs: [Input] = []
        while !pending.isEmpty, case .found(let found, let length) = scanner.finish(pending) {
            pending.removeFirst(length)
            if case .input(let input) = found { inputs.append(input) }
        }
        return inputs
    }

    // MARK: Bytes

    private mutating func read(_ byte: UInt8, into inputs: inout [Input]) {
        if case .string(let count, let last) = state {
            readString(byte, count: count, last: last, into: &inputs)
        } else if pending.isEmpty, Key.isPlain(byte) {
            inputs.append(.key(Key(.character(Character(Unicode.Scalar(byte))))))
        } else {
            pending.append(byte)
            scanPending(into: &inputs)
        }
    }

    private mutating func scanPending(into inputs: inout [Input]) {
        while !pending.isEmpty, case .found(let found, let length) = scanner.scan(pending) {
            pending.removeFirst(length)
            switch found {
            case .nothing: break
            case .input(let input): inputs.append(input)
            case .paste: enter(.paste(BracketedPaste()), into: &inputs)
            case .string: enter(.string(count: 0, last: 0), into: &inputs)
            }
        }
    }

    /// What has come already belongs to it.
    private mutating func enter(_ state: State, into inputs: inout [Input]) {
        self.state = state
        let rest = pending
        pending = []
        for byte in rest { read(byte, into: &inputs) }
    }

    private mutating func readPaste(
        _ paste: inout BracketedPaste, _ rest: inout ArraySlice<UInt8>, into inputs: inout [Input]
    ) {
        let run = rest.prefix { $0 != UInt8(ascii: "~") }.dropLast()
        paste.take(run)
        rest = rest.dropFirst(run.count)
        switch paste.take(rest.removeFirst()) {
        case .goesOn:
            break
        case .piece(let text):
            inputs.append(.paste(text))
        case .ended(let text):
            return inputs.append(.paste(text))
        }
        state = .paste(paste)
    }

    /// BEL and ST end it, and so does what no report has in it: a control key is always a key.
    private mutating func readString(_ byte: UInt8, count: Int, last: UInt8, into inputs: inout [Input]) {
        state = .ground
        switch (last, byte) {
        case (Scanner.escape, UInt8(ascii: "\\")), (_, 0x07), (0xC2, 0x9C): return
        case (Scanner.escape, _):
            // It was cut off by something else.
            pending = [Scanner.escape]
            read(byte, into: &inputs)
        case (_, 0x9C) where last < 0x80: return
        case (_, 0..<0x20) where byte != Scanner.escape: read(byte, into: &inputs)
        default: state = count < Self.longestString ? .string(count: count + 1, last: byte) : .ground
        }
    }
}

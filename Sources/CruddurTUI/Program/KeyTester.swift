import TerminalText

/// Shows what the terminal sends for each key, which key that is, and what it is for: with the same terminal settings and
/// the same reading as in the chat.
struct KeyTester {
    let keymap: Keymap
    /// Seconds: who has not answered by then does not.
    private static let silence = 0.3

    /// Runs until Esc was pressed three times, a signal asks for the end, or the terminal is gone.
    ///
    /// - Returns: the signal; 0: none.
    /// - Throws: `TerminalError`.
    func run() throws -> Int32 {
        var terminal = try Terminal(wokenBy: WakePipe(), reportsMouse: false)
        defer { terminal.close() }
        let sent = Sent()
        terminal.onInput = { sent.bytes += $0 }
        // What the terminal answers to our own questions is no key.
        var answers = terminal.wait(atMost: Self.silence)
        while !answers.isEmpty || sent.take() != nil {
            if answers.contains(.ended) { return terminal.endingSignal }
            answers = terminal.wait(atMost: Self.silence)
        }
        var size = terminal.size
        var lines: [String] = []
        var (begun, escapes): ([KeyContext: Key.Stroke], Int) = ([:], 0)
        while true {
            terminal.show(draw(lines, size))
            let occurrences = terminal.wait(atMost: nil)
            if occurrences.isEmpty, !terminal.expectsMore {
                sent.dropAnswers()
                if !sent.bytes.isEmpty { lines.append(row(sent, "no key that is known here")) }
            }
            for occurrence in occurrences {
                switch occurrence {
                case .key(let pressed):
                    lines.append(row(sent, describe(pressed, &begun)))
                    escapes = pressed == Key(.escape) ? escapes + 1 : 0
                case .paste(let text): lines.append(row(sent, "a paste of \(text.count) characters"))
                case .resized(let now): size = now
                case .ended: return terminal.endingSignal
                case .unfit(let error): throw error
                case .focus, .mouse, .woken: _ = sent.take()
                }
            }
            guard escapes < 3 else { return 0 }
            lines = lines.suffix(200)
        }
    }

    private func row(_ sent: Sent, _ what: String) -> String { "\((sent.take() ?? "").padded(to: 18)) \(what)" }

    private final class Sent {
        var bytes: [UInt8] = []

        /// On a slow line, what the terminal answers to our own questions comes later than the first key.
        func dropAnswers() {
            let text = String(decoding: bytes, as: UTF8.self)
            let rest = text.replacing(/\u{1B}\[\d+;\d+R|\u{1B}\[\?\d+;\d+\$y/, with: "")
            if rest.utf8.count < bytes.count { bytes = Array(rest.utf8) }
        }

        /// As people write it: `ESC [ 1 ; 5 D`.
        func take() -> String? {
            let all = bytes
            defer { bytes = [] }
            dropAnswers()
            // It was a key that looks like one.
            if bytes.isEmpty { bytes = all }
            return bytes.isEmpty ? nil : bytes.prefix(40).map(Self.name).joined(separator: " ")
        }

        private static func name(_ byte: UInt8) -> String {
            switch byte {
            case 0x1B: "ESC"
            case 0x20: "SP"
            case 0x7F: "DEL"
            case 0..<0x20: "^" + String(Character(Unicode.Scalar(byte + 0x40)))
            case 0x80...: "\\x" + String(byte, radix: 16)
            default: String(Character(Unicode.Scalar(byte)))
            }
        }
    }

    private var contexts: [KeyContext] { keymap.hasModes ? [.chat, .normal] : [.chat] }

    /// `Ctrl-N             chat: new, new conversation`
    ///
    /// - Parameter begun: where it is the second of two keys, and of which.
    private func describe(_ pressed: Key, _ begun: inout [KeyContext: Key.Stroke]) -> String {
        let pairs = Set(begun.values).map { pressed.after($0).name }
        var meanings: [String] = []
        for context in contexts {
            if let meaning = meaning(of: pressed, context, &begun[context]) {
                meanings.append("\(context.rawValue): \(meaning)")
            }
        }
        let name = pairs.count == 1 ? pairs[0] : pressed.name
        return "\(name.padded(to: 18)) \(meanings.isEmpty ? "nothing in the chat" : meanings.joined(separator: "; "))"
    }

    private func meaning(of pressed: Key, _ context: KeyContext, _ first: inout Key.Stroke?) -> String? {
        let pair = first.map(pressed.after)
        first = nil
        if let pair {
            if let command = keymap.command(for: pair, in: context) { return words(command) }
            // As in the chat: what is no letter means what it always means.
            if case .character = pressed.code, pressed.modifiers.isEmpty { return "nothing" }
        }
        if pair == nil, keymap.isFirst(pressed, in: context) {
            first = pressed.stroke
            return "the first of two"
        }
        return keymap.command(for: pressed, in: context).flatMap(words)
    }

    private func words(_ command: Command) -> String? {
        if case .edit(.insert) = command { return "is written" }
        return NamedCommand.of(command).map { "\($0.name), \($0.does)" }
    }

    private func draw(_ lines: [String], _ size: CellSize) -> Canvas {
        var canvas = Canvas(width: size.width, height: size.height)
        canvas.put("Press keys (\(keymap.name)). Esc three times ends.", x: 0, y: 0, style: Theme.strong)
        canvas.put("\("it sends".padded(to: 18)) \("which is".padded(to: 18)) for", x: 0, y: 1, style: Theme.quiet)
        for (row, line) in lines.suffix(max(0, size.height - 3)).enumerated() {
            canvas.put(Lines.fit(Lines.single(line), width: size.width), x: 0, y: 2 + row)
        }
        canvas.cursor = Canvas.Point(x: 0, y: max(0, min(size.height - 1, 2 + min(lines.count, size.height - 3))))
        return canvas
    }
}

import CNcurses
import Foundation

/// The terminal: cells out; keys, pastes, sizes and signals in. One thread owns it.
struct Terminal {
    /// What a wait has brought.
    enum Occurrence: Equatable, Sendable {
        case key(Key)
        case paste(String)
        case focus(Bool)
        case resized(CellSize)
        /// The pipe was written to.
        case woken
        /// A signal asks for the end, or the terminal is gone.
        case ended
    }

    private let pipe: WakePipe
    private var screen = TerminalScreen()
    private var decoder: InputDecoder

    /// Takes the terminal over.
    ///
    /// - Parameter pipe: what `wait` is woken by; signals are written to it as well.
    /// - Throws: `TerminalError`.
    init(wokenBy pipe: WakePipe) throws {
        switch cn_start() {
        case -1: throw TerminalError.notATerminal
        case -2: throw TerminalError.unknownTerminal(ProcessInfo.processInfo.environment["TERM"] ?? "")
        default: break
        }
        cn_signals(pipe.writeEnd)
        Self.write(Self.mouseOff + TerminalWidths.question)
        self.pipe = pipe
        decoder = InputDecoder(known: Self.keys())
    }

    /// What the program before may have left on: clicks would come as keys.
    private static let mouseOff = "\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?1006l"

    var size: CellSize {
        var (width, height) = (Int32(0), Int32(0))
        cn_size(&width, &height)
        return CellSize(width: Int(width), height: Int(height))
    }

    /// The signal that asked for the end; 0 for none.
    var endingSignal: Int32 { cn_quit_signal() }

    /// Gives it back as it was.
    func close() { cn_stop() }

    mutating func show(_ canvas: Canvas) { screen.show(canvas) }

    /// All is to be drawn again.
    mutating func forget() { screen.forget() }

    /// Stops the process as Ctrl-Z does; goes on when it is continued.
    ///
    /// - Returns: the size by then.
    mutating func suspend() -> CellSize {
        cn_stop()
        cn_stop_process()
        cn_resume()
        return resize()
    }

    /// Waits until something happens.
    ///
    /// - Parameter limit: seconds; `nil`: for ever. Nothing has happened when they are over.
    mutating func wait(atMost limit: Double?) -> [Occurrence] {
        var watched = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&watched, 2, Self.milliseconds(limit)) >= 0 else { return errno == EINTR ? [] : [.ended] }
        let told = watched[1].revents != 0 ? readPipe() : []
        return watched[0].revents != 0 ? told + readInput() : told
    }

    /// Rounded up: a wait that ends a moment too early is followed by many.
    private static func milliseconds(_ limit: Double?) -> Int32 {
        guard let limit else { return -1 }
        return Int32(min(max(0, limit * 1000 + 1), 86_400_000))
    }

    private mutating func readPipe() -> [Occurrence] {
        let marks = pipe.take()
        if marks.contains(CN_QUIT) { return [.ended] }
        var told: [Occurrence] = []
        if marks.contains(CN_STOP) { told.append(.resized(suspend())) }
        if marks.contains(CN_WINCH) { told.append(.resized(resize())) }
        if marks.contains(CN_CONT) { screen.forget() }
        return told + [.woken]
    }

    private mutating func readInput() -> [Occurrence] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        // The terminal is gone, or the parent that held it.
        guard count > 0 else { return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : [.ended] }
        return decoder.decode(buffer[..<count]).compactMap { input in
            switch input {
            case .key(let key): return .key(key)
            case .paste(let text): return .paste(text)
            case .focus(let isFocused): return .focus(isFocused)
            case .position(_, let column):
                if screen.widths.take(column: column) { screen.forget() }
                return nil
            }
        }
    }

    private mutating func resize() -> CellSize {
        let size = size
        cn_resize(Int32(size.width), Int32(size.height))
        screen.forget()
        return size
    }

    private static func write(_ text: String) {
        text.withCString { cn_raw($0, text.utf8.count) }
    }

    /// Keys whose sequences differ from xterm's on this terminal.
    private static func keys() -> [[UInt8]: Key] {
        let names: [(String, Key)] = [
            ("khome", Key(.home)), ("kend", Key(.end)), ("kpp", Key(.pageUp)), ("knp", Key(.pageDown)),
            ("kf1", Key(.function(1))), ("kdch1", Key(.delete)), ("kcbt", Key(.tab, .shift)),
        ]
        return names.reduce(into: [:]) { keys, entry in
            guard let sequence = cn_terminfo(entry.0) else { return }
            let bytes = Array(String(cString: sequence).utf8)
            if bytes.first == 0x1B, bytes.count > 1 { keys[bytes] = entry.1 }
        }
    }
}

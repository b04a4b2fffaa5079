import CNcurses
import ChatClient
import Foundation
import TerminalText
import Timestamps

/// Why the terminal could not be taken over.
enum TerminalError: Error, CustomStringConvertible {
    case notATerminal
    case unknownTerminal(String)

    var description: String {
        switch self {
        case .notATerminal:
            "cruddur needs a terminal to run in. For scripts there are cruddur groups, messages and send."
        case .unknownTerminal(let name):
            "the terminal type \"\(name)\" is not known here, or too simple. Try: TERM=xterm cruddur"
        }
    }
}

/// The one thread that owns the terminal: waits for input, signals and events, updates
/// the state, draws, and hands effects on. Nothing here ever waits for anything else.
struct Terminal {
    private let mailbox: Mailbox
    private let perform: (Effect) -> Void
    private var screen = TerminalScreen()
    private var painter = Painter()
    private var decoder: InputDecoder
    private var state: AppState

    /// Takes the terminal over.
    ///
    /// - Parameters:
    ///   - first: what there is to show before the session says more.
    ///   - perform: starts an effect and returns at once.
    /// - Throws: `TerminalError`.
    init(mailbox: Mailbox, first: ChatSnapshot, perform: @escaping (Effect) -> Void) throws {
        switch cn_start() {
        case -1: throw TerminalError.notATerminal
        case -2: throw TerminalError.unknownTerminal(ProcessInfo.processInfo.environment["TERM"] ?? "")
        default: break
        }
        cn_signals(mailbox.writeEnd)
        let question = TerminalWidths.question
        question.withCString { cn_raw($0, question.utf8.count) }
        self.mailbox = mailbox
        self.perform = perform
        decoder = InputDecoder(known: Self.terminalKeys())
        state = AppState(size: Self.size(), snapshot: first, now: Self.now(), localTime: .system)
    }

    /// Runs until the person quits, a signal asks for it, or the terminal is gone.
    ///
    /// - Returns: the signal that ended it, 0 for none.
    mutating func run() -> Int32 {
        defer { cn_stop() }
        draw()
        while true {
            var watched = [
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
                pollfd(fd: mailbox.readEnd, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&watched, 2, -1) < 0, errno != EINTR { return 0 }
            var goesOn = true
            if watched[1].revents != 0 { goesOn = readMailbox() }
            if goesOn, watched[0].revents != 0 { goesOn = readInput() }
            guard goesOn else { return cn_quit_signal() }
            draw()
        }
    }

    private mutating func draw() {
        state.now = Self.now()
        screen.show(painter.draw(state))
    }

    // MARK: What happens

    /// - Returns: whether to go on.
    private mutating func readInput() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        // The terminal is gone, or the parent that held it.
        guard count > 0 else { return count < 0 && (errno == EINTR || errno == EAGAIN) }
        for input in decoder.decode(buffer[..<count]) {
            switch input {
            case .key(let key): if !handle(.key(key)) { return false }
            case .paste(let text): if !handle(.paste(text)) { return false }
            case .focus(let isFocused): if !handle(.focus(isFocused)) { return false }
            case .position(_, let column):
                if screen.widths.take(column: column) { screen.forget() }
            }
        }
        return true
    }

    private mutating func readMailbox() -> Bool {
        var marks = [UInt8](repeating: 0, count: 256)
        let count = read(mailbox.readEnd, &marks, marks.count)
        let told = Set(marks.prefix(max(0, count)).map(Int.init))
        if told.contains(CN_QUIT) { return false }
        if told.contains(CN_STOP) { suspend() }
        if told.contains(CN_WINCH) { resize() }
        if told.contains(CN_CONT) { screen.forget() }
        for event in mailbox.takeAll() where !handle(event) { return false }
        return true
    }

    private mutating func handle(_ event: Event) -> Bool {
        state.now = Self.now()
        for effect in update(&state, event) {
            switch effect {
            case .quit: return false
            case .redraw: screen.forget()
            case .suspend: suspend()
            default: perform(effect)
            }
        }
        return true
    }

    private mutating func suspend() {
        cn_stop()
        cn_stop_process()
        cn_resume()
        resize()
    }

    private mutating func resize() {
        let size = Self.size()
        cn_resize(Int32(size.width), Int32(size.height))
        screen.forget()
        _ = handle(.resize(size))
    }

    private static func now() -> Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }

    private static func size() -> AppState.Size {
        var (width, height) = (Int32(0), Int32(0))
        cn_size(&width, &height)
        return AppState.Size(width: Int(width), height: Int(height))
    }

    /// Keys whose sequences differ from xterm's on this terminal.
    private static func terminalKeys() -> [[UInt8]: Key] {
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

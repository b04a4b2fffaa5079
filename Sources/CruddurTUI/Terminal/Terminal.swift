import BoundedNumbers
import CNcurses
import Foundation
import Timestamps

/// The terminal: cells out; keys, pastes, sizes and signals in. One thread owns it, and never waits for it to take
/// what is written: one that stands still is drawn anew once it goes on.
struct Terminal {
    /// What a wait has brought.
    enum Occurrence: Equatable, Sendable {
        case key(Key)
        case paste(String)
        case focus(Bool)
        case mouse(Mouse)
        case resized(CellSize)
        /// The pipe was written to.
        case woken
        /// A signal asks for the end, or the terminal is gone.
        case ended
        /// It is none for us, as has turned out.
        case unfit(TerminalError)
    }

    private let pipe: WakePipe
    /// What is read, at most so much at once.
    private var buffer = [UInt8](repeating: 0, count: 4_096)
    private var screen = TerminalScreen()
    private var output = TerminalOutput()
    /// Made when the first input is waited for: terminfo is asked for a hundred keys, and the first frame needs none.
    private var decoder: InputDecoder?
    private let time: any TimeSource
    private let reportsMouse: Bool
    /// Of its window, as long as it is ours; `nil`: its own.
    var title: String? { didSet { if title != oldValue { writeTitle() } } }
    /// Is given what the terminal sends, as it sends it.
    var onInput: ((ArraySlice<UInt8>) -> Void)?
    /// When another look at the terminal's widths is due: its size has changed, and it may be another one.
    private var looksAgain: Duration?

    /// A size that has not changed for so long stays.
    private static let stillness = Duration.milliseconds(500)

    /// Takes the terminal over.
    ///
    /// - Parameters:
    ///   - pipe: what `wait` is woken by; signals are written to it as well.
    ///   - reportsMouse: whether the mouse is ours, and not the terminal's own.
    ///   - takesLinks: whether addresses are told to it, if it is no old one.
    ///   - time: by which half a sequence waits for its rest.
    /// - Throws: `TerminalError`.
    init(wokenBy pipe: WakePipe, reportsMouse: Bool, takesLinks: Bool = false, time: any TimeSource = SystemTime())
        throws
    {
        switch cn_start() {
        case -1: throw TerminalError.notATerminal
        case -2: throw TerminalError.unknownTerminal(ProcessInfo.processInfo.environment["TERM"] ?? "")
        case -3: throw TerminalError.outOfMemory
        default: break
        }
        cn_signals(pipe.writeEnd)
        self.pipe = pipe
        self.time = time
        self.reportsMouse = reportsMouse
        if reportsMouse { cn_mouse(true) }
        // An old terminal might write them.
        screen.takesLinks = takesLinks && cn_terminfo("rmcup") != nil
        ask()
    }

    /// `ESCDELAY`, in milliseconds, as ncurses takes it.
    private static func patience() -> Duration {
        ProcessInfo.processInfo.environment["ESCDELAY"]
            .flatMap { Int(decimal: $0, in: 0...60_000) }.map { .milliseconds($0) } ?? InputDecoder.usualPatience
    }

    var size: CellSize {
        var (width, height) = (Int32(0), Int32(0))
        cn_size(&width, &height)
        return CellSize(width: Int(width), height: Int(height))
    }

    /// The signal that asked for the end; 0 for none.
    var endingSignal: Int32 { cn_quit_signal() }

    /// Gives it back as it was. Should it stand still, it is not waited for.
    mutating func close() { cn_stop(output.finish(screen.colors)) }

    mutating func show(_ canvas: Canvas) {
        // What it has not taken yet would only become more.
        guard output.isEmpty else { return }
        screen.show(canvas, at: time.elapsed())
        output.send(screen.colors)
        if output.isEmpty { screen.expectLetter() }
    }

    /// From now on it is drawn in these colours, as far as it has them.
    mutating func setTheme(_ theme: ColorTheme) {
        let isTrue = ["truecolor", "24bit"].contains(ProcessInfo.processInfo.environment["COLORTERM"] ?? "")
        screen.colors = TerminalColors(theme, count: Int(cn_color_count()), isTrue: isTrue)
        screen.forget()
    }

    /// All is to be drawn again.
    mutating func forget() { screen.forget() }

    /// Stops the process as Ctrl-Z does; goes on when it is continued.
    ///
    /// - Returns: the size by then.
    mutating func suspend() -> CellSize {
        cn_stop(output.finish(screen.colors))
        cn_stop_process()
        cn_resume()
        let size = resize()
        ask()
        writeTitle()
        return size
    }

    /// Gives the terminal to another program until `body` returns.
    ///
    /// - Returns: what that returns, and the size by then.
    ///
    /// - Parameter body: calls what it is given with the program's number.
    mutating func lend<Value>(_ body: ((pid_t) -> Void) -> Value) -> (value: Value, size: CellSize) {
        cn_stop(output.finish(screen.colors))
        cn_lend(true)
        let value = body { cn_lend_to($0) }
        cn_lend(false)
        cn_resume()
        let size = resize()
        // Nobody will be there to read the answers.
        if cn_quit_signal() == 0 { ask() }
        writeTitle()
        return (value, size)
    }

    /// Asks it what it can do. The answers come as any input; what is drawn meanwhile is drawn over.
    private mutating func ask() {
        looksAgain = nil
        // An old terminal has no such mode, and might write the question.
        let question = screen.widths.ask() + (cn_terminfo("rmcup") == nil ? "" : Self.askForSynchronised)
        question.withCString { cn_append($0, question.utf8.count) }
        screen.forget()
    }

    private static let synchronised = 2026
    private static let askForSynchronised = "\u{1B}[?\(synchronised)$p"

    // MARK: Waiting

    /// What has come may be the beginning of something.
    var expectsMore: Bool { decoder?.deadline != nil }

    /// Waits until something happens.
    ///
    /// - Parameter limit: seconds; `nil`: for ever. Nothing has happened when they are over.
    mutating func wait(atMost limit: Double?) -> [Occurrence] {
        if decoder == nil { decoder = InputDecoder(known: TerminalKeys.known(), patience: Self.patience()) }
        var watched = [
            pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output.isEmpty ? -1 : output.descriptor, events: Int16(POLLOUT), revents: 0),
        ]
        guard poll(&watched, 3, Self.milliseconds(untilNextDeadline(limit))) >= 0 else {
            return errno == EINTR ? [] : [.ended]
        }
        let told = watched[1].revents != 0 ? readPipe() : []
        if watched[2].revents != 0 { output.advance() }
        // What is there to be read may be what was waited for, however late it is looked at.
        return told + (watched[0].revents != 0 ? readInput(mayEcho: told.isEmpty) : pass())
            + (output.isGone ? [.ended] : [])
    }

    private func untilNextDeadline(_ limit: Double?) -> Double? {
        let now = time.elapsed()
        let own = [decoder?.deadline, screen.deadline, looksAgain].compactMap { $0.map { ($0 - now) / .seconds(1) } }
        return (own + [limit].compactMap(\.self)).min()
    }

    /// Rounded up: a wait that ends a moment too early is followed by many.
    private static func milliseconds(_ limit: Double?) -> Int32 {
        guard let limit else { return -1 }
        return Int32(min(max(0, limit * 1000 + 1), 86_400_000))
    }

    /// Time went by, and no key came.
    private mutating func pass() -> [Occurrence] {
        let now = time.elapsed()
        if output.isEmpty {
            screen.settle(at: now)
            if let looksAgain, looksAgain <= now { ask() }
            output.send(screen.colors)
        }
        let inputs = decoder?.expire(at: now) ?? []
        return occurrences(inputs)
    }

    private mutating func readPipe() -> [Occurrence] {
        let marks = pipe.take()
        if marks.contains(CN_QUIT) { return [.ended] }
        var told: [Occurrence] = []
        if marks.contains(CN_STOP) { told.append(.resized(suspend())) }
        if marks.contains(CN_WINCH) {
            told.append(.resized(resize()))
            looksAgain = time.elapsed() + Self.stillness
        }
        if marks.contains(CN_CONT) { ask() }
        return told + [.woken]
    }

    /// - Parameter mayEcho: nothing else has happened before.
    private mutating func readInput(mayEcho: Bool) -> [Occurrence] {
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        // The terminal is gone, or the parent that held it.
        guard count > 0 else { return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : [.ended] }
        if mayEcho, decoder?.isTypedLetter(buffer[..<count]) == true { screen.echo(buffer[0], to: &output) }
        onInput?(buffer[..<count])
        let (bytes, now) = (buffer[..<count], time.elapsed())
        let inputs = decoder?.decode(bytes, at: now) ?? []
        return occurrences(inputs)
    }

    private mutating func occurrences(_ inputs: [Input]) -> [Occurrence] {
        inputs.compactMap { input in
            switch input {
            case .key(let key): return .key(key)
            case .paste(let text): return .paste(text)
            case .focus(let isFocused): return .focus(isFocused)
            // Somebody else may have turned it on.
            case .mouse(let mouse): return reportsMouse ? .mouse(mouse) : nil
            case .position(let row, let column): return answer(row: row, column: column)
            case .mode(Self.synchronised, let setting): screen.isSynchronised = (1...3).contains(setting)
            case .mode: break
            }
            return nil
        }
    }

    private mutating func answer(row: Int, column: Int) -> Occurrence? {
        switch screen.widths.take(row: row, column: column) {
        case .nothing: return nil
        case .notUTF8: return .unfit(.notUTF8)
        case .drawnDifferently:
            screen.forget()
            return nil
        }
    }

    private mutating func resize() -> CellSize {
        let size = size
        cn_resize(Int32(size.width), Int32(size.height))
        screen.forget()
        return size
    }
}

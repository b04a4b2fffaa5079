import BoundedNumbers
import CNcurses
import Foundation
import Timestamps

/// The terminal: cells out; keys, pastes, sizes and signals in. One thread owns it.
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
    }

    private let pipe: WakePipe
    private var screen = TerminalScreen()
    private var decoder: InputDecoder
    private let time: any TimeSource

    /// Takes the terminal over.
    ///
    /// - Parameters:
    ///   - pipe: what `wait` is woken by; signals are written to it as well.
    ///   - time: by which half a sequence waits for its rest.
    /// - Throws: `TerminalError`.
    init(wokenBy pipe: WakePipe, time: any TimeSource = SystemTime()) throws {
        switch cn_start() {
        case -1: throw TerminalError.notATerminal
        case -2: throw TerminalError.unknownTerminal(ProcessInfo.processInfo.environment["TERM"] ?? "")
        default: break
        }
        cn_signals(pipe.writeEnd)
        Self.write(TerminalWidths.question)
        self.pipe = pipe
        self.time = time
        decoder = InputDecoder(known: TerminalKeys.known(), patience: Self.patience())
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
        let waiting = decoder.deadline.map { ($0 - time.elapsed()) / .seconds(1) }
        let shorter = [limit, waiting].compactMap(\.self).min()
        guard poll(&watched, 2, Self.milliseconds(shorter)) >= 0 else { return errno == EINTR ? [] : [.ended] }
        let told = watched[1].revents != 0 ? readPipe() : []
        // What is there to be read may be what was waited for, however late it is looked at.
        return told + (watched[0].revents != 0 ? readInput() : occurrences(decoder.expire(at: time.elapsed())))
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
        return occurrences(decoder.decode(buffer[..<count], at: time.elapsed()))
    }

    private mutating func occurrences(_ inputs: [Input]) -> [Occurrence] {
        inputs.compactMap { input in
            switch input {
            case .key(let key): return .key(key)
            case .paste(let text): return .paste(text)
            case .focus(let isFocused): return .focus(isFocused)
            case .mouse(let mouse): return .mouse(mouse)
            case .position(_, let column):
                if screen.widths.take(column: column) { screen.forget() }
                return nil
            case .mode: return nil
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
}

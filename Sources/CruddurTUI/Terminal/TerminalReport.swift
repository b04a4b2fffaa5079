import CNcurses
import Foundation
import Timestamps

/// What this terminal is, asked without taking it over.
struct TerminalReport: Equatable, Sendable {
    /// What `TERM` says.
    var type: String
    /// `nil`: no such type is known here, or too simple a one.
    var colors: Int?
    var size: CellSize
    /// Of the locale.
    var codeset: String
    /// Of the clusters on which terminals disagree, so many are drawn as they are planned; `nil`: it does not say.
    var drawnAsPlanned: Int?

    /// For an answer that may come from far away.
    private static let patience: Int32 = 1000

    /// `nil` where there is none.
    static func ofThis() -> TerminalReport? {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return nil }
        let colors = cn_colors()
        var (width, height) = (Int32(0), Int32(0))
        cn_size(&width, &height)
        return TerminalReport(
            type: ProcessInfo.processInfo.environment["TERM"] ?? "", colors: colors < 0 ? nil : Int(colors),
            size: CellSize(width: Int(width), height: Int(height)), codeset: String(cString: cn_codeset()),
            drawnAsPlanned: colors < 0 ? nil : askForWidths())
    }

    /// On the other screen, so that nothing is left of it.
    private static func askForWidths() -> Int? {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var asking = before
        asking.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        guard tcsetattr(STDIN_FILENO, TCSANOW, &asking) == 0 else { return nil }
        defer {
            write("\u{1B}[?1049l")
            tcsetattr(STDIN_FILENO, TCSANOW, &before)
        }
        write("\u{1B}[?1049h")
        return readAnswers()
    }

    private static func readAnswers() -> Int? {
        let time = SystemTime()
        var (widths, decoder) = (TerminalWidths(), InputDecoder())
        write(widths.ask())
        var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: 1024)
        while !widths.isAnswered, poll(&waiting, 1, patience) > 0 {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            guard count > 0 else { return nil }
            for case .position(let row, let column) in decoder.decode(buffer[..<count], at: time.elapsed()) {
                _ = widths.take(row: row, column: column)
            }
        }
        return widths.drawnAsPlanned
    }

    private static func write(_ text: String) { _ = text.withCString { cn_raw($0, text.utf8.count) } }
}

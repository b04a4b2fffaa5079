import CNcurses
import Foundation

/// Bytes on their way to the terminal. Nothing here waits: a terminal that stands still takes them later.
struct TerminalOutput {
    /// What it does not take at once.
    private var waiting: [UInt8] = []
    private var written = 0
    /// It takes nothing any more, and never will.
    private(set) var isGone = false

    var isEmpty: Bool { waiting.isEmpty }

    /// What to wait for the room of. Asked each time: until the terminal is taken over it is standard output, which blocks.
    var descriptor: Int32 { cn_terminal() }

    /// Sends what ncurses has written.
    ///
    /// - Parameter colors: with what is exact about them.
    mutating func send(_ colors: TerminalColors) { send(take(colors)) }

    /// What ncurses has written, which is not sent then.
    func take(_ colors: TerminalColors) -> [UInt8] {
        var bytes: UnsafePointer<CChar>?
        let count = cn_take(&bytes)
        guard count > 0, let bytes else { return [] }
        return colors.exactly(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    mutating func send(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        waiting += bytes
        advance()
    }

    /// Writes as much as it takes.
    mutating func advance() {
        while written < waiting.count {
            let count = waiting[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                isGone = errno != EAGAIN
                return
            }
            written += count
        }
        waiting.removeAll(keepingCapacity: waiting.count < 1 << 16)
        written = 0
    }

    /// The end is near: it may take what waits for a moment.
    ///
    /// - Returns: whether it did.
    mutating func finish(_ colors: TerminalColors) -> Bool {
        send(colors)
        let isWritten = waiting[written...].withUnsafeBytes { bytes in
            bytes.isEmpty || cn_raw(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        (waiting, written) = ([], 0)
        return isWritten
    }
}

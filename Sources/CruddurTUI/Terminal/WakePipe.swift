import Foundation

/// Wakes the terminal's thread: for other threads and for signal handlers.
struct WakePipe: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    init() {
        var ends: [Int32] = [0, 0]
        let result = pipe(&ends)
        precondition(result == 0, "no pipe could be made")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    func wake() {
        var mark = UInt8(ascii: "m")
        _ = write(writeEnd, &mark, 1)
    }

    /// Why it was woken; empties the pipe of as much.
    func take() -> Set<Int> {
        var marks = [UInt8](repeating: 0, count: 256)
        let count = read(readEnd, &marks, marks.count)
        return Set(marks.prefix(max(0, count)).map(Int.init))
    }
}

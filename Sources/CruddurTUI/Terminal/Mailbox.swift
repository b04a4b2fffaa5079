import Foundation
import Synchronization

/// Events from other tasks for the terminal's thread, and a pipe that wakes it.
final class Mailbox: Sendable {
    private let events = Mutex<[Event]>([])
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

    func post(_ event: Event) {
        events.withLock { events in
            // Of two snapshots only the newer one counts.
            if case .snapshot = event, case .snapshot? = events.last { events.removeLast() }
            events.append(event)
        }
        var mark = UInt8(ascii: "m")
        _ = write(writeEnd, &mark, 1)
    }

    func takeAll() -> [Event] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}

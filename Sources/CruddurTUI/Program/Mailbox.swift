import Synchronization

/// Events from other tasks for the loop, which they wake.
final class Mailbox: Sendable {
    private let events = Mutex<[Event]>([])
    let pipe = WakePipe()

    func post(_ event: Event) {
        events.withLock { events in
            // Of two of these only the newer one counts.
            switch (events.last, event) {
            case (.snapshot?, .snapshot), (.calls?, .calls): events.removeLast()
            default: break
            }
            events.append(event)
        }
        pipe.wake()
    }

    func takeAll() -> [Event] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }
}

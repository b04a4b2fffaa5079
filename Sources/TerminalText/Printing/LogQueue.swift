import Dispatch
import Glibc
import Synchronization

/// Lines for a sink that nobody waits for: whoever logs goes on at once, also where what takes the lines stands still, and
/// one writer hands on what has come together. Beyond its bound lines are lost, counted, and said.
package final class LogQueue: Sendable {
    /// Bytes that wait at most.
    private static let bound = 1 << 20
    /// What comes within it after a write is written together.
    private static let pause = DispatchTimeInterval.milliseconds(2)

    private struct State {
        var waiting: [PrintableText] = []
        /// Bytes of them.
        var size = 0
        /// Lines that found no place.
        var lost = 0
        var notice: (@Sendable (LogSink.Lost) -> PrintableText)?
        /// Whether the writer is at work, or will be.
        var isDue = false
    }

    private let sink: LogSink
    private let bound: Int
    private let state = Mutex(State())
    private let writer = DispatchQueue(label: "log")

    /// - Parameter bound: bytes that wait at most.
    package init(_ sink: LogSink, bound: Int = LogQueue.bound) {
        self.sink = sink
        self.bound = bound
    }

    /// - Parameters:
    ///   - line: with its end.
    ///   - notice: a line, with its end, about those that are missing.
    package func write(_ line: PrintableText, notice: @escaping @Sendable (LogSink.Lost) -> PrintableText) {
        let isIdle = state.withLock { state in
            state.notice = notice
            if state.size + line.text.utf8.count > bound {
                state.lost += 1
            } else {
                state.waiting.append(line)
                state.size += line.text.utf8.count
            }
            defer { state.isDue = true }
            return !state.isDue
        }
        if isIdle { writer.async { self.writeWaiting() } }
    }

    /// Returns when everything that was there is written, or has had `seconds` for it.
    package func flush(within seconds: Double) {
        guard state.withLock({ $0.isDue }) else { return }
        let written = DispatchSemaphore(value: 0)
        writer.async {
            self.handOn()
            written.signal()
        }
        _ = written.wait(timeout: .now() + seconds)
    }

    private func writeWaiting() {
        handOn()
        writer.asyncAfter(deadline: .now() + Self.pause) {
            let isOver = self.state.withLock { state in
                state.isDue = !state.waiting.isEmpty || state.lost > 0
                return !state.isDue
            }
            if !isOver { self.writeWaiting() }
        }
    }

    /// On the writer's queue.
    private func handOn() {
        let (lines, lost, notice) = state.withLock { state in
            defer { (state.waiting, state.size, state.lost) = ([], 0, 0) }
            return (state.waiting, state.lost, state.notice)
        }
        guard let notice else { return }
        sink.write(lines.joined(), notice: notice)
        if lost > 0 { sink.miss(lost, because: ENOBUFS) }
    }
}

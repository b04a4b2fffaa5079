import Glibc
import Synchronization

/// The one writer of standard output: what it could not write, it says.
///
/// It keeps up to 64 KiB before it writes, on a terminal only a line. After the first fault it writes
/// nothing more and throws that fault each time, so that a command ends with it.
package final class StandardOutput: Sendable {
    package static let shared = StandardOutput(descriptor: STDOUT_FILENO)

    private static let capacity = 1 << 16

    private struct State {
        var waiting: [UInt8] = []
        var fault: OutputFault?
    }

    private let descriptor: Int32
    private let capacity: Int
    private let state = Mutex(State())

    package init(descriptor: Int32) {
        // A pipe whose reader is gone is a fault of the write that meets it, not the program's end.
        signal(SIGPIPE, SIG_IGN)
        self.descriptor = descriptor
        capacity = isatty(descriptor) == 1 ? 0 : Self.capacity
    }

    /// - Throws: `OutputFault`, also for what was taken before and written only now.
    package func write(_ text: PrintableText) throws {
        try state.withLock { state in
            if let fault = state.fault { throw fault }
            state.waiting.append(contentsOf: text.text.utf8)
            if state.waiting.count > capacity { try empty(&state) }
        }
    }

    /// Writes what waits. Whoever has written something calls it at the end: nothing that was cut is
    /// taken for whole.
    ///
    /// - Throws: `OutputFault`.
    package func flush() throws {
        try state.withLock { state in
            if let fault = state.fault { throw fault }
            try empty(&state)
        }
    }

    private func empty(_ state: inout State) throws {
        let written = Descriptor.write(state.waiting, to: descriptor)
        state.waiting.removeAll(keepingCapacity: true)
        guard let fault = written.fault else { return }
        state.fault = OutputFault(code: fault)
        throw OutputFault(code: fault)
    }
}

/// Standard output takes no more.
package struct OutputFault: Error, Equatable, CustomStringConvertible {
    /// An `errno`.
    package let code: Int32

    package init(code: Int32) { self.code = code }

    /// Who read it has seen enough, as `head` has: no reason to complain.
    package var isReaderGone: Bool { code == EPIPE }

    /// What the program ends with: 1, or, when the reader is gone, what a shell reports of a program
    /// that a closed pipe has ended (128 and the number of SIGPIPE).
    package var exitCode: Int32 { isReaderGone ? 128 + SIGPIPE : 1 }

    package var description: String { "standard output cannot be written: \(Descriptor.reason(code))" }
}

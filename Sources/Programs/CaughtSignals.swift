@preconcurrency import Dispatch
import Foundation

/// Signals that would end the program, where something is to be put in order before.
package struct CaughtSignals: Sendable {
    private let sources: [(number: Int32, source: any DispatchSourceSignal)]

    /// Returns once they are caught: one that comes before ends the program as it always does, and none is lost.
    ///
    /// - Parameter handler: runs on a thread of Dispatch's.
    package init(_ numbers: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) {
        sources = numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { handler(number) }
            // From its registration on the signal is Dispatch's, and not before.
            let registered = DispatchSemaphore(value: 0)
            source.setRegistrationHandler { registered.signal() }
            source.activate()
            registered.wait()
            return (number, source)
        }
    }

    /// They end the program again: Dispatch would keep them and tell nobody.
    package func letGo() {
        for (number, source) in sources {
            source.cancel()
            signal(number, SIG_DFL)
        }
    }

    /// As if nobody had caught it.
    package static func die(of number: Int32) {
        var these = sigset_t()
        sigemptyset(&these)
        sigaddset(&these, number)
        // Dispatch blocks all signals in its threads.
        pthread_sigmask(SIG_UNBLOCK, &these, nil)
        signal(number, SIG_DFL)
        raise(number)
    }
}

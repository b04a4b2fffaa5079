import CProcess
import Foundation

/// A program that was started, by `posix_spawn`.
///
/// Not Foundation's `Process`: up to Swift 6.3 it reads past the end of a buffer where this process has many files open, and
/// crashes it (swift-corelibs-foundation, pull request 5472); and swift-subprocess has only calls that are awaited, while a
/// configuration is read before anything runs.
///
/// What it gets is the three streams, what is handed over, and nothing else.
public struct ChildProcess: Sendable {
    public let number: pid_t

    /// One of its three streams.
    public enum Stream: Sendable {
        case inherited
        /// It reads nothing, what it writes goes nowhere.
        case nothing
        case file(descriptor: Int32)
    }

    public enum Ending: Sendable, Equatable {
        case exit(Int32)
        case signal(Int32)

        /// As shells have it: 128 and the signal's number if one ended it.
        public var code: Int32 {
            switch self {
            case .exit(let code): code
            case .signal(let number): 128 + number
            }
        }
    }

    /// There is no such program, or it may not be run.
    public struct NotStarted: Error, CustomStringConvertible {
        public let reason: Int32
        public var description: String { String(cString: strerror(reason)) }
    }

    /// Signals that we ignore or handle: it begins with the usual answers to them.
    private static let usual = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP, SIGCHLD]

    /// The number that a file which is handed over has there.
    public static let handedOver: Int32 = 3

    /// - Parameters:
    ///   - path: from the root.
    ///   - file: a descriptor that it gets beside its streams.
    /// - Throws: `NotStarted`.
    public init(
        _ path: String, _ arguments: [String], environment: [String: String], input: Stream = .nothing,
        output: Stream = .nothing, errors: Stream = .nothing, handingOver file: Int32? = nil
    ) throws(NotStarted) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (place, stream) in [input, output, errors].enumerated() {
            Self.add(stream, at: Int32(place), to: &actions)
        }
        // Not every library of ours opens its files so that an exec closes them: libdispatch does not.
        let handedOver = Self.handedOver
        if let file { posix_spawn_file_actions_adddup2(&actions, file, handedOver) }
        process_closes(&actions, file == nil ? handedOver : handedOver + 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in Self.usual { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var started: pid_t = 0
        let fault = posix_spawn(&started, path, &actions, &attributes, &words, &variables)
        guard fault == 0 else { throw NotStarted(reason: fault) }
        number = started
    }

    private static func add(_ stream: Stream, at place: Int32, to actions: inout posix_spawn_file_actions_t) {
        switch stream {
        case .inherited: break
        case .nothing: posix_spawn_file_actions_addopen(&actions, place, "/dev/null", O_RDWR, 0)
        case .file(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, place)
        }
    }

    /// Waits, on this thread, until it has ended; to be called once.
    public func wait() -> Ending {
        var status: Int32 = 0
        while waitpid(number, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal)
    }

    /// Waits, on a thread of its own, until it has ended; to be called once.
    public func end() async -> Ending {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: wait()) }
        }
    }
}

import DatabaseVersion
@preconcurrency import Dispatch
import Foundation

/// Tells when another program may have written to a history, or has removed it. Costs nothing while nobody does.
struct HistoryWatch: Sendable {
    /// One element for one or more events, our own writes among them.
    let events: AsyncStream<Void>

    private static let ofFile = IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF

    /// - Parameter path: the history's file; its write-ahead log is what is written.
    init(path: String) {
        events = AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            guard descriptor >= 0,
                inotify_add_watch(descriptor, path, UInt32(Self.ofFile)) >= 0,
                inotify_add_watch(descriptor, path + DatabaseFiles.log, UInt32(IN_MODIFY | Self.ofFile)) >= 0,
                inotify_add_watch(descriptor, path + DatabaseFiles.index, UInt32(Self.ofFile)) >= 0
            else {
                if descriptor >= 0 { close(descriptor) }
                return continuation.finish()
            }
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global(qos: .utility))
            source.setEventHandler {
                var events = [UInt8](repeating: 0, count: 4096)
                while read(descriptor, &events, events.count) > 0 {}
                continuation.yield()
            }
            source.setCancelHandler { close(descriptor) }
            continuation.onTermination = { _ in source.cancel() }
            source.activate()
        }
    }
}

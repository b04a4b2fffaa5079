@preconcurrency import Dispatch
import Foundation

/// Tells when a file has been put into the place of another, or removed. Costs nothing while nobody does.
enum FolderWatch {
    /// One element for one or more events, our own writes among them. It ends at once where nothing can be watched.
    static func changes(of name: String, in folder: String) -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            let kinds = UInt32(IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE)
            guard descriptor >= 0, inotify_add_watch(descriptor, folder, kinds) >= 0 else {
                if descriptor >= 0 { close(descriptor) }
                return continuation.finish()
            }
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global(qos: .utility))
            source.setEventHandler { if hasEvent(of: name, descriptor) { continuation.yield() } }
            source.setCancelHandler { close(descriptor) }
            continuation.onTermination = { _ in source.cancel() }
            source.activate()
        }
    }

    /// Others have their files in the same folder.
    private static func hasEvent(of name: String, _ descriptor: Int32) -> Bool {
        let head = MemoryLayout<inotify_event>.size
        var (found, events) = (false, [UInt8](repeating: 0, count: 4096))
        while true {
            let count = read(descriptor, &events, events.count)
            guard count > 0 else { return found }
            var place = 0
            while place + head <= count {
                let (mask, length) = events.withUnsafeBytes { bytes in
                    (
                        bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self),
                        Int(bytes.loadUnaligned(fromByteOffset: place + 12, as: UInt32.self))
                    )
                }
                let bytes = events[(place + head)..<min(place + head + length, count)].prefix { $0 != 0 }
                // Where events were lost, it may have been one of these.
                if mask & UInt32(IN_Q_OVERFLOW) != 0 || bytes.elementsEqual(name.utf8) { found = true }
                place += head + length
            }
        }
    }
}

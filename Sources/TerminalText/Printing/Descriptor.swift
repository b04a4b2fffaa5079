import Glibc

/// Writing to a file descriptor, to the last byte.
package enum Descriptor {
    /// How far a write has come.
    package struct Written: Equatable, Sendable {
        package let count: Int
        /// `errno`, where it ended before all was written.
        package let fault: Int32?
    }

    /// Goes on after an interruption, and waits where the descriptor does not block.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Written {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                done += count
                continue
            }
            let fault = count == 0 ? EIO : errno
            switch fault {
            case EINTR: continue
            case EAGAIN: waitUntilWritable(descriptor)
            default: return Written(count: done, fault: fault)
            }
        }
        return Written(count: done, fault: nil)
    }

    private static func waitUntilWritable(_ descriptor: Int32) {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
    }

    /// `fault`, an `errno`, in words.
    package static func reason(_ fault: Int32) -> String {
        fault == EBADF ? "it is closed" : String(cString: strerror(fault))
    }
}

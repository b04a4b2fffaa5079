import CLinux
import CoreFoundation
@preconcurrency import Dispatch
import Glibc

/// Why to look at once, whatever the schedule says.
public enum Wake: Equatable, Sendable {
    /// The machine has slept, or its clock was set: held connections may be dead.
    case machine
    /// An address came or went.
    case network
}

extension Wake {
    /// What this machine tells. Nothing is polled for it: it costs nothing until it happens.
    static func ofSystem() -> AsyncStream<Wake> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let sources = [
                machineSource { continuation.yield(.machine) }, networkSource { continuation.yield(.network) },
            ]
            .compactMap { $0 }
            guard !sources.isEmpty else { return continuation.finish() }
            continuation.onTermination = { _ in for source in sources { source.cancel() } }
            for source in sources { source.activate() }
        }
    }

    /// A timer that is far away, and is cancelled by the kernel when the clock jumps: on waking
    /// up, it does.
    private static func machineSource(_ happened: @escaping @Sendable () -> Void) -> (any DispatchSourceRead)? {
        let timer = timerfd_create(CLOCK_REALTIME, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
        guard timer >= 0, arm(timer) else {
            if timer >= 0 { close(timer) }
            return nil
        }
        return source(timer) {
            var expirations: UInt64 = 0
            if read(timer, &expirations, 8) < 0, errno == ECANCELED { happened() }
            _ = arm(timer)
        }
    }

    private static func arm(_ timer: Int32) -> Bool {
        let tenYears = time(nil) + 10 * 365 * 86_400
        var far = itimerspec(it_interval: timespec(), it_value: timespec(tv_sec: tenYears, tv_nsec: 0))
        let flags = Int32(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)
        return timerfd_settime(timer, flags, &far, nil) == 0
    }

    private static func networkSource(_ happened: @escaping @Sendable () -> Void) -> (any DispatchSourceRead)? {
        let link = socket(
            AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            NETLINK_ROUTE)
        guard link >= 0 else { return nil }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = UInt32(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(link, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        guard bound == 0 else {
            close(link)
            return nil
        }
        return source(link) {
            var news = [UInt8](repeating: 0, count: 8192)
            while recv(link, &news, news.count, 0) > 0 {}
            happened()
        }
    }

    private static func source(_ descriptor: Int32, _ ready: @escaping @Sendable () -> Void) -> any DispatchSourceRead {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global(qos: .utility))
        source.setEventHandler(handler: ready)
        source.setCancelHandler { close(descriptor) }
        return source
    }
}

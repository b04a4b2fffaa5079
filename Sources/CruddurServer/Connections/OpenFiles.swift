import Foundation

/// How many files this process may have open: connections are files too.
public enum OpenFiles {
    /// Raises the limit as far as the system lets this process.
    ///
    /// - Returns: what the limit is then.
    public static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// What this process opens beside connections: a few for each of NIO's threads, the databases, the log.
    public static var reserve: Int { 40 + 4 * ProcessInfo.processInfo.activeProcessorCount }
}

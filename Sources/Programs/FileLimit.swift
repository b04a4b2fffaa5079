import Foundation

/// How many files this process may have open: below a few, its libraries end it in the middle of its work.
enum FileLimit {
    struct TooLow: Error, CustomStringConvertible {
        let limit: Int

        var description: String {
            "this system lets the program have \(limit) files open, and it needs \(needed). Raise the limit: ulimit -n 1024"
        }
    }

    /// The event loops', the databases' and the connections' of one command.
    private static let needed = 48

    /// Raises the limit where that is allowed, and only as far as is needed.
    ///
    /// - Throws: `TooLow`.
    static func prepare() throws(TooLow) {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < needed else { return }
        var raised = limit
        raised.rlim_cur = min(rlim_t(needed), limit.rlim_max)
        guard raised.rlim_cur >= needed, setrlimit(resource, &raised) == 0 else {
            throw TooLow(limit: Int(clamping: limit.rlim_cur))
        }
    }
}

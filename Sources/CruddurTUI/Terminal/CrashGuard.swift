import CNcurses

/// What a crash does: it gives the terminal back and leaves a sentence, no stack trace.
enum CrashGuard {
    private static let farewell =
        "cruddur has crashed. Your drafts are kept. Please report what you did.\r\n"

    /// For the whole program, from its start.
    static func install() {
        cn_crashes(farewell)
    }
}

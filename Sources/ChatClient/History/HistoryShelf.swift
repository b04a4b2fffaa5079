import Timestamps

/// The history in use: the file's; or one in memory, for who wants nothing kept, and while the
/// disk takes nothing.
struct HistoryShelf {
    private let file: HistoryFile?
    private(set) var history: History?
    /// What the person should know once.
    var notice: String?
    /// Why nothing is kept at present.
    private(set) var fault: HistoryFault?
    /// The file's, while one in memory stands in for it.
    private var original: History?
    private var copied = HistoryCopy()
    private var lastTry = Duration.zero

    /// Seconds between two tries to get back to the disk.
    static let pause = Duration.seconds(10)

    /// - Parameter file: `nil`: in memory, by choice.
    init(_ file: HistoryFile?) {
        self.file = file
    }

    /// What is written now is still there when the program has ended, however it does.
    var isDurable: Bool { file != nil && fault == nil && history != nil }

    var path: String? { file?.path }

    mutating func open(at time: Timestamp, elapsed: Duration) {
        guard history == nil else { return }
        guard let file else { return history = try? History.inMemory() }
        do {
            let opened = try file.open(at: time)
            (history, notice) = (opened.history, opened.notice)
        } catch {
            original = try? file.openReadOnly()
            standIn(error, at: elapsed)
        }
    }

    /// Runs `body` on the history; if the disk refuses, on a copy in memory that takes its place.
    ///
    /// - Returns: `nil` only if there is not even memory.
    mutating func use<Value>(
        at elapsed: Duration, _ body: (History) throws -> Value
    ) -> Value? {
        guard let history else { return nil }
        do {
            return try body(history)
        } catch {
            guard fault == nil, file != nil else { return nil }
            original = history
            standIn(HistoryFault(error), at: elapsed)
            return self.history.flatMap { try? body($0) }
        }
    }

    private mutating func standIn(_ fault: HistoryFault, at elapsed: Duration) {
        self.fault = fault
        lastTry = elapsed
        history = try? History.inMemory()
        if let original, let history { copied = HistoryCopy(of: original, into: history) }
    }

    /// Takes what was written meanwhile to the disk, if it can be written again.
    ///
    /// - Returns: whether the history is another one now.
    mutating func returnToDisk(as owner: String, at time: Timestamp, elapsed: Duration, force: Bool = false) -> Bool {
        guard let fault, let file, let memory = history, force || elapsed - lastTry > Self.pause else { return false }
        lastTry = elapsed
        do {
            let opened = try file.open(at: time)
            try opened.history.absorb(memory, copied, owner: owner)
            (history, original, notice) = (opened.history, nil, opened.notice ?? "the history is kept on disk again")
            self.fault = nil
            return true
        } catch {
            self.fault = fault == .damaged ? fault : error
            return false
        }
    }
}

import Timestamps

/// What is written and not sent: on disk a moment after it is typed, so that typing is not a write for each key.
actor Drafts {
    private let keeper: HistoryKeeper
    private let clock: any TimeSource
    private let marks: AsyncStream<Void>
    private let marking: AsyncStream<Void>.Continuation
    /// Not on disk yet. `.some(nil)`: none any more.
    private(set) var changed: [ConversationID: String?] = [:]
    /// On its way to the disk.
    private var writing: Task<Void, Never>?

    /// Between a change and its way to the disk.
    private static let pause = Duration.milliseconds(500)

    init(_ keeper: HistoryKeeper, clock: any TimeSource) {
        self.keeper = keeper
        self.clock = clock
        (marks, marking) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Writes until the task is cancelled; then what is left.
    func run() async {
        for await _ in marks {
            _ = try? await clock.sleep(for: Self.pause)
            await flush()
        }
        await flush()
    }

    /// What was written and not sent the last time.
    func all() async -> [ConversationID: String] {
        await keeper.use { try await $0.drafts() } ?? [:]
    }

    func keep(_ draft: String?, of id: ConversationID) {
        changed[id] = .some(draft)
        marking.yield()
    }

    /// It is about to be written together with something else, after which nothing older comes to the disk.
    func isKept(_ id: ConversationID) async {
        changed[id] = nil
        await writing?.value
    }

    /// Writes what has changed, now.
    func flush() async {
        let before = writing
        let task = Task {
            await before?.value
            await write()
        }
        writing = task
        await task.value
    }

    private func write() async {
        while let (id, draft) = changed.popFirst() {
            await keeper.use(in: id) { try await $0.save(draft: draft, of: $1) }
        }
    }
}

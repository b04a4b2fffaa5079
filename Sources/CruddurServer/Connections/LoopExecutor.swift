import NIOCore

/// Runs the tasks of a connection on the thread that reads and writes it: what a request does for microseconds is not
/// handed to another thread and back. What waits for a disk or a network is done elsewhere, as ever.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

import Timestamps

/// The session's only view of time, so that tests need not wait.
public typealias SessionClock = TimeSource

/// The machine's clocks.
public typealias SystemClock = SystemTime

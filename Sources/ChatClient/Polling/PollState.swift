import Timestamps

/// How things stand with the polls of one resource.
struct PollState: Sendable {
    /// The poll that is on its way.
    var inFlight: Task<Void, Never>?
    /// A server was asked to hold its answer until there is news.
    private(set) var isWaiting = false
    /// It is known to do so.
    private(set) var isHeld = false
    /// When it is to be answered at the latest, if all is well.
    private(set) var due: Duration?
    /// What is asked for because something is looked for there: wanted at once, and whoever is on screen.
    var isWanted = false
    /// A poll failed while its answer was held: something on the way does not like to wait.
    var isImpatient = false
    /// What the next poll may say of the last.
    var ticket = PollTicket()
    /// A digest of the last answer's rows, to merge only what is new.
    var lastRows: Int?
    /// Rows of the last answer that could not be read.
    var unreadable = 0
    /// When the last answer came.
    private(set) var answered: Duration?
    private(set) var fault: PollFault?

    mutating func began(waits: Bool, isHeld: Bool, due: Duration) {
        (isWaiting, self.isHeld, self.due) = (waits, isHeld, due)
    }

    /// However it ended.
    mutating func ended() { (isWaiting, isHeld, due) = (false, false, nil) }

    mutating func succeeded(at time: Duration, _ next: PollTicket) {
        (answered, ticket, isWanted, fault) = (time, next, false, nil)
    }

    mutating func failed(_ error: APIError, at time: Timestamp) {
        fault = PollFault(error: error, since: fault?.since ?? time)
    }

    /// What was told is not known any more: the next answer is to be a whole one, and is taken in whole.
    mutating func forget() { (ticket, lastRows) = (PollTicket(), nil) }
}

import Users

/// Why PostgreSQL did not do what was asked. Never holds a password or a parameter.
public enum PostgresError: UnavailableError, Equatable, CustomStringConvertible {
    /// There is no connection, or it was lost.
    case unreachable(String)
    /// No connection was free, or no answer came, in time.
    case timedOut(String)
    /// The server refused the statement; `state` is its five-letter SQLSTATE.
    case refused(state: String, message: String)

    public var description: String {
        switch self {
        case .unreachable(let reason): "PostgreSQL cannot be reached: \(reason)"
        case .timedOut(let what): "PostgreSQL: \(what)"
        case .refused(let state, let message):
            state == "42P01"
                ? "PostgreSQL: \(message); is this Cruddur's database?" : "PostgreSQL: \(message) (\(state))"
        }
    }
}

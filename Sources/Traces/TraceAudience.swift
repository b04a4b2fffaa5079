import Synchronization
import Tracing

/// Who may see a trace: whoever made the call, and the members whose rows a change has moved.
public final class TraceAudience: Sendable {
    private let users = Mutex<Set<String>>([])

    public init() {}

    /// - Parameter user: a user's uuid.
    public func admit(_ user: String) {
        users.withLock { _ = $0.insert(user) }
    }

    /// Whoever may see the other trace as well.
    public func admit(_ other: TraceAudience) {
        let theirs = other.users.withLock(\.self)
        users.withLock { $0.formUnion(theirs) }
    }

    public func contains(_ user: String) -> Bool { users.withLock { $0.contains(user) } }
}

extension ServiceContext {
    private enum AudienceKey: ServiceContextKey {
        typealias Value = TraceAudience
        static var nameOverride: String? { "audience" }
    }

    /// That of the trace in which something happens.
    public var traceAudience: TraceAudience? {
        get { self[AudienceKey.self] }
        set { self[AudienceKey.self] = newValue }
    }
}

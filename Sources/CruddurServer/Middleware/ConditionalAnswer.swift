import BoundedNumbers
import Foundation
import HTTPTypes
import Hummingbird
import Traces
import Users

/// Answers a list with its `ETag`; 304 to who has it already (RFC 9110); and to who also says
/// `Prefer: wait=N` (RFC 7240) not before it has changed, or N seconds have gone by. `Preference-Applied` says that
/// it was held, and only then.
struct ConditionalAnswer: Sendable {
    /// Load balancers give up on a connection that is silent for a minute.
    private static let longestWait = 55

    static let preferenceApplied = HTTPField.Name("Preference-Applied")!
    private static let prefer = HTTPField.Name("Prefer")!

    /// Yields whenever something in a partition may have changed.
    let changes: @Sendable (String) -> Changes
    let connections: Connections
    let waiters: Waiters

    /// - Parameter partition: the one that `value` is read from.
    /// - Throws: what `value` throws.
    func make(
        _ request: Request, _ context: CruddurRequestContext, from partition: String,
        _ value: @escaping @Sendable () async throws -> EncodedAnswer
    ) async throws -> Response {
        let known = EntityTags(request.headers[.ifNoneMatch])
        let wait = Self.wait(request.headers)
        // Listened to before it is read: nothing that comes in between is missed. Who does not wait need not listen.
        let changes = wait == nil ? nil : changes(partition)
        var current = try await value()
        var isHeld = false
        if let wait, wait > 0, let changes, let known, known != .any, known.contain(current.tag) {
            let user = try context.requireUser().uuid
            if let departure = connections.departure(of: context.channel),
                let place = waiters.enter(user, changes, for: .seconds(wait))
            {
                defer { waiters.leave(place) }
                context.place?.giveBack()
                current = try await departure.during {
                    try await change(from: current, changes, value)
                } whenGone: {
                    changes.finish()
                }
                isHeld = true
            }
        }
        var headers: HTTPFields = [.eTag: current.tag, .cacheControl: "private, no-cache"]
        if let wait, isHeld { headers[Self.preferenceApplied] = "wait=\(wait)" }
        guard known?.contain(current.tag) != true else { return Response(status: .notModified, headers: headers) }
        return JSONAnswer.make(encoded: current.body, headers: headers)
    }

    /// The first version that is another; or the last one when there are no more changes, because the time is over, the
    /// caller has gone, or the server wants to shut down: who waits is answered then.
    private func change(
        from known: EncodedAnswer, _ changes: Changes, _ value: @escaping @Sendable () async throws -> EncodedAnswer
    ) async throws -> EncodedAnswer {
        for await _ in changes {
            let version = try await value()
            if version != known { return version }
        }
        return known
    }

    /// The N of `Prefer: wait=N`; `nil` if it is not asked for.
    private static func wait(_ headers: HTTPFields) -> Int? {
        for preference in headers[prefer]?.split(separator: ",") ?? [] {
            let parts = preference.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2, parts[0].lowercased() == "wait", let seconds = Int(decimal: parts[1], in: 0 ... .max) {
                return min(seconds, longestWait)
            }
        }
        return nil
    }
}

import Foundation
import JWTKit
import Synchronization
import Timestamps
import Users

/// The keys of a user pool. Fetched when first needed, again when an unknown one turns up (pools
/// rotate their keys), and once an hour; while the pool cannot be asked, those that are known stay.
public actor PoolKeys {
    /// Seconds after which keys are asked for again.
    private static let lifetime = 3600.0
    /// Seconds between two fetches for unknown keys that the pool answered: anybody can send a token
    /// with any key's name. One that failed is made again at the next need.
    private static let pause = 10.0

    /// Why there are no keys to verify with.
    struct Unavailable: UnavailableError, CustomStringConvertible {
        let description: String
    }

    private struct Held {
        var keys = JWTKeyCollection()
        var known: Set<String> = []
        var fetched: Timestamp?
    }

    private let fetch: @Sendable () async throws -> String
    private let now: @Sendable () -> Timestamp
    /// Read by each request, which goes to the actor only where something is to be fetched.
    private nonisolated let held = Mutex(Held())
    private var fetching: Task<Void, any Error>?

    /// - Parameter fetch: answers the key set as JSON, as the pool serves it at `/.well-known/jwks.json`.
    public init(now: @escaping @Sendable () -> Timestamp, fetch: @escaping @Sendable () async throws -> String) {
        self.fetch = fetch
        self.now = now
    }

    /// The keys, with the one called `kid` among them if the pool has it.
    ///
    /// - Throws: `Unavailable` when the pool has never answered.
    nonisolated func keys(with kid: String) async throws -> JWTKeyCollection {
        let held = held.withLock { $0 }
        guard held.known.contains(kid), let fetched = held.fetched, now().seconds(since: fetched) <= Self.lifetime
        else { return try await renewed(with: kid) }
        return held.keys
    }

    private func renewed(with kid: String) async throws -> JWTKeyCollection {
        let held = held.withLock { $0 }
        if held.known.contains(kid) {
            if fetching == nil { Task { try? await refresh() } }
            return held.keys
        }
        if mayTry(held.fetched) {
            do {
                try await refresh()
            } catch {
                guard self.held.withLock({ $0.fetched != nil }) else {
                    throw Unavailable(description: "the pool's keys cannot be had: \(error)")
                }
            }
        }
        return self.held.withLock { $0.keys }
    }

    private func mayTry(_ fetched: Timestamp?) -> Bool {
        fetching != nil || fetched.map { abs(now().seconds(since: $0)) > Self.pause } ?? true
    }

    private func refresh() async throws {
        if let fetching { return try await fetching.value }
        let task = Task { try await adopt(fetch()) }
        fetching = task
        defer { fetching = nil }
        try await task.value
    }

    private func adopt(_ json: String) async throws {
        let set = try JSONDecoder().decode(JWKS.self, from: Data(json.utf8))
        // A key of another kind is of no use, and no reason to refuse the others.
        let usable = set.keys.filter { $0.keyType == .rsa && $0.keyIdentifier != nil }
        // It answers, but not as a pool does: those that are known go on serving.
        guard !usable.isEmpty else { throw Unavailable(description: "there is no key among them") }
        let collection = JWTKeyCollection()
        for key in usable { try await collection.add(jwk: key) }
        let names = Set(usable.compactMap { $0.keyIdentifier?.string })
        held.withLock { $0 = Held(keys: collection, known: names, fetched: now()) }
    }
}

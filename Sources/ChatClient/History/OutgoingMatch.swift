import ExactText
import Foundation
import Timestamps

/// Which listed messages are ours on their way: nobody shall see one twice.
///
/// The echo's uuid is the sender's in most deployments, so it is no help: a message is known by its exact time, text
/// and handle. Before the echo, and where the echo's time is not the listed one, a message with the same text and
/// handle that no page had told before the sending counts. No clock is compared with another.
struct OutgoingMatch: Equatable, Sendable {
    /// Outgoing id to the listed message's id.
    private(set) var listed: [Outgoing.ID: Int64] = [:]

    /// - Parameters:
    ///   - messages: in the transcript's order.
    ///   - me: your own handle; where it is not known, whoever is not the `other` is you.
    init(_ outgoing: [Outgoing], in messages: [StoredMessage], me: String?, other: String) {
        let own = messages.filter { message in
            me.map { message.message.handle.isExactly($0) } ?? !message.message.handle.isExactly(other)
        }
        var taken: Set<Int64> = []
        func take(_ message: StoredMessage?, for candidate: Outgoing) {
            guard let message else { return }
            listed[candidate.id] = message.id
            taken.insert(message.id)
        }
        func free(_ candidate: Outgoing) -> [StoredMessage] {
            own.filter { !taken.contains($0.id) && Self.fits($0, candidate) }
        }
        for candidate in outgoing {
            guard let time = candidate.sentAt else { continue }
            let exact = free(candidate).last { $0.message.at == time }
            // A server may trim what it stores.
            take(
                exact
                    ?? own.last {
                        !taken.contains($0.id) && $0.merged > candidate.mergedBefore && $0.message.at == time
                            && Self.trimmed($0.message.text).isExactly(Self.trimmed(candidate.text))
                    }, for: candidate)
        }
        for candidate in outgoing where candidate.mayBeListed && listed[candidate.id] == nil {
            take(Self.likeliest(free(candidate), candidate), for: candidate)
        }
    }

    private static func fits(_ message: StoredMessage, _ outgoing: Outgoing) -> Bool {
        message.merged > outgoing.mergedBefore && message.message.text.isExactly(outgoing.text)
    }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// Those of one text are taken in their order; by its echo, the nearest.
    private static func likeliest(_ messages: [StoredMessage], _ outgoing: Outgoing) -> StoredMessage? {
        guard let echoed = outgoing.sentAt else { return messages.first }
        return messages.min { one, other in
            abs(one.message.at.seconds(since: echoed)) < abs(other.message.at.seconds(since: echoed))
        }
    }
}

import ExactText
import Timestamps

/// The POST, and what came of it.
extension Sending {
    func post(_ next: NextOutgoing, in id: ConversationID) async {
        let outgoing = next.outgoing
        do {
            if case .handle(me) = next.address { throw APIError.rejected(["user_reciever_handle_own"]) }
            let answer = try await api.send(outgoing.text, to: next.address, key: outgoing.key)
            switch next.address {
            case .group(let group):
                if let handle = answer.handle { telling.yield(.handle(handle)) }
                await sent(outgoing.id, in: id, group, at: answer.createdAt?.instant)
            case .handle:
                guard let uuid = answer.messageGroupUUID else {
                    throw APIError.unexpectedAnswer("no message_group_uuid")
                }
                let now = await become(uuid, id.row)
                await sent(outgoing.id, in: now, uuid, at: answer.createdAt?.instant)
            }
            waits[id.row] = nil
        } catch {
            guard !(error is CancellationError) else {
                let reason = History.endedWhileSending
                let state: Outgoing.State =
                    outgoing.firstTry == nil ? .unsure(reason: reason) : .repeating(reason: reason)
                return await set(state, of: outgoing.id)
            }
            await failed(next, in: id, error as? APIError ?? .connectionLost)
        }
    }

    private func sent(_ outgoing: Outgoing.ID, in id: ConversationID, _ group: String, at time: Timestamp?) async {
        await set(.sent(at: time), of: outgoing)
        telling.yield(.sent(id, group: group, at: time))
    }

    private func failed(_ next: NextOutgoing, in id: ConversationID, _ error: APIError) async {
        let outgoing = next.outgoing
        // The first request with this key is under way.
        let isUnderWay = outgoing.firstTry != nil && error == .refused(status: 409)
        guard error.mayHaveArrived || isUnderWay else {
            return await passed(over: id.row, outgoing, error, wasSent: true)
        }
        // The answer closest to it decides: the POST's own, if there was one.
        if mayRepeat(outgoing) {
            await wait(over: id.row, outgoing, error, mayHaveArrived: true)
            telling.yield(.unsure(group: next.group))
        } else {
            _ = await leaveUnsure(outgoing.id, next.group, error.description)
        }
    }

    /// It certainly did not arrive this time.
    ///
    /// - Parameter wasSent: it was refused, and not only what is read before it.
    func passed(over conversation: Int64, _ outgoing: Outgoing, _ error: APIError, wasSent: Bool) async {
        guard error.isPassing || error == .unauthorized || error.mayHaveArrived else {
            waits[conversation] = nil
            // A server that keeps keys would have answered for an earlier try; another one knows nothing of it.
            if outgoing.firstTry != nil, outgoing.wasUnsure, !wasSent || api.keptKeys.lifetime == nil {
                return await set(.unsure(reason: error.description), of: outgoing.id)
            }
            return await set(.failed(reason: error.description), of: outgoing.id)
        }
        await wait(over: conversation, outgoing, error, mayHaveArrived: false)
    }

    /// It is tried again after a while, twice as long as the last.
    private func wait(
        over conversation: Int64, _ outgoing: Outgoing, _ error: APIError, mayHaveArrived: Bool
    ) async {
        var wait = waits[conversation] ?? Wait()
        let grown = min(Self.pause * Double(1 << min(wait.tries, 10)), Self.longestPause)
        let seconds = max(grown * (0.5 + random() / 2), error.retryAfter ?? 0)
        wait.tries += 1
        wait.error = error
        wait.mayHaveArrived = mayHaveArrived
        wait.until = clock.elapsed() + .seconds(seconds)
        waits[conversation] = wait
        // What a person has put in line stays there.
        let isRepeated =
            mayHaveArrived || outgoing.firstTry != nil && outgoing.wasUnsure && outgoing.state != .queued
        await set(isRepeated ? .repeating(reason: error.description) : .queued, of: outgoing.id)
    }

    func set(_ state: Outgoing.State, of outgoing: Outgoing.ID) async {
        let me = me
        log.note(.message(outgoing.number, state.name))
        await keeper.use { try await $0.setState(state, of: outgoing, me: me) }
    }
}

extension Outgoing.State {
    /// Without why.
    var name: StaticString {
        switch self {
        case .queued: "queued"
        case .sending: "sending"
        case .sent: "sent"
        case .failed: "failed"
        case .unsure: "unsure"
        case .repeating: "repeating"
        }
    }
}

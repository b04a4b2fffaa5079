import ChatClient

/// How far a message of ours has come, at the right end of its last row. The help and the manual read their
/// words here.
enum DeliveryMark: CaseIterable, Equatable, Sendable {
    case waiting, sending, sent, confirmed, unsure, failed

    /// `delivery` as of `TranscriptEntry`.
    init(_ delivery: Outgoing.State?) {
        switch delivery {
        case nil: self = .confirmed
        case .sent: self = .sent
        case .queued: self = .waiting
        case .sending, .repeating: self = .sending
        case .unsure: self = .unsure
        case .failed: self = .failed
        }
    }

    var symbol: String {
        switch self {
        case .waiting: "◦"
        case .sending: "…"
        case .sent: "↑"
        case .confirmed: "✓"
        case .unsure: "?"
        case .failed: "!"
        }
    }

    /// - Parameter keys: by which something is done about it.
    func means(_ keys: Keymap) -> String {
        func way(_ command: UnsentCommand) -> String { keys.way(to: .unsent(command)) }
        return switch self {
        case .waiting: tr("waits for its turn, or for the network")
        case .sending: tr("is being sent")
        case .sent: tr("the server has taken it; no list has shown it yet: \(way(.discard)) takes it off the screen")
        case .confirmed: tr("the conversation has it")
        case .unsure:
            tr(
                "may or may not have arrived; it is looked for, and never sent again by itself: \(way(.resend)), \(way(.discard))"
            )
        case .failed: tr("was not sent, and says why: \(way(.resend)), \(way(.edit)), \(way(.discard))")
        }
    }
}

import NIOCore
import Synchronization

/// Who is connected: how many from one address, and whether each of them is still there.
final class Connections: Sendable {
    private struct State {
        var counts: [CallerAddress: Int] = [:]
        var departures: [ObjectIdentifier: Departure] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: of one address.
    init(limit: Int) {
        self.limit = limit
    }

    /// - Parameter address: `nil`: not counted.
    /// - Returns: `nil` if this address has as many as it may.
    func open(_ channel: any Channel, from address: CallerAddress?) -> Departure? {
        state.withLock { state in
            if let address {
                guard state.counts[address, default: 0] < limit else { return nil }
                state.counts[address, default: 0] += 1
            }
            let departure = Departure()
            state.departures[ObjectIdentifier(channel)] = departure
            return departure
        }
    }

    func close(_ channel: any Channel, from address: CallerAddress?) {
        state.withLock { state in
            state.departures[ObjectIdentifier(channel)] = nil
            guard let address, let count = state.counts[address] else { return }
            state.counts[address] = count > 1 ? count - 1 : nil
        }
    }

    /// `nil` if the connection is closed already.
    func departure(of channel: any Channel) -> Departure? {
        state.withLock { $0.departures[ObjectIdentifier(channel)] }
    }
}

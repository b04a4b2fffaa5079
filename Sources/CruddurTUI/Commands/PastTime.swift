import BoundedNumbers
import TerminalText
import Timestamps

/// A moment as one says it on a command line: how long ago, a day here, or a time of its own.
struct PastTime: Equatable, Sendable {
    let time: Timestamp

    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    /// `nil`: it says none.
    init?(_ text: String, now: Timestamp, local: LocalTime = .system) {
        if let unit = text.last.flatMap({ Self.units[$0] }),
            let count = Double(decimal: String(text.dropLast()), in: 0...1e9), count * unit < 1e10
        {
            time = now.advanced(bySeconds: -count * unit)
        } else if text.count == 10, let midnight = Timestamp(text + "T00:00:00Z") {
            // The day begins when it does here.
            time = midnight.advanced(bySeconds: -Double(local.offset(midnight)))
        } else if let exact = Timestamp(text) {
            time = exact
        } else {
            return nil
        }
    }
}

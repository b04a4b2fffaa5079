import BoundedNumbers

/// For how long a row has told less than is known. What takes long changes seldom.
struct StaleRowAge {
    private let seconds: Double

    /// - Parameter seconds: below 0 by a wrong clock counts as none.
    init(seconds: Double) { self.seconds = max(0, seconds) }

    /// `1.8 s`, `12 s`, `over 1m`.
    var text: String {
        switch seconds {
        case ..<10: "\((seconds * 10).rounded(.down) / 10) s"
        case ..<60: "\(Int64(saturating: seconds.rounded(.down))) s"
        default: tr("over 1m")
        }
    }

    /// Seconds until it reads otherwise; `nil`: never.
    var change: Double? {
        switch seconds {
        case ..<10: 0.1
        case ..<60: 1
        default: nil
        }
    }
}

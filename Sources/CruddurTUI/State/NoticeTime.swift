import Timestamps

/// How long a notice stays. One that answers a key goes with the next; a problem that comes by itself comes while somebody
/// writes, who would never see it.
extension AppState {
    /// Seconds.
    private static let readingTime = 4.0

    /// There is another notice now.
    mutating func keepNotice(causedBy event: Event) {
        switch event {
        case .key, .paste, .mouse: noticeStays = nil
        default: noticeStays = notice?.isProblem == true ? now.advanced(bySeconds: Self.readingTime) : nil
        }
    }

    /// The key writes, and there was no time yet to read what came by itself.
    func leavesNotice(_ key: Key) -> Bool {
        // A clock that was set back holds nothing.
        guard let noticeStays, (0..<Self.readingTime + 1).contains(noticeStays.seconds(since: now)),
            case .edit? = keys.command(for: key, in: context)
        else { return false }
        return overlay == nil
    }
}

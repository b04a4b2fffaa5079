import ChatClient
import TerminalText
import Timestamps

/// The rows that one entry takes, together with what stands above it.
struct TranscriptRows {
    /// Cells left of the text, and right of it for the mark.
    static let indent = 2
    static let margin = 2
    /// Seconds after which the same sender gets a new header.
    private static let pause = 300.0

    let entries: [TranscriptEntry]
    let width: Int
    /// The unread line stands above it.
    let unreadLine: TranscriptEntry.ID?
    /// What a search has found.
    let marked: TranscriptEntry.ID?
    let now: Timestamp
    let localTime: LocalTime
    private let waiting: WaitingMessages

    init(
        _ entries: [TranscriptEntry], width: Int, unreadLine: TranscriptEntry.ID? = nil,
        marked: TranscriptEntry.ID? = nil, now: Timestamp, localTime: LocalTime
    ) {
        self.entries = entries
        self.width = width
        self.unreadLine = unreadLine
        self.marked = marked
        self.now = now
        self.localTime = localTime
        waiting = WaitingMessages(entries)
    }

    private var textWidth: Int { max(1, width - Self.indent - Self.margin) }

    func rows(at index: Int) -> [TranscriptRow] {
        let entry = entries[index]
        let previous = index > 0 ? entries[index - 1] : nil
        var rows: [TranscriptRow] = []
        let isNewDay = previous.map { localTime.day($0.at) != localTime.day(entry.at) } ?? true
        if isNewDay { rows.append(.init(kind: .day(localTime.dayName(entry.at, now: now)))) }
        let startsUnread = entry.id == unreadLine
        if startsUnread { rows.append(.init(kind: .unreadLine)) }
        if isNewDay || startsUnread || !continues(previous, entry) {
            if rows.isEmpty, previous != nil { rows.append(.init(kind: .blank)) }
            rows.append(header(entry))
        }
        rows += text(entry)
        if entry.isBeforeGap { rows.append(gap(entry, index + 1 < entries.count ? entries[index + 1] : nil)) }
        return rows
    }

    private func gap(_ entry: TranscriptEntry, _ next: TranscriptEntry?) -> TranscriptRow {
        // A cell on both sides sets the words off from the line.
        .init(kind: .gap(GapLine.text(from: entry.at, to: next?.at, width: width - 2, localTime)))
    }

    private func continues(_ previous: TranscriptEntry?, _ entry: TranscriptEntry) -> Bool {
        guard let previous, !previous.isBeforeGap else { return false }
        return previous.handle == entry.handle && previous.isOwn == entry.isOwn
            && (previous.displayName == entry.displayName || entry.isOwn)
            && entry.at.seconds(since: previous.at) < Self.pause
    }

    private func header(_ entry: TranscriptEntry) -> TranscriptRow {
        .init(
            kind: .header(
                name: entry.isOwn ? "You" : entry.displayName, handle: entry.handle,
                time: localTime.clock(entry.at), isOwn: entry.isOwn))
    }

    private func text(_ entry: TranscriptEntry) -> [TranscriptRow] {
        let wrapped = Wrapping.rows(of: entry.text, width: textWidth)
        let mark = entry.isOwn ? DeliveryMark(entry.delivery) : nil
        var rows = wrapped.enumerated().map { position, clusters in
            TranscriptRow(
                kind: .text(
                    clusters, isOwn: entry.isOwn, mark: position == wrapped.count - 1 ? mark : nil,
                    isFound: entry.id == marked))
        }
        if let explanation = explanation(entry) {
            rows += Wrapping.rows(of: explanation, width: textWidth).map {
                .init(kind: .explanation($0.map(\.text).joined()))
            }
        }
        return rows
    }

    private func explanation(_ entry: TranscriptEntry) -> String? {
        switch entry.delivery {
        case .failed(let reason): "not sent: \(reason). Alt-R sends it again, Alt-E edits it, Alt-X discards it."
        case .unsure(let reason):
            "may not have arrived: \(reason). Looking for it in the conversation; Alt-R sends it again, Alt-X discards it."
        case .queued where entry.id == waiting.first: waiting.explanation
        default: nil
        }
    }
}

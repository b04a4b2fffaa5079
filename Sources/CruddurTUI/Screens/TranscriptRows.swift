import ChatClient
import TerminalText
import Timestamps

/// One row of the transcript.
struct TranscriptRow: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case day(String)
        case unreadLine
        case gap(String)
        case blank
        case header(name: String, handle: String, time: String, isOwn: Bool)
        case text([Cluster], isOwn: Bool, mark: Mark?, isFound: Bool)
        case explanation(String)
    }

    /// How far a message of ours has come, at the end of its last row.
    enum Mark: Equatable, Sendable {
        case waiting, sending, sent, confirmed, unsure, failed
    }

    let kind: Kind
}

/// The rows that one entry takes, together with what stands above it.
struct TranscriptRows {
    /// Cells left of the text, and right of it for the mark.
    static let indent = 2
    static let margin = 2
    /// Seconds after which the same sender gets a new header.
    private static let pause = 300.0

    let entries: [TranscriptEntry]
    let width: Int
    let unreadAfter: Timestamp?
    let marked: TranscriptEntry.ID?
    let now: Timestamp
    let localTime: LocalTime

    init(_ state: AppState) {
        entries = state.snapshot.open?.entries ?? []
        width = state.layout.conversation.count
        unreadAfter = state.reading.unreadAfter
        marked = state.reading.marked
        now = state.now
        localTime = state.localTime
    }

    private var textWidth: Int { max(1, width - Self.indent - Self.margin) }

    func rows(at index: Int) -> [TranscriptRow] {
        let entry = entries[index]
        let previous = index > 0 ? entries[index - 1] : nil
        var rows: [TranscriptRow] = []
        let isNewDay = previous.map { localTime.day($0.at) != localTime.day(entry.at) } ?? true
        if isNewDay { rows.append(.init(kind: .day(localTime.dayName(entry.at, now: now)))) }
        let startsUnread = isUnread(entry) && !(previous.map(isUnread) ?? false)
        if startsUnread { rows.append(.init(kind: .unreadLine)) }
        if isNewDay || startsUnread || !continues(previous, entry) {
            if !rows.isEmpty || previous == nil {} else { rows.append(.init(kind: .blank)) }
            rows.append(header(entry))
        }
        rows += text(entry)
        if entry.isBeforeGap {
            rows.append(.init(kind: .gap(gap(entry, index + 1 < entries.count ? entries[index + 1] : nil))))
        }
        return rows
    }

    private func gap(_ entry: TranscriptEntry, _ next: TranscriptEntry?) -> String {
        guard let next else { return "messages after \(localTime.clock(entry.at)) may be missing" }
        let isOneDay = localTime.day(entry.at) == localTime.day(next.at)
        let ends = [entry.at, next.at].map {
            isOneDay ? localTime.clock($0) : "\(localTime.day($0)) \(localTime.clock($0))"
        }
        return "messages between \(ends[0]) and \(ends[1]) may be missing"
    }

    private func isUnread(_ entry: TranscriptEntry) -> Bool {
        guard let unreadAfter, !entry.isOwn else { return false }
        return entry.at > unreadAfter
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
        var rows = wrapped.enumerated().map { position, clusters in
            TranscriptRow(
                kind: .text(
                    clusters, isOwn: entry.isOwn, mark: position == wrapped.count - 1 ? mark(entry) : nil,
                    isFound: entry.id == marked))
        }
        if let explanation = explanation(entry) {
            rows += Wrapping.rows(of: explanation, width: textWidth).map {
                .init(kind: .explanation($0.map(\.text).joined()))
            }
        }
        return rows
    }

    private func mark(_ entry: TranscriptEntry) -> TranscriptRow.Mark? {
        guard entry.isOwn else { return nil }
        switch entry.delivery {
        case nil: return .confirmed
        case .sent: return .sent
        case .queued: return .waiting
        case .sending: return .sending
        case .unsure: return .unsure
        case .failed: return .failed
        }
    }

    private func explanation(_ entry: TranscriptEntry) -> String? {
        switch entry.delivery {
        case .failed(let reason): "not sent: \(reason). Alt-R sends it again, Alt-E edits it, Alt-X discards it."
        case .unsure(let reason):
            "may not have arrived: \(reason). Looking for it in the conversation; Alt-R sends it again, Alt-X discards it."
        default: nil
        }
    }
}

/// The rows that are in view, and where that is.
struct TranscriptView {
    let rows: [TranscriptRow]
    /// The entry and its row at the top.
    let top: AppState.Reading.Position
    let isAtNewest: Bool
    /// The first entry that is wholly below the view.
    let firstBelow: Int

    /// The view of a pane of `height` rows that stands at `position`.
    init(_ source: TranscriptRows, position: AppState.Reading.Position, height: Int) {
        if case .top(let id, let row) = position, let index = source.entries.lastIndex(where: { $0.id == id }) {
            self.init(source, from: index, row: row, height: height)
        } else if position == .oldest {
            self.init(source, from: 0, row: 0, height: height)
        } else {
            self.init(newest: source, height: height)
        }
    }

    /// The view `rows` further down; negative: up.
    init(_ source: TranscriptRows, position: AppState.Reading.Position, height: Int, scrolledBy rows: Int) {
        let here = TranscriptView(source, position: position, height: height)
        guard case .top(let id, var row) = here.top, var index = source.entries.lastIndex(where: { $0.id == id })
        else {
            self = here
            return
        }
        row += rows
        while row < 0, index > 0 {
            index -= 1
            row += source.rows(at: index).count
        }
        row = max(0, row)
        while index < source.entries.count - 1 {
            let count = source.rows(at: index).count
            guard row >= count else { break }
            row -= count
            index += 1
        }
        self.init(source, from: index, row: row, height: height)
    }

    private init(
        rows: [TranscriptRow], top: AppState.Reading.Position, isAtNewest: Bool, firstBelow: Int
    ) {
        self.rows = rows
        self.top = top
        self.isAtNewest = isAtNewest
        self.firstBelow = firstBelow
    }

    /// From the last entry upwards: only what is in view is ever wrapped.
    private init(newest source: TranscriptRows, height: Int) {
        var collected: [[TranscriptRow]] = []
        var count = 0
        var index = source.entries.count
        while index > 0, count < height {
            index -= 1
            let rows = source.rows(at: index)
            collected.append(rows)
            count += rows.count
        }
        let all = Array(collected.reversed().joined())
        let cut = max(0, all.count - height)
        self.init(
            rows: Array(all.dropFirst(cut)), top: Self.position(source, index: index, row: cut), isAtNewest: true,
            firstBelow: source.entries.count)
    }

    private init(_ source: TranscriptRows, from index: Int, row: Int, height: Int) {
        var collected: [TranscriptRow] = []
        var below = index
        while below < source.entries.count, collected.count - row < height {
            collected += source.rows(at: below)
            below += 1
        }
        let visible = collected.dropFirst(row)
        // Nothing is left below: the newest message stays in view from now on.
        if below == source.entries.count, visible.count <= height {
            self.init(newest: source, height: height)
        } else {
            self.init(
                rows: Array(visible.prefix(height)), top: Self.position(source, index: index, row: row),
                isAtNewest: false, firstBelow: visible.count > height ? below - 1 : below)
        }
    }

    private static func position(_ source: TranscriptRows, index: Int, row: Int) -> AppState.Reading.Position {
        index < source.entries.count ? .top(source.entries[index].id, row: row) : .newest
    }
}

import ChatClient
import ExactText
import TerminalText
import Timestamps

/// The rows that one entry takes, together with what stands above it.
struct TranscriptRows {
    /// Cells left of the text, and right of it for the mark.
    static let indent = 2
    static let margin = 2
    /// Longer rows are hard to read, and their marks far away.
    static let widest = 90
    /// Seconds after which the same sender gets a new header.
    private static let pause = 300.0

    let entries: [TranscriptEntry]
    let width: Int
    /// The unread line stands above it.
    let unreadLine: TranscriptEntry.ID?
    /// What a search has found.
    let marked: TranscriptEntry.ID?
    /// The selected message.
    let chosen: TranscriptEntry.ID?
    let density: Density
    /// How long the stream took to have a message, by its time; of those of which it is known.
    let lags: [Timestamp: String]
    let now: Timestamp
    let localTime: LocalTime
    /// By which something is done about what was not sent.
    let keys: Keymap
    /// What stands out in texts, beside what they mark themselves.
    let concerns: TextMarks.Concerns
    private let waiting: WaitingMessages

    init(
        _ entries: [TranscriptEntry], width: Int, unreadLine: TranscriptEntry.ID? = nil,
        marked: TranscriptEntry.ID? = nil, chosen: TranscriptEntry.ID? = nil, density: Density = .airy,
        lags: [Timestamp: String] = [:], now: Timestamp, localTime: LocalTime, keys: Keymap = .readline,
        concerns: TextMarks.Concerns = .none
    ) {
        self.entries = entries
        self.width = width
        self.unreadLine = unreadLine
        self.marked = marked
        self.chosen = chosen
        self.density = density
        self.lags = lags
        self.now = now
        self.localTime = localTime
        self.keys = keys
        self.concerns = concerns
        waiting = WaitingMessages(entries)
    }

    private var textWidth: Int { max(1, min(width - Self.indent - Self.margin, Self.widest)) }

    func rows(at index: Int) -> [TranscriptRow] {
        let entry = entries[index]
        let previous = index > 0 ? entries[index - 1] : nil
        var rows: [TranscriptRow] = []
        let isNewDay = previous.map { localTime.day($0.at) != localTime.day(entry.at) } ?? true
        if isNewDay { rows.append(.init(kind: .day(localTime.dayName(entry.at, now: now)))) }
        let startsUnread = entry.id == unreadLine
        if startsUnread { rows.append(.init(kind: .unreadLine)) }
        let startsTurn = isNewDay || startsUnread || !continues(previous, entry)
        if startsTurn, density == .airy {
            if rows.isEmpty, previous != nil { rows.append(.init(kind: .blank)) }
            rows.append(header(entry))
        }
        rows += text(entry, startsTurn: startsTurn)
        if entry.isBeforeGap { rows.append(gap(entry, index + 1 < entries.count ? entries[index + 1] : nil)) }
        return rows
    }

    private func gap(_ entry: TranscriptEntry, _ next: TranscriptEntry?) -> TranscriptRow {
        // A cell on both sides sets the words off from the line.
        .init(kind: .gap(GapLine.text(from: entry.at, to: next?.at, width: width - 2, localTime)))
    }

    private func continues(_ previous: TranscriptEntry?, _ entry: TranscriptEntry) -> Bool {
        guard let previous, !previous.isBeforeGap else { return false }
        return previous.handle.isExactly(entry.handle) && previous.isOwn == entry.isOwn
            && (previous.displayName == entry.displayName || entry.isOwn)
            && entry.at.seconds(since: previous.at) < Self.pause
    }

    private func name(_ entry: TranscriptEntry) -> String { entry.isOwn ? tr("You") : entry.displayName }

    private func header(_ entry: TranscriptEntry) -> TranscriptRow {
        .init(
            kind: .header(
                name: name(entry), handle: entry.handle,
                time: localTime.clock(entry.at), isOwn: entry.isOwn))
    }

    private func text(_ entry: TranscriptEntry, startsTurn: Bool) -> [TranscriptRow] {
        var texts = density == .compact && startsTurn ? withLead(entry) : plain(entry)
        if entry.isOwn {
            texts[texts.count - 1].mark = DeliveryMark(entry.delivery)
            texts[texts.count - 1].lag = lags[entry.at]
        }
        var rows = texts.map { TranscriptRow(kind: .text($0)) }
        if let explanation = explanation(entry) {
            rows += Wrapping.rows(of: explanation, width: textWidth).map {
                .init(kind: .explanation($0.map(\.text).joined()))
            }
        }
        return rows
    }

    /// As it is shown to whoever has words in place of pictures. A link stays what it is.
    private func read(_ line: [Cluster], _ spans: [TextMarks.Span]) -> ([Cluster], [TextMarks.Span]) {
        guard concerns.hasWordsForEmoji else { return (line, spans) }
        var isLink = Array(repeating: false, count: line.count)
        for case let span in spans {
            if case .link = span.kind { for place in span.range { isLink[place] = true } }
        }
        var shown: [Cluster] = []
        var places: [Int] = []
        for (place, cluster) in line.enumerated() {
            places.append(shown.count)
            shown += isLink[place] ? [cluster] : Emoji.word(for: cluster.text).map(Lines.single) ?? [cluster]
        }
        places.append(shown.count)
        return (
            shown,
            spans.map { .init(range: places[$0.range.lowerBound]..<places[$0.range.upperBound], kind: $0.kind) }
        )
    }

    private func plain(_ entry: TranscriptEntry) -> [TranscriptRow.Text] { wrapped(entry, lead: []) }

    /// - Parameter lead: what stands before the first row.
    private func wrapped(_ entry: TranscriptEntry, lead: [Cluster]) -> [TranscriptRow.Text] {
        var marks = TextMarks(concerns)
        return Lines.split(entry.text).enumerated().flatMap { place, text in
            let before = place == 0 ? lead : []
            let (shown, spans) = read(text, marks.spans(of: text))
            let line = before + shown
            return Wrapping.rows(line, width: textWidth).map { row in
                TranscriptRow.Text(
                    clusters: Array(line[row]), isOwn: entry.isOwn, isFound: entry.id == marked,
                    isChosen: entry.id == chosen,
                    spans: spans.compactMap { $0.moved(by: before.count).within(row) })
            }
        }
    }

    /// Who and when stand before the first row, as far as there is room beside a text.
    private func withLead(_ entry: TranscriptEntry) -> [TranscriptRow.Text] {
        let name = Lines.fit(Lines.single(name(entry)), width: max(4, min(20, textWidth / 3)))
        let time = Lines.single(" \(localTime.clock(entry.at)) ")
        var texts = wrapped(entry, lead: name + time)
        texts[0].nameCount = min(name.count, texts[0].clusters.count)
        texts[0].timeCount = min(time.count, texts[0].clusters.count - texts[0].nameCount)
        return texts
    }

    private func explanation(_ entry: TranscriptEntry) -> String? {
        func way(_ command: UnsentCommand) -> String { keys.way(to: .unsent(command)) }
        return switch entry.delivery {
        case .failed(let reason):
            tr(
                """
                not sent: \(tr(reason: reason)). \(way(.resend)) sends it again, \(way(.edit)) edits it, \
                \(way(.discard)) discards it.
                """)
        case .unsure(let reason):
            tr(
                """
                may not have arrived: \(tr(reason: reason)). Looking for it in the conversation; \
                \(way(.resend)) sends it again, \(way(.discard)) discards it.
                """)
        case .queued where entry.id == waiting.first: waiting.explanation(keys)
        default: nil
        }
    }
}

extension TextMarks.Span {
    fileprivate func moved(by count: Int) -> Self {
        Self(range: range.lowerBound + count..<range.upperBound + count, kind: kind)
    }

    /// The part of it that is in `row`, in places of that; `nil`: none.
    fileprivate func within(_ row: Range<Int>) -> Self? {
        let part = range.clamped(to: row)
        guard !part.isEmpty else { return nil }
        return Self(range: part.lowerBound - row.lowerBound..<part.upperBound - row.lowerBound, kind: kind)
    }
}

import TerminalText

/// What this terminal does with the clusters on which terminals disagree. Asked once:
/// each probe is drawn where the first frame will cover it, and a cursor position
/// report behind it says how far the terminal went.
struct TerminalWidths: Equatable, Sendable {
    /// One cluster of each kind, two cells wide where it is drawn well.
    static let probes: [(kind: Cluster.Kind, text: String)] = [
        (.emojiSequence, "\u{1F469}\u{200D}\u{1F4BB}"), (.skinTone, "\u{1F44D}\u{1F3FD}"),
        (.flag, "\u{1F1E8}\u{1F1E6}"),
        (.keycap, "1\u{FE0F}\u{20E3}"), (.variation, "\u{2764}\u{FE0F}"),
    ]

    /// On row 2, because a report of row 1 looks like a key.
    static let question: String =
        "\u{1B}7" + probes.map { "\u{1B}[2;1H\($0.text)\u{1B}[6n" }.joined() + "\u{1B}[2;1H\u{1B}[K\u{1B}8"

    private var answers: [Int] = []

    /// One report; the probes are answered in their order.
    ///
    /// - Returns: whether that was the last one, and something is drawn differently from now on.
    mutating func take(column: Int) -> Bool {
        guard answers.count < Self.probes.count else { return false }
        answers.append(column - 1)
        return answers.count == Self.probes.count && answers.contains { $0 != 2 }
    }

    /// How many of the probes are drawn as they are planned; `nil` before all have been answered.
    var drawnAsPlanned: Int? {
        answers.count == Self.probes.count ? answers.count { $0 == 2 } : nil
    }

    /// How to draw `cluster` here: itself, or a stand-in where this terminal would make it
    /// wider or narrower than planned.
    func drawable(_ cluster: Cluster) -> Cluster {
        guard let probe = Self.probes.firstIndex(where: { $0.kind == cluster.kind }),
            answers.count == Self.probes.count,
            answers[probe] != 2
        else { return cluster }
        return cluster.standIn
    }
}

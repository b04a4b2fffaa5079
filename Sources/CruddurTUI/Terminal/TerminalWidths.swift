import ExactText
import TerminalText

/// What this terminal does with the clusters on which terminals disagree: it is asked, each probe is drawn where the
/// next frame will cover it, and a cursor position report behind it says how far the terminal went.
///
/// It can be asked again, for another terminal may have taken its place: each time on another row, which tells the
/// answers of one time from those of another.
struct TerminalWidths: Equatable, Sendable {
    /// Several clusters of each kind, two cells wide where drawn well: some terminals know only the older ones.
    static let probes: [(kind: Cluster.Kind, text: String)] = [
        (.emojiSequence, "\u{1F469}\u{200D}\u{1F4BB}"), (.emojiSequence, "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"),
        (.emojiSequence, "\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}"), (.emojiSequence, "\u{1F426}\u{200D}\u{1F525}"),
        (.skinTone, "\u{1F44D}\u{1F3FD}"), (.skinTone, "\u{270C}\u{1F3FF}"), (.skinTone, "\u{1FAF1}\u{1F3FB}"),
        (.flag, "\u{1F1E8}\u{1F1E6}"), (.flag, "\u{1F1FA}\u{1F1F3}"),
        (.keycap, "1\u{FE0F}\u{20E3}"), (.keycap, "#\u{FE0F}\u{20E3}"),
        (.variation, "\u{2764}\u{FE0F}"), (.variation, "\u{2708}\u{FE0F}"), (.variation, "\u{1F321}\u{FE0F}"),
    ]
    static let kinds = Set(probes.map(\.kind))
    /// One letter of two bytes, and one cell wherever UTF-8 is read, for its width is not ambiguous. Whoever shows two
    /// letters does not read UTF-8.
    private static let letter = "\u{E4}"
    /// On none of these does a probe stay.
    private static let rows = [2, 3, 4]

    private var times = 0
    private var row: Int { Self.rows[times % Self.rows.count] }
    /// Of the letter, then of the probes.
    private var answers: [Int] = []
    /// Kinds that are not drawn as they are planned; `nil`: not known.
    private var differing: Set<Cluster.Kind>?

    enum Finding: Equatable { case nothing, drawnDifferently, notUTF8 }

    /// What to write to the terminal; answers to what was asked before do not count any more.
    mutating func ask() -> String {
        times += 1
        answers = []
        let texts = [Self.letter] + Self.probes.map(\.text)
        return texts.map { "\u{1B}[\(row);1H\($0)\u{1B}[6n" }.linked() + "\u{1B}[\(row);1H\u{1B}[K"
    }

    /// All that was asked is answered.
    var isAnswered: Bool { answers.count == Self.probes.count + 1 }

    /// One report; the probes are answered in their order.
    mutating func take(row: Int, column: Int) -> Finding {
        guard row == self.row, times > 0, !isAnswered else { return .nothing }
        answers.append(column - 1)
        if answers == [2] { return .notUTF8 }
        guard isAnswered else { return .nothing }
        let now = Set(zip(Self.probes, answers.dropFirst()).filter { $1 != 2 }.map(\.0.kind))
        defer { differing = now }
        return now == differing ?? [] ? .nothing : .drawnDifferently
    }

    /// How many kinds are drawn as they are planned; `nil` before all have been answered.
    var drawnAsPlanned: Int? { differing.map { Self.kinds.count - $0.count } }

    /// How to draw `cluster` here: itself, or a stand-in where this terminal would make it
    /// wider or narrower than planned.
    func drawable(_ cluster: Cluster) -> Cluster {
        differing?.contains(cluster.kind) == true ? cluster.standIn : cluster
    }

    /// Nobody has asked how many cells it takes here.
    func isUnsure(of cluster: Cluster) -> Bool { differing == nil || !Self.kinds.contains(cluster.kind) }
}

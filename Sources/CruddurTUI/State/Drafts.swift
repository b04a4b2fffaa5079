import ChatClient

/// What is written and not in the outbox, by conversation.
struct Drafts: Sendable {
    private var lines: [ConversationID: TextBuffer] = [:]
    /// What was typed before any conversation was selected.
    private var loose = TextBuffer()
    private var departing: [ConversationID: [Submission]] = [:]
    private var submitted = 0
    /// Whose draft on disk is not what it is here, in the order in which they changed.
    private var changed: [ConversationID] = []

    /// The compose line of a conversation; of `nil`: the one before any was selected.
    subscript(id: ConversationID?) -> TextBuffer {
        get { id.map { lines[$0] ?? TextBuffer() } ?? loose }
        // In its place: a copy would take all with it that undo could bring back.
        _modify {
            guard let id else {
                yield &loose
                return
            }
            let before = lines[id]?.text ?? ""
            defer { if lines[id]?.text ?? "" != before { touch(id) } }
            yield &lines[id, default: TextBuffer()]
        }
    }

    /// The draft on disk is to be written anew.
    mutating func touch(_ id: ConversationID) {
        if !changed.contains(id) { changed.append(id) }
    }

    mutating func takeChanged() -> [ConversationID] {
        defer { changed = [] }
        return changed
    }

    /// What the last run of the program has left.
    mutating func restore(_ kept: [ConversationID: String]) {
        for (id, text) in kept where lines[id]?.isEmpty ?? true { lines[id] = TextBuffer(text) }
    }

    /// What was typed before goes behind what is written there.
    mutating func adoptLoose(in id: ConversationID) {
        append(loose.text, to: id)
        loose = TextBuffer()
    }

    /// Adds a text as lines of its own, the cursor behind it.
    mutating func append(_ text: String, to id: ConversationID?) {
        guard !text.isEmpty else { return }
        var line = self[id]
        line.moveToEnd()
        line.insert(line.isEmpty ? text : "\n" + text)
        self[id] = line
    }

    // MARK: On their way

    /// The compose line's text goes. The draft on disk is dealt with by whoever takes the text: it is
    /// there until the text is in the outbox.
    mutating func submit(from id: ConversationID) -> Submission {
        let text = self[id].text
        lines[id] = TextBuffer()
        changed.removeAll { $0 == id }
        return submit(text, to: id)
    }

    /// A text that is not the compose line's.
    mutating func submit(_ text: String, to id: ConversationID) -> Submission {
        submitted += 1
        let submission = Submission(id: .init(number: submitted), text: text)
        departing[id, default: []].append(submission)
        return submission
    }

    /// It is in the outbox, or will never be.
    ///
    /// - Returns: what it was; `nil` if it was not on its way.
    @discardableResult
    mutating func settle(_ submission: Submission.ID, in id: ConversationID) -> Submission? {
        guard let index = departing[id]?.firstIndex(where: { $0.id == submission }) else { return nil }
        return departing[id]?.remove(at: index)
    }

    /// The last text on its way, as long as it is nowhere else.
    func lastDeparting(_ id: ConversationID) -> String? { departing[id]?.last?.text }

    // MARK: What would be lost

    /// All that is in no outbox.
    var texts: [String] { (lines.values.map(\.text) + departing.values.joined().map(\.text)).filter(Self.saysMuch) }

    /// Kept nowhere: nobody knows yet for whom it is.
    var looseTexts: [String] { [loose.text].filter(Self.saysMuch) }

    private static func saysMuch(_ text: String) -> Bool { !text.allSatisfy(\.isWhitespace) }
}

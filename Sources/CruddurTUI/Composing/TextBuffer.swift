/// Text with a cursor, edited as readline does. The cursor always stands between
/// grapheme clusters.
struct TextBuffer: Equatable, Sendable {
    private(set) var text = ""
    /// In UTF-8 bytes, on a cluster's boundary.
    private(set) var cursor = 0
    private var undone: [Snapshot] = []
    /// What undo has left, as long as nothing else was done.
    private var redone: [Snapshot] = []

    private struct Snapshot: Equatable {
        let text: String
        let cursor: Int
    }

    private static let undoDepth = 100

    init(_ text: String = "") {
        self.text = text
        cursor = text.utf8.count
    }

    static func == (lhs: TextBuffer, rhs: TextBuffer) -> Bool {
        lhs.text == rhs.text && lhs.cursor == rhs.cursor
    }

    var isEmpty: Bool { text.isEmpty }

    private var index: String.Index { text.utf8.index(text.startIndex, offsetBy: cursor) }

    private mutating func move(to index: String.Index) {
        cursor = text.utf8.distance(from: text.startIndex, to: index)
    }

    // MARK: Moving

    mutating func moveLeft() {
        if cursor > 0 { move(to: text.index(before: index)) }
    }

    mutating func moveRight() {
        if index < text.endIndex { move(to: text.index(after: index)) }
    }

    mutating func moveLeftInLine() { if index > lineStart { moveLeft() } }
    mutating func moveRightInLine() { if index < lineEnd { moveRight() } }
    mutating func moveToLineStart() { move(to: lineStart) }
    mutating func moveToLineEnd() { move(to: lineEnd) }
    mutating func moveToStart() { cursor = 0 }
    mutating func moveToEnd() { cursor = text.utf8.count }
    mutating func moveWordLeft() { move(to: wordStart(before: index, isWord: Self.isLetter)) }
    mutating func moveWordRight() { move(to: wordEnd(after: index)) }

    /// To the cluster boundary at or before this UTF-8 offset.
    mutating func move(toOffset offset: Int) {
        let target = text.utf8.index(text.startIndex, offsetBy: min(max(0, offset), text.utf8.count))
        move(to: text.index(target, offsetBy: 0))
    }

    // MARK: Changing

    mutating func insert(_ new: String) {
        remember()
        // As most do: its end is a boundary, whatever stands there.
        if cursor == text.utf8.count {
            text += new
            cursor = text.utf8.count
            return
        }
        let place = index
        text.insert(contentsOf: new, at: place)
        let end = text.utf8.index(text.startIndex, offsetBy: cursor + new.utf8.count)
        guard end > text.startIndex else { return }
        // A combining mark joins what stands before it: the cursor goes behind the whole.
        move(to: text.index(after: text.unicodeScalars.index(before: end)))
    }

    mutating func deleteBackward() {
        guard cursor > 0 else { return }
        remove(text.index(before: index)..<index)
    }

    mutating func deleteForward() {
        guard index < text.endIndex else { return }
        remove(index..<text.index(after: index))
    }

    /// Each kill answers what it took, for a later yank.
    mutating func killToLineStart() -> String { kill(lineStart..<index) }

    mutating func killToLineEnd() -> String {
        // On an empty rest it takes the line break, as editors do.
        if lineEnd == index, index < text.endIndex { return kill(index..<text.index(after: index)) }
        return kill(index..<lineEnd)
    }

    mutating func killWordBackward() -> String {
        kill(wordStart(before: index) { !$0.isWhitespace }..<index)
    }

    mutating func killLettersBackward() -> String {
        kill(wordStart(before: index, isWord: Self.isLetter)..<index)
    }

    mutating func killAll() -> String { kill(text.startIndex..<text.endIndex) }

    mutating func killWordForward() -> String { kill(index..<wordEnd(after: index)) }

    mutating func transpose() {
        guard text.count >= 2, cursor > 0 else { return }
        let second = index == text.endIndex ? text.index(before: index) : index
        guard second > text.startIndex else { return }
        let first = text.index(before: second)
        remember()
        let swapped = String(text[second]) + String(text[first])
        let end = text.index(after: second)
        let offset = text.utf8.distance(from: text.startIndex, to: end)
        text.replaceSubrange(first..<end, with: swapped)
        move(toOffset: offset)
    }

    /// What stands before the cursor.
    var before: String { String(text[..<index]) }

    /// In the place of `word`, which ends at the cursor, `new` stands, and a space where nothing follows.
    mutating func complete(_ word: String, with new: String) {
        guard before.hasSuffix(word) else { return }
        remember()
        let start = cursor - word.utf8.count
        let range = text.utf8.index(text.startIndex, offsetBy: start)..<index
        let space = range.upperBound == text.endIndex ? " " : ""
        text.replaceSubrange(range, with: new + space)
        move(toOffset: start + (new + space).utf8.count)
    }

    /// All of it is this now; the cursor stands behind it.
    mutating func replace(with new: String) {
        remember()
        (text, cursor) = (new, new.utf8.count)
    }

    mutating func clear() {
        remember()
        text = ""
        cursor = 0
    }

    mutating func undo() {
        guard let last = undone.popLast() else { return }
        redone.append(Snapshot(text: text, cursor: cursor))
        (text, cursor) = (last.text, last.cursor)
    }

    mutating func redo() {
        guard let last = redone.popLast() else { return }
        undone.append(Snapshot(text: text, cursor: cursor))
        (text, cursor) = (last.text, last.cursor)
    }

    /// In the place of `old`, which ends at the cursor, `new` stands.
    mutating func replaceBefore(_ old: String, with new: String) {
        remember()
        let start = text.utf8.index(text.startIndex, offsetBy: cursor - old.utf8.count)
        text.replaceSubrange(start..<index, with: new)
        move(toOffset: cursor - old.utf8.count + new.utf8.count)
    }

    private mutating func kill(_ range: Range<String.Index>) -> String {
        let killed = String(text[range])
        if !killed.isEmpty { remove(range) }
        return killed
    }

    private mutating func remove(_ range: Range<String.Index>) {
        remember()
        let offset = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
        text.removeSubrange(range)
        move(toOffset: offset)
    }

    private mutating func remember() {
        redone = []
        undone.append(Snapshot(text: text, cursor: cursor))
        if undone.count > Self.undoDepth { undone.removeFirst() }
    }

    // MARK: Boundaries

    private var lineStart: String.Index {
        text[..<index].lastIndex(where: \.isNewline).map { text.index(after: $0) } ?? text.startIndex
    }

    private var lineEnd: String.Index {
        text[index...].firstIndex(where: \.isNewline) ?? text.endIndex
    }

    private static func isLetter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    private func wordStart(before place: String.Index, isWord: (Character) -> Bool) -> String.Index {
        var start = place
        while start > text.startIndex, !isWord(text[text.index(before: start)]) { start = text.index(before: start) }
        while start > text.startIndex, isWord(text[text.index(before: start)]) { start = text.index(before: start) }
        return start
    }

    private func wordEnd(after place: String.Index) -> String.Index {
        var end = place
        while end < text.endIndex, !Self.isLetter(text[end]) { end = text.index(after: end) }
        while end < text.endIndex, Self.isLetter(text[end]) { end = text.index(after: end) }
        return end
    }
}

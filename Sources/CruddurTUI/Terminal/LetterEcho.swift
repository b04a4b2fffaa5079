/// The echo of a typed letter, ahead of the canvas that it will be on.
///
/// To come to that canvas touches all that a chat is drawn from; after a pause, when no cache has it any more, this takes
/// longer than all else between the key and the terminal. Where a letter would be one more cell, and nothing else, this is
/// known before it is typed: so is what ncurses will write for it, from the letter before.
struct LetterEcho {
    /// Where the next letter would be; `nil`: it would be more than a cell.
    var place: Canvas.Point?
    /// What ncurses writes before and behind the letter itself.
    private var frame: (before: [UInt8], behind: [UInt8])?
    /// The canvas that it will be on is still to come.
    var isAhead = false

    /// What ncurses will write; `nil`: who knows.
    func foretell(_ letter: UInt8) -> [UInt8]? { frame.map { $0.before + [letter] + $0.behind } }

    /// This is what it has written.
    mutating func learn(_ written: [UInt8], of letter: UInt8) {
        let parts = written.split(separator: letter, omittingEmptySubsequences: false).map(Array.init)
        // A sequence may have the letter as well.
        if parts.count == 2 { frame = (parts[0], parts[1]) }
    }

    /// The terminal may be in any state.
    mutating func forget() { self = LetterEcho() }
}

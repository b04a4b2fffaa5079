import TerminalText
import Testing

@testable import CruddurTUI

struct TextBufferTests {
    private func buffer(_ text: String, _ change: (inout TextBuffer) -> Void) -> TextBuffer {
        var buffer = TextBuffer(text)
        change(&buffer)
        return buffer
    }

    @Test func deletingTakesAWholeClusterHoweverManyScalarsItHas() {
        #expect(buffer("a👨‍👩‍👧‍👦") { $0.deleteBackward() }.text == "a")
        #expect(buffer("ae\u{301}") { $0.deleteBackward() }.text == "a")
        #expect(
            buffer("👍🏽b") {
                $0.moveToStart(); $0.deleteForward()
            }.text == "b")
    }

    @Test func aMarkTypedBehindALetterJoinsItAndTheCursorStandsBehindBoth() {
        let typed = buffer("e") {
            $0.insert("\u{301}"); $0.insert("x")
        }
        #expect(typed.text == "e\u{301}x")
        #expect(
            buffer("e") {
                $0.insert("\u{301}"); $0.deleteBackward()
            }.text == "")
    }

    @Test func insertingInTheMiddleKeepsTheCursorBehindWhatWasTyped() {
        let edited = buffer("ad") {
            $0.moveLeft(); $0.insert("b"); $0.insert("c")
        }
        #expect(edited.text == "abcd")
        #expect(edited.cursor == 3)
    }

    @Test func killsAreThoseOfReadline() {
        var killed = ""
        #expect(buffer("one two three") { killed = $0.killWordBackward() }.text == "one two ")
        #expect(killed == "three")
        #expect(
            buffer("one two") {
                $0.moveToStart(); killed = $0.killWordForward()
            }.text == " two")
        #expect(buffer("one\ntwo") { killed = $0.killToLineStart() }.text == "one\n")
        #expect(killed == "two")
        #expect(
            buffer("one\ntwo") {
                $0.moveToStart(); killed = $0.killToLineEnd()
            }.text == "\ntwo")
        #expect(
            buffer("one\ntwo") {
                $0.moveToStart(); $0.moveToLineEnd(); killed = $0.killToLineEnd()
            }.text == "onetwo")
        #expect(buffer("path/to/file") { killed = $0.killLettersBackward() }.text == "path/to/")
    }

    @Test func homeAndEndAreThoseOfTheLine() {
        #expect(buffer("one\ntwo") { $0.moveToLineStart() }.cursor == 4)
        #expect(
            buffer("one\ntwo") {
                $0.moveToStart(); $0.moveToLineEnd()
            }.cursor == 3)
    }

    @Test func undoTakesBackStepByStep() {
        let undone = buffer("a") {
            $0.insert("b"); _ = $0.killToLineStart(); $0.undo()
        }
        #expect(undone.text == "ab")
    }

    @Test func transposingSwapsTheLettersAroundTheCursor() {
        #expect(buffer("teh") { $0.transpose() }.text == "the")
        #expect(buffer("a") { $0.transpose() }.text == "a")
    }

    @Test func movingBeyondTheEndsStays() {
        #expect(buffer("ab") { $0.moveRight() }.cursor == 2)
        #expect(
            buffer("ab") {
                $0.moveToStart(); $0.moveLeft(); $0.deleteBackward()
            }.text == "ab")
    }

    // MARK: Putting back

    private func line(_ text: String, _ commands: [EditCommand]) -> String {
        var (buffer, ring) = (TextBuffer(text), KillRing())
        for command in commands { edit(&buffer, command, killed: &ring) }
        return buffer.text
    }

    @Test func whatWasDeletedBeforeComesInPlaceOfWhatWasPutBack() {
        let deleted: [EditCommand] = [.killWordBackward, .killWordBackward, .killWordBackward]
        #expect(line("one two three", deleted + [.yank]) == "one ")
        #expect(line("one two three", deleted + [.yank, .yankEarlier]) == "two ")
        #expect(line("one two three", deleted + [.yank, .yankEarlier, .yankEarlier]) == "three")
        // Round and round.
        #expect(line("one two three", deleted + [.yank, .yankEarlier, .yankEarlier, .yankEarlier]) == "one ")
        // Only of what was just put back.
        #expect(line("one two three", deleted + [.yank, .insert("x"), .yankEarlier]) == "one x")
        #expect(line("one two", [.yankEarlier, .yank]) == "one two")
        #expect(line("👩‍💻 中文", [.killWordBackward, .killAll, .yank, .yankEarlier]) == "中文")
    }

    @Test func anUndoIsTakenBackUntilSomethingElseIsDone() {
        let written: [EditCommand] = [.insert("a"), .insert("b")]
        #expect(line("", written + [.undo, .undo]) == "")
        #expect(line("", written + [.undo, .undo, .redo]) == "a")
        #expect(line("", written + [.undo, .undo, .redo, .redo, .redo]) == "ab")
        #expect(line("", written + [.undo, .insert("c"), .redo]) == "ac")
        #expect(line("", written + [.undo, .redo, .undo]) == "a")
    }
}

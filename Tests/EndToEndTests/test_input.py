"""What cruddur makes of what a terminal writes: slow lines, reports, pastes without marks or without an end."""

import os
import re
import time

import pytest

REPORTS = {
    "mouse, 1006": "\x1b[<0;1;1M\x1b[<0;1;1m", "mouse, X10": "\x1b[M !!", "mouse, 1005": "\x1b[M \u0100\u0100",
    "mouse, 1015": "\x1b[32;5;5M", "a colour": "\x1b]11;rgb:1a1a/1b1b/1c1c\x07", "a title": "\x1b]lr s\x1b\\",
    "a version": "\x1bP>|xterm(390)\x1b\\", "a picture": "\x1b_Gi=31;OK\x1b\\", "a place": "\x1b[7;5R",
    "attributes": "\x1b[?62;22c", "a mode": "\x1b[?2026;2$y", "a size": "\x1b[8;30;100t", "a key let go": "\x1b[13;1:3u",
}


def drip(terminal, text):
    """A slow line: each byte is a read of its own."""
    for byte in text.encode():
        os.write(terminal.fd, bytes([byte]))
        time.sleep(0.002)
        terminal.read(0)


@pytest.fixture
def patient(chat):
    """A chat that waits long for the rest of a sequence: however busy the machine, the line is no slower than that."""
    return lambda: chat(env={"ESCDELAY": "5000"})


def test_no_report_types_or_sends_anything(chat, backend):
    # A click may place the cursor.
    terminal = chat(mouse=False)
    terminal.type("a draft")
    for report in REPORTS.values():
        terminal.type(report)
    terminal.type("!")
    terminal.wait(lambda t: "a draft" in t.compose and "!" in t.compose, "the draft")
    assert terminal.compose.split("\n")[0].rstrip() == "a draft!"
    assert backend.received == []


def test_keys_over_a_slow_line_are_keys(patient, backend):
    terminal = patient()
    drip(terminal, "ac\x1b[Db")
    terminal.wait(lambda t: t.compose.startswith("abc"), "the letter before the last")
    drip(terminal, " two\x1bbX")
    terminal.wait(lambda t: re.match(r"ab Xtwoc|Xab twoc", t.compose), "the word's start")
    terminal.type("\x1bOP")
    terminal.wait_for("Esc: close")
    before = terminal.text
    drip(terminal, "\x1b[B")
    terminal.wait(lambda t: t.text != before, "the help, further down")
    assert "Esc: close" in terminal.text


def test_a_paste_without_marks_is_put_into_the_line(chat, backend):
    terminal = chat()
    terminal.type("one\rtwo\rthree\r")
    terminal.wait(lambda t: re.search(r"one *\n *two *\n *three", t.compose), "the lines")
    assert backend.received == []


def test_a_paste_that_never_ends_gives_the_keyboard_back(chat, backend):
    terminal = chat()
    terminal.type("\x1b[200~half of it")
    terminal.wait(lambda t: t.compose.startswith("half of it"), "what has come of it")
    terminal.type("\r")
    terminal.wait_for_sent("half of it")


def test_within_a_paste_that_never_ends_ctrl_q_quits(chat, backend):
    terminal = chat()
    terminal.type("\x1b[200~half of it\x11")
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 0


def test_an_escape_that_stands_alone_is_one(chat):
    terminal = chat()
    terminal.type("\x1bOP")
    terminal.wait_for("Esc: close")
    terminal.type("\x1b")
    terminal.wait(lambda t: "Esc: close" not in t.text, "the chat again")


@pytest.mark.parametrize("variables", [
    {"TERM": "xterm-256color"}, {"TERM": "xterm-256color", "COLORTERM": "truecolor", "CRUDDUR_THEME": "cruddur"},
    {"TERM": "xterm-256color", "COLORTERM": "", "CRUDDUR_THEME": "cruddur"}, {"TERM": "vt100"}, {"TERM": "linux"},
])
def test_each_letter_is_echoed_as_one_and_all_of_them_are_sent(chat, backend, variables):
    """Wherever the echo was not what is drawn behind it, all would be drawn again: some thousand bytes."""
    terminal = chat(env={"COLORTERM": "", **variables})
    terminal.wait_for_quiet(0.5)
    text, before = "[m3;H1~{}|/x:@ab", 0
    for number, letter in enumerate(text, 1):
        before = before or (len(terminal.raw) if number == 3 else 0)
        os.write(terminal.fd, letter.encode())
        terminal.wait(lambda t: t.compose.rstrip() == text[:number], text[:number])
    assert (len(terminal.raw) - before) / (len(text) - 2) < 100
    terminal.type("\r")
    terminal.wait_for_sent(text)
    assert [message for _, message, *_ in backend.received] == [text]

"""A terminal that stands still: stopped by flow control, or with nobody who reads what it is written."""

import os
import random
import re
import select
import signal
import termios

import pytest

from system import eventually

RESIZES = int(os.environ.get("RESIZES", "150"))


@pytest.fixture
def stopped(chat):
    """A chat whose terminal takes nothing, by flow control, and how to let it go on."""
    terminal = chat()
    line = os.open(f"/proc/{terminal.pid}/fd/0", os.O_RDWR | os.O_NOCTTY)
    termios.tcflow(line, termios.TCOOFF)
    yield terminal, lambda: termios.tcflow(line, termios.TCOON)
    os.close(line)


def polls(backend):
    return len(backend.requests("GET"))


def test_a_stopped_terminal_stops_neither_the_session_nor_what_is_typed(stopped, backend):
    terminal, go_on = stopped
    before = polls(backend)
    backend.say("bob", "are you there?")
    os.write(terminal.fd, b"yes, blindly\r")
    terminal.wait(lambda t: backend.texts("bob") == ["yes, blindly"], "the message, sent unseen")
    terminal.wait(lambda t: polls(backend) > before + 3, "polls")
    assert "blindly" not in terminal.text
    go_on()
    terminal.wait_for_sent("yes, blindly")
    assert "are you there?" in terminal.transcript


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_terminal_does_not_hold_up_the_end(stopped, number):
    terminal, _ = stopped
    before = terminal.modes
    terminal.type("a draft")
    terminal.signal(number)
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 128 + number
    assert terminal.modes != before, "its line is cooked again"


def test_with_nobody_who_reads_it_ends_all_the_same(chat, backend):
    terminal = chat(width=200, height=60)
    for number in range(30):
        backend.say("bob", f"{number} " + "many words " * 40)
        os.write(terminal.fd, b"\x0c\x1b[5~\x1b[6~")
    line = os.open(f"/proc/{terminal.pid}/fd/0", os.O_RDWR | os.O_NOCTTY)

    def is_full():
        """Nothing is read meanwhile, until the terminal takes no more."""
        os.write(terminal.fd, b"\x0c")
        return not select.select([], [line], [], 0)[1]

    eventually(is_full, "a terminal that is full", timeout=120)
    os.close(line)
    before = polls(backend)
    eventually(lambda: polls(backend) > before + 5, "polls", timeout=120)
    terminal.signal(signal.SIGTERM)
    ended = lambda: os.waitpid(terminal.pid, os.WNOHANG)
    _, terminal.status = eventually(lambda: (found := ended())[0] and found, "its end, unread", timeout=120)
    assert os.WEXITSTATUS(terminal.status) == 128 + signal.SIGTERM


def test_any_size_at_any_moment(chat, backend):
    dice = random.Random(12)
    terminal = chat()
    for number in range(RESIZES):
        terminal.resize(dice.choice([1, 2, 3, 20, 59, 60, 100, 300]), dice.choice([1, 2, 3, 5, 10, 24, 30, 80]))
        if number % 5 == 0:
            backend.say("bob", f"message {number} 👩‍💻 你好")
        if number % 7 == 0:
            os.write(terminal.fd, dice.choice([b"\x1bOP", b"\x1b", b"\t", b"\x06", b"x", b"\x7f", b"\x1b[5~"]))
        terminal.read(0)
    terminal.resize(100, 30)
    terminal.type("\x1b")
    terminal.type("\x0c")
    terminal.wait(lambda t: "Conversations" in t.lines[0] and re.search(r"\^Q quit", t.lines[-1]), "the whole screen")
    terminal.signal(signal.SIGTERM)
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 128 + signal.SIGTERM

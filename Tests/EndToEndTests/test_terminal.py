"""What cruddur does to the terminal, and how it gives it back."""

import os
import signal

import pytest
from wcwidth import wcswidth

from system import eventually
from terminal import BINARY


def given_back(terminal):
    """The terminal is as it was before."""
    end = terminal.raw[-400:]
    assert b"\x1b[?1049l" in end, "the alternate screen is left"
    for mode in [b"\x1b[?2004l", b"\x1b[?1004l", b"\x1b[?25h"]:
        assert mode in terminal.raw, mode
    assert terminal.raw.rindex(b"\x1b[?2004l") > terminal.raw.rindex(b"\x1b[?2004h")
    assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rfind(b"\x1b[?25l")


@pytest.fixture
def shell(start):
    """A shell with job control, from which a person starts cruddur."""
    terminal = start(program=["/bin/bash", "--norc", "--noediting", "-i"], width=120, env={"PS1": "$ "})
    terminal.wait(lambda t: t.lines[0] == "$", "a prompt")
    return terminal


# Echo and line editing, as every shell leaves them to the programs that it starts.
COOKED = 3


def test_ctrl_q_gives_the_terminal_back(demo):
    terminal = demo()
    raw = terminal.modes
    assert not raw[COOKED] & 0o10, "no echo while the chat is open"
    terminal.type("\x11")
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 0
    given_back(terminal)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_gives_the_terminal_back(demo, number):
    terminal = demo()
    terminal.signal(number)
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 128 + number
    given_back(terminal)


def test_a_crash_gives_the_terminal_back_and_shows_no_trace(demo):
    terminal = demo()
    terminal.signal(signal.SIGSEGV)
    status = terminal.wait_for_exit()
    assert os.WIFSIGNALED(status)
    given_back(terminal)
    after = terminal.raw[terminal.raw.rindex(b"\x1b[?1049l"):].decode()
    assert "cruddur has crashed." in after
    assert "0x" not in after and " at /" not in after


def test_a_shell_finds_its_terminal_as_it_was(shell, folder):
    before = shell.modes
    shell.type(f"{BINARY} demo --data {folder}\r")
    shell.wait_for("this terminal is open")
    assert shell.modes != before
    shell.type("\x11")
    shell.wait(lambda t: t.lines[t.screen.cursor.y].startswith("$ "), "a prompt")
    shell.type("echo back\r")
    shell.wait_for("\nback")
    assert shell.modes == before


def test_ctrl_z_goes_to_the_shell_and_fg_comes_back(shell, folder):
    before = shell.modes
    shell.type(f"{BINARY} demo --data {folder}\r")
    shell.wait_for("this terminal is open")
    shell.type("kept draft")
    shell.wait_for("kept draft")
    shell.type("\x1a")
    shell.wait_for("Stopped")
    assert shell.modes == before
    given_back(shell)
    shell.screen.reset()
    shell.type("fg\r")
    shell.wait(lambda t: "kept draft" in t.transcript and "Mei Tanaka @mei" in t.groups, "the chat again")
    shell.type(" goes on")
    shell.wait_for("kept draft goes on")


def test_a_terminal_that_goes_away_ends_it(demo):
    terminal = demo()
    os.close(terminal.fd)
    eventually(lambda: os.waitpid(terminal.pid, os.WNOHANG)[0], "its end, without a terminal", timeout=120)
    terminal.status = 0
    terminal.fd = os.open("/dev/null", os.O_RDONLY)


def test_without_a_terminal_it_says_what_to_do(run, folder):
    result = run("demo", "--data", folder)
    assert result.returncode != 0
    assert "needs a terminal" in result.stderr


def test_an_unknown_terminal_type_is_named(start, folder):
    terminal = start("demo", "--data", folder, env={"TERM": "no-such-terminal"})
    terminal.wait_for('"no-such-terminal" is not known')
    assert os.WEXITSTATUS(terminal.wait_for_exit()) != 0


def test_emoji_never_move_the_border(demo, run, folder):
    terminal = demo()
    text = "👩‍💻👨‍👩‍👧‍👦👍🏽❤️🇨🇦1️⃣ end"
    assert run("send", "nia", text, "--config", folder + "/config-mei.json").returncode == 0
    # This terminal cannot draw them, and has said so: each has a stand-in of the planned width.
    terminal.wait(lambda t: "👩👨👍❤ CA1  end" in t.transcript, "the message with its stand-ins")
    borders = {line.index("│") for line in terminal.lines if "│" in line}
    assert len({wcswidth(line[: line.index("│")]) for line in terminal.lines if "│" in line}) == 1, borders

"""The demo in front of people: the presenter's mode, and the recording of its terminals side by side."""

import json
import os
import re
import signal

import pytest
from terminal import AnsweringScreen, Stream

F9 = "\x1b[20~"


def played(path):
    """What a recording shows in the end, line by line."""
    lines = [json.loads(line) for line in open(path)]
    header, events = lines[0], lines[1:]
    assert header["version"] == 2 and [event[0] for event in events] == sorted(event[0] for event in events)
    screen = AnsweringScreen(header["width"], header["height"])
    stream = Stream(screen)
    for time, kind, text in events:
        assert kind == "o" and time >= 0
        stream.feed(text.encode())
    # A wide character's other half is empty.
    return header, [[screen.buffer[y][x].data for x in range(header["width"])] for y in range(header["height"])]


def cells(terminal):
    """But the last line, whose time goes on."""
    screen = terminal.screen
    return [[screen.buffer[y][x].data for x in range(screen.columns)] for y in range(screen.lines - 1)]


def test_a_recording_shows_both_terminals_side_by_side_as_they_were(demo, start, folder):
    path = f"{folder}/two.cast"
    first = demo("--record", path, width=90, height=26, until="connected")
    second = start("demo", "--data", folder, "--as", "mei", width=70, height=20)
    second.wait(lambda t: "Nia" in t.partner and "connected" in t.text, "the conversation with Nia")
    first.type("for the record: 你好 👩‍👩‍👧 e\u0301\r")
    first.wait(lambda t: re.search("for the record: .*✓", t.transcript), "the message, sent")
    second.wait(lambda t: "for the record" in t.transcript, "the message")
    second.type("seen\r")
    second.wait_for_sent("seen")
    first.wait(lambda t: "seen" in t.transcript, "the answer")
    second.wait_for_quiet(1)
    there = cells(second)
    second.type("\x11")
    second.wait_for_exit()
    first.wait_for_quiet(1)
    here = cells(first)
    first.type("\x11")
    first.wait_for_exit()
    header, rows = played(path)
    assert (header["width"], header["height"]) == (90 + 1 + 70, 26) and "@nia, @mei" in header["title"]
    assert [row[:90] for row in rows[:25]] == here
    assert [row[91:] for row in rows[:19]] == there
    assert all(row[90] == "│" for row in rows)
    assert os.stat(path).st_mode & 0o077 == 0
    assert not os.path.exists(f"{folder}/recording")
    assert "2 terminals side by side recorded" in first.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_the_demo_what_was_recorded_is_there(demo, folder, number):
    terminal = demo("--record", f"{folder}/one.cast", width=80, height=24, until="connected")
    terminal.type("almost lost")
    terminal.wait_for("almost lost")
    os.kill(terminal.pid, number)
    terminal.wait_for_exit()
    _, rows = played(f"{folder}/one.cast")
    assert any("almost lost" in "".join(row) for row in rows)


def test_a_recording_that_cannot_be_is_refused_before_the_demo(run, folder):
    os.symlink("/etc/passwd", f"{folder}/link")
    for path, reason in (("", "needs a name"), (folder, "is a folder"), (f"{folder}/new/", "is a folder"), (f"{folder}/link", "is a link"), (f"{folder}/none/x", "No such file")):
        refused = run("demo", "--data", f"{folder}/demo", "--record", path)
        assert refused.returncode != 0 and reason in refused.stderr, refused
    refused = run("demo", "--as", "mei", "--record", f"{folder}/x")
    assert refused.returncode == 64 and "the recording" in refused.stderr


def test_the_presenters_mode_has_a_margin_and_shows_the_keys(demo):
    terminal = demo("--present", width=120, height=36, until="connected")
    terminal.wait(lambda t: all(line.startswith("         ") for line in t.lines if line), "the margin")
    terminal.type("\x06")
    terminal.wait(lambda t: "Ctrl-F" in t.lines[-1], "the key")
    terminal.type("mei\r")
    terminal.wait(lambda t: "mei" in t.lines[-1] and "Enter" in t.lines[-1], "what was typed")
    terminal.type("hello\r")
    terminal.wait_for_sent("hello")
    # The mouse means what is under it, also behind the margin.
    row = next(y for y, line in enumerate(terminal.lines) if "Tomasz" in line)
    terminal.type(f"\x1b[<0;20;{row + 1}M\x1b[<0;20;{row + 1}m")
    terminal.wait(lambda t: "Tomasz" in t.lines[1].split("│")[-1], "the conversation with Tomasz")
    terminal.resize(50, 12)
    terminal.wait(lambda t: "Tomasz" in t.text, "the small screen")
    terminal.resize(120, 36)
    terminal.type(F9)
    terminal.wait(lambda t: t.lines[0].startswith(" Conversations"), "the whole width again")

"""Every key of the keymap, in every place where it holds, as a terminal sends it. What keys there are, the program tells
(`cruddur keys --json`): one that is new fails here until somebody says what it is to do."""

import json
import os
import re
import subprocess

import pytest

from terminal import BINARY

# As xterm writes them; what it has no sequence for, as terminals with a keyboard protocol do.
NAMED = {
    "Up": "A", "Down": "B", "Right": "C", "Left": "D", "Home": "H", "End": "F", "PageUp": "5~", "PageDown": "6~",
    "Delete": "3~", "F1": "P", "F2": "Q", "F3": "R", "F4": "S", "F5": "15~", "F6": "17~", "F7": "18~", "F8": "19~", "F9": "20~",
}
CODES = {"Enter": 13, "Backspace": 127, "Tab": 9, "Esc": 27}
PLAIN = {"Enter": "\r", "Backspace": "\x7f", "Tab": "\t", "Esc": "\x1b", "Space": " ", "Shift-Tab": "\x1b[Z"}


def sent(name):
    if " " in name:
        return "".join(sent(part) for part in name.split(" "))
    if name in PLAIN:
        return PLAIN[name]
    *held, key = re.fullmatch(r"((?:(?:Ctrl|Alt|Shift)-)*)(.+)", name).groups()
    held = held[0].split("-")[:-1]
    modifiers = 1 + ("Shift" in held) + 2 * ("Alt" in held) + 4 * ("Ctrl" in held)
    if key in NAMED:
        code = NAMED[key]
        if modifiers == 1:
            return ("\x1bO" if code in "PQRS" else "\x1b[") + code
        return f"\x1b[{code[:-1]};{modifiers}~" if code.endswith("~") else f"\x1b[1;{modifiers}{code}"
    if key in CODES:
        return "\x1b" + PLAIN[key] if held == ["Alt"] else f"\x1b[{CODES[key]};{modifiers}u"
    text = chr(ord(key.upper()) & 0x1F) if "Ctrl" in held else key.lower() if held else key
    return ("\x1b" if "Alt" in held else "") + text


def keys(place):
    done = subprocess.run([BINARY, "keys", "readline", "--json"], capture_output=True, text=True, check=True)
    return [(row["key"], row["command"]) for row in map(json.loads, done.stdout.splitlines()) if row["place"] == place]


PLACES = ["chat", "list", "help", "prompt", "finder", "search", "form", "links", "completion", "details", "part", "calls",
          "row", "stage", "quit"]

# A line `one two` with the cursor before its second word: what stands there afterwards, and where the cursor is.
EDITS = {
    "backward-char": ("one two", 3), "forward-char": ("one two", 5), "backward-word": ("one two", 0),
    "forward-word": ("one two", 7), "beginning-of-line": ("one two", 0), "end-of-line": ("one two", 7),
    "beginning-of-text": ("one two", 0), "end-of-text": ("one two", 7), "home": ("one two", 0), "end": ("one two", 7),
    "backward-delete-char": ("onetwo", 3), "delete-char": ("one wo", 4), "unix-line-discard": ("two", 0),
    "kill-line": ("one ", 4), "unix-word-rubout": ("two", 0), "backward-kill-word": ("two", 0), "kill-word": ("one ", 4),
    "transpose-chars": ("onet wo", 5),
}
# What is done before; and what comes of it.
UNDOING = {
    "yank": ("\x0b", ("one two", 7)), "yank-pop": ("\x0b\x15\x19", ("two", 3)), "undo": ("\x0b", ("one two", 4)),
    "redo": ("\x0b\x1f", ("one ", 4)),
}


def test_every_place_is_tried():
    done = subprocess.run([BINARY, "keys", "readline", "--json"], capture_output=True, text=True, check=True)
    assert {json.loads(line)["place"] for line in done.stdout.splitlines()} == set(PLACES)


class Line:
    """The line that is edited where the cursor stands, behind its label."""

    def __init__(self, terminal, label):
        self.terminal, self.label = terminal, label

    def state(self):
        cursor = self.terminal.screen.cursor
        row = self.terminal.line(cursor.y)
        start = row.rfind(self.label, 0, cursor.x + 1) + len(self.label)
        return row[start:].split("│")[0].rstrip(), cursor.x - start

    def wait(self, text, cursor, what):
        self.terminal.wait(lambda t: self.state() == (text.rstrip(), cursor), f"{what}: {text!r}, {cursor}; {self.state()}")


OPENING = {"chat": ("", "› "), "prompt": ("\x0e", "To @"), "finder": ("\x06", "Find "), "search": ("\x13", "Search ")}


@pytest.mark.parametrize("place", ["chat", "prompt", "finder", "search"])
def test_every_key_that_edits_a_line(demo, place):
    terminal = demo()
    opening, label = OPENING[place]
    terminal.type(opening)
    terminal.wait_for(label)
    try_edits(terminal, place, label)


def try_edits(terminal, place, label):
    """The cursor stands in a line behind `label`."""
    terminal.wait_for_quiet(0.3)
    line, tried = Line(terminal, label), 0
    for key, command in keys(place):
        before, expected = UNDOING.get(command, ("", EDITS.get(command)))
        if expected is None:
            continue
        terminal.type("\x05\x15one two\x1b[D\x1b[D\x1b[D")
        line.wait("one two", 4, f"before {key}")
        terminal.type(before + sent(key))
        line.wait(*expected, f"{key} ({command})")
        tried += 1
    assert tried > 30


# What a key does where one chats: what is typed before, and what is on the screen then.
CHAT = {
    "send": ("sent by enter", r"sent by enter +✓"),
    "newline": ("above", r"› above\n"),
    "editor": ("", r"› edited"),
    "spell": ("", "Nobody looks at the spelling"),
    "next": ("", r"\A[^\n]*Tomasz"), "previous": ("", r"\A[^\n]*Tomasz"),
    "up": ("", r"› Everything is all right\."), "down": ("\x1b[A", "› Write to"),
    "new": ("", "New conversation"), "find": ("", "Find a conversation"), "search": ("", "Search all messages"),
    "unread": ("", "Mei Tanaka @mei|unread"),
    "pin": ("", "▴"), "archive": ("", "away|Put away"), "mute": ("", "z \\d|z now"),
    "page-up": ("", r"\d+ below"), "page-down": ("\x1b[5~\x1b[5~", r"\d+ below|Write to"),
    "line-up": ("", r"\d+ below"), "line-down": ("\x1b[5~", r"\d+ below|Write to"),
    "oldest": ("", r"\d+ below"), "newest": ("\x1b[5~", "Write to"),
    "unread-again": ("", "new|unread"), "day": ("", "/day"),
    "above": ("", "Alt-C copy"), "below": ("", "Alt-C copy"),
    "copy": ("", "Copied: "), "part": ("", "A part"), "open": ("", "No link is in|opens it"), "quote": ("", "› > "),
    "details": ("", "Code points"),
    "resend": ("", "No message waits"), "edit": ("", "No message waits"), "discard": ("", "No message waits"),
    "refresh": ("", "Refresh"), "sign-in": ("", "signed in|sign"), "back": ("\x1b[1;3A", "Write to"),
    "redraw": ("", "connected"), "wider": ("", None), "narrower": ("", None),
    "interrupt": ("", "Ctrl-Q quits"), "help": ("", "Help"),
    "calls": ("", "Calls"), "table": ("", "Table · "), "choose": ("\x1bOQ", "A call|Call|whole"),
    "tour": ("", "Tour 1/"), "tour-back": ("\x1b[15~", "Tour|tour"), "stream": ("", "stream"), "stage": ("", "seed"),
    "present": ("\x1b[20~", "connected"),
}
ELSEWHERE = {"suspend", "quit"}
FROM_LISTS = {"choice-up", "choice-down", "take"}
# What comes from elsewhere after some keys, and is needed for the next.
COMES = {"\x1bOQ": "GET /api", "\x1bOR": "MSG#"}


def do(terminal, keys):
    """Types them, until all has come of it."""
    terminal.type(keys)
    if keys.endswith("\r"):
        terminal.wait_for_sent(keys[:-1])
    elif keys in COMES:
        terminal.wait_for(COMES[keys])
    terminal.wait_for_quiet(0.2)


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("width", [100, 40], ids=["chat", "list"])
def test_every_key_where_one_chats(demo, folder, part, width):
    place = "chat" if width == 100 else "list"
    editor = folder + "/editor"
    with open(editor, "w") as file:
        file.write('#!/bin/sh\necho edited > "$1"\n')
    os.chmod(editor, 0o755)
    for key, command in keys(place)[part::4]:
        if command in EDITS or command in UNDOING or command in ELSEWHERE or command in FROM_LISTS:
            continue
        before, shown = ("", "Conversations") if (place, command) == ("list", "back") else CHAT[command]
        terminal = demo("--fresh", width=width, env={"VISUAL": editor}, until="connected")
        terminal.wait_for("open all day" if place == "chat" else "I will be around")
        if place == "list":
            terminal.type("\x1b")
            terminal.wait_for("Conversations")
        # In a narrow terminal there is no room for the calls.
        if place == "chat":
            do(terminal, before)
        else:
            terminal.type(before)
            terminal.wait_for_quiet(0.2)
        border = lambda t: t.lines[3].find("│")
        was = border(terminal)
        terminal.type(sent(key))
        if command in ("wider", "narrower"):
            terminal.wait(lambda t: (border(t) > was) == (command == "wider") and border(t) != was, f"{key} ({command})")
        else:
            terminal.wait(lambda t: re.search(shown, t.text), f"{place}: {key} ({command}): {shown}")
        # At once: nothing of how it was arranged stays.
        terminal.signal(9)
        terminal.wait_for_exit()


# How each comes to be in front, and what is seen of it.
FRONT = {
    "help": (["\x1bOP"], "┌ Help"), "prompt": (["\x0e", "zz"], "New conversation"), "finder": (["\x06"], "Find a conversation"),
    "search": (["\x13", "a"], "Search"), "links": (["see https://a.example https://b.example\r", "\x1b[1;3A", "\x1bo"], "opens it in your browser"),
    "completion": (["\x05\x15:grinning_face", "\t"], "┌ :grinning"), "details": (["\x1b[1;3A", "\x1bi"], "Code points"),
    "part": (["\x1b[1;3A", "\x1bv"], "A part"), "calls": (["\x1bOQ", "\x1bOS"], "Enter whole"),
    "row": (["\x1bOR", "\x1bOS"], "Enter whole"), "stage": (["\x1b[19~"], "on or off"),
}


def steady(terminal):
    """The screen without what time alone changes."""
    return re.sub(r"\d\d:\d\d:\d\d|\bnow\b|\b\d+[mh]\b", "", terminal.text)


@pytest.mark.parametrize("place", FRONT)
def test_every_key_of_what_is_in_front(request, place):
    # Where somebody answers, the message that was written is not the last one.
    terminal = request.getfixturevalue("chat" if place == "links" else "demo")(height=24)
    opening, shown = FRONT[place]

    def open_it():
        for keys in opening:
            do(terminal, keys)
        terminal.wait_for(shown)

    def close_it(key="\x1b"):
        terminal.type(key)
        terminal.wait(lambda t: shown not in t.text, f"{place}: {key!r} closes it")
        # What was opened on the way: a selected message, a line, what stands in the list's place.
        if "Alt-C copy" in terminal.text:
            terminal.type("\x1b")
            terminal.wait(lambda t: "Alt-C copy" not in t.text, "no selected message")
        terminal.type("\x05\x15" + ("\x1bOQ" if place == "calls" else "\x1bOR" if place == "row" else ""))
        terminal.wait_for("Write to")

    tried = set()
    for key, command in keys(place):
        if command in EDITS or command in UNDOING or command in ELSEWHERE:
            continue
        open_it()
        was = steady(terminal)
        tried.add(command)
        if command == "close":
            close_it(sent(key))
            continue
        if command == "redraw":
            terminal.type(sent(key))
            terminal.wait_for_quiet(0.3)
            assert shown in terminal.text, f"{place}: {key}"
        else:
            # Whatever it does, it is done to what is in front, or takes it: nothing is written and nothing is sent.
            terminal.type(sent(key))
            if command in ("take", "only-a", "hold", "copy-aws", "copy-curl", "begin-part"):
                terminal.wait(lambda t: steady(t) != was, f"{place}: {key} ({command}) does something")
            terminal.wait_for_quiet(0.3)
            if shown not in terminal.text:
                assert command in ("take", "copy", "choice-up", "choice-down"), f"{place}: {key} ({command}) closed it"
        close_it()
    assert "close" in tried


@pytest.mark.parametrize("place", [None, *FRONT])
def test_everywhere_ctrl_q_quits_and_ctrl_z_suspends(request, place):
    terminal = request.getfixturevalue("chat" if place == "links" else "demo")(height=24, in_shell=True)
    opening, shown = FRONT[place] if place else ([], "Write to")
    for keys in opening:
        do(terminal, keys)
    terminal.wait_for(shown)
    job, = open(f"/proc/{terminal.pid}/task/{terminal.pid}/children").read().split()
    terminal.type("\x1a")
    terminal.wait(lambda t: open(f"/proc/{job}/stat").read().rsplit(") ", 1)[1][0] == "T", "that it stands still")
    terminal.wait(lambda t: b"\x1b[?1049l" in t.raw, "the shell's screen")
    terminal.screen.reset()
    terminal.type("\r")
    terminal.wait_for(shown)
    terminal.type("\x11")
    assert terminal.wait_for_exit() == 0


def test_the_question_whether_to_quit(start, backend, folder):
    path = backend.configuration(folder, history={"enabled": False})
    for key, command in keys("quit"):
        if command == "suspend":
            continue
        terminal = start("--config", path)
        terminal.wait_for("connected")
        terminal.type("not sent")
        terminal.wait_for("not sent")
        terminal.type("\x11")
        terminal.wait_for("Quit?")
        terminal.type(sent(key))
        if command == "quit":
            assert terminal.wait_for_exit() == 0
        elif command == "redraw":
            terminal.wait_for_quiet(0.3)
            assert "Quit?" in terminal.text
        else:
            terminal.wait(lambda t: "Quit?" not in t.text, f"{key} goes back")
            assert "not sent" in terminal.compose

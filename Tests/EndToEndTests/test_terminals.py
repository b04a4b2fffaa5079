"""The same visit on every terminal, in every locale: start, read, send, resize, help, search, quit."""

import os
import re
import subprocess

import pytest
from wcwidth import wcswidth

# A terminal and its locale: each of both at least once.
PLACES = [
    ("xterm-256color", "C.UTF-8"), ("xterm-kitty", "C.UTF-8"), ("tmux-256color", "C"), ("screen", "en_US.ISO-8859-1"),
    ("linux", "C.UTF-8"), ("vt100", "C"), ("vt220", "C.UTF-8"), ("ansi", "C.UTF-8"), ("rxvt-unicode-256color", "C"),
    ("foot", "en_US.ISO-8859-1"), ("alacritty", "C.UTF-8"),
]
WITHOUT_OTHER_SCREEN = ["linux", "vt100", "vt220", "ansi"]


def need(name):
    if subprocess.run(["infocmp", name], capture_output=True).returncode != 0:
        pytest.skip(f"terminfo does not know {name} here")


def borders(terminal):
    """The columns in which the line between the panes stands."""
    return {wcswidth(line[: line.index("│")]) for line in terminal.lines if "│" in line}


@pytest.mark.parametrize("name, locale", PLACES)
def test_a_visit(chat, backend, name, locale):
    need(name)
    backend.say("bob", "I ❤️ 你好 👩‍💻 \U0001fa77 l\u200d🇨🇦 end")
    terminal = chat(env={"TERM": name, "LANG": locale, "LC_ALL": locale})
    terminal.wait(lambda t: "你好" in t.transcript and "end" in t.transcript, "the message")
    assert len(borders(terminal)) == 1
    terminal.type("hello from here\r")
    terminal.wait_for_sent("hello from here")
    terminal.resize(80, 24)
    terminal.wait(lambda t: "F1 help" in t.lines[-1] and "hello from here" in t.transcript, "the smaller screen")
    terminal.wait(lambda t: len(borders(t)) == 1, "one border")
    terminal.type("\x1bOP")
    terminal.wait_for("Esc: close")
    terminal.type("\x0c")
    terminal.type("\x1b")
    terminal.wait(lambda t: "Esc: close" not in t.text, "the chat again")
    terminal.type("\x13hello")
    terminal.wait(lambda t: re.search(r"› .*hello from here", t.text), "what was found")
    terminal.type("\r")
    terminal.wait(lambda t: "Search all" not in t.text, "the message that was found")
    terminal.type("\x11")
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 0
    assert terminal.raw.count(b"\x1b[?1000l") >= 2, "the mouse is off before and after"
    if name in WITHOUT_OTHER_SCREEN:
        # What was ours is gone, and a prompt would have a line of its own.
        assert not terminal.text.strip()
        assert terminal.screen.cursor.x == 0


def test_no_color_means_none_anywhere(chat, backend):
    # Names and the selection have colours; a name of clusters at their own place too.
    backend.names["bob"] = "Bob 👩‍💻 Example"
    backend.say("bob", "👩‍💻 end")
    for env, colours in [({"NO_COLOR": "1"}, False), ({"NO_COLOR": "", "TERM": "vt220"}, False), ({}, True)]:
        terminal = chat(env=env)
        terminal.wait(lambda t: "end" in t.transcript, "the message")
        terminal.type("hello\r")
        terminal.wait_for_sent("hello")
        sgr = set(re.findall(rb"\x1b\[([\d;]*)m", terminal.raw))
        used = {code for codes in sgr for code in codes.split(b";") if re.fullmatch(rb"[349]\d|10\d", code)}
        assert bool(used - {b"39", b"49"}) == colours, (env, used)
        terminal.type("\x11")
        terminal.wait_for_exit()


def test_a_terminal_without_utf8_is_told_so(start, folder, backend):
    terminal = start("--config", backend.configuration(folder, "config"))
    # A terminal that shows two letters for two bytes.
    terminal.screen.answer = lambda text: os.write(terminal.fd, re.sub(r";2R", ";3R", text).encode())
    status = terminal.wait_for_exit()
    assert os.WEXITSTATUS(status) == 1
    after = terminal.raw[terminal.raw.rindex(b"\x1b[?1049l"):].decode()
    assert "this terminal does not show UTF-8" in after and after.count("\n") <= 2


def colours(terminal):
    """What the screen has been drawn in: foregrounds and backgrounds."""
    cells = [cell for row in terminal.screen.buffer.values() for cell in row.values()]
    return {cell.fg for cell in cells}, {cell.bg for cell in cells}


@pytest.mark.parametrize("variables, ground", [
    ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "1a1024"), ({"TERM": "xterm-256color"}, None),
    ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "default"), ({"TERM": "vt100"}, "default"), ({"TERM": "screen"}, None),
])
def test_a_theme_is_shown_in_the_colours_that_the_terminal_has(demo, variables, ground):
    terminal = demo(env={"COLORTERM": "", "CRUDDUR_THEME": "cruddur", **variables})
    terminal.wait(lambda t: "Mei Tanaka" in t.groups and "connected" in t.text, "all of the screen")
    terminal.wait_for_quiet(0.5)
    foregrounds, grounds = colours(terminal)
    if ground == "default":
        assert grounds == {"default"}
    elif ground:
        assert ground in grounds and "default" not in grounds and "ece6f7" in foregrounds
    else:
        assert len(foregrounds) > 1 and grounds != {"default"}
    assert "Mei Tanaka" in terminal.text


def test_other_colours_are_taken_while_one_looks_and_a_slip_changes_nothing(demo, folder, run):
    home = folder + "-home"
    os.makedirs(home + "/.config/cruddur/themes")
    with open(home + "/.config/cruddur/themes/mine.json", "w") as file:
        file.write('{"text": "#102030", "ground": "#f0e0d0"}')
    terminal = demo(env={"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": home, "XDG_CONFIG_HOME": home + "/.config"})
    assert colours(terminal)[1] == {"default"}
    terminal.type("/theme mine\r")
    terminal.wait(lambda t: {"f0e0d0"} <= colours(t)[1] and "102030" in colours(t)[0], "its colours")
    terminal.type("/theme none\r")
    terminal.wait_for("there is no theme none: there are terminal, cruddur")
    assert "f0e0d0" in colours(terminal)[1]
    terminal.type("/theme terminal\r")
    terminal.wait(lambda t: colours(t)[1] == {"default"}, "the terminal's own")


def test_keys_of_ones_own_hold_and_a_slip_is_told_with_its_line(demo, folder):
    home = folder + "-home"
    os.makedirs(home + "/.config/cruddur/keys")
    with open(home + "/.config/cruddur/keys/mine.json", "w") as file:
        file.write('{"preset": "vim",\n"normal": {"Ctrl-G f": "find", "g t": null},\n"everywhere": {"F10": "quit"}}')
    with open(home + "/.config/cruddur/keys/slip.json", "w") as file:
        file.write('{"chat":\n{"Ctrl-X": "find"}}')
    env = {"HOME": home, "XDG_CONFIG_HOME": home + "/.config"}
    terminal = demo(env={**env, "CRUDDUR_KEYS": "mine"})
    terminal.type("half\x1b")
    terminal.wait_for("‹ half")
    terminal.wait_for("NORMAL")
    terminal.type("dd")
    terminal.wait_for("i: write to Mei")
    terminal.type("iwhole thing\r")
    terminal.wait_for_sent("whole thing")
    terminal.type("\x1b")
    terminal.wait_for("NORMAL")
    terminal.type("\x07f")
    terminal.wait_for("Find")
    terminal.type("\x1b[21~")
    assert terminal.wait_for_exit() == 0
    slip = demo(env={**env, "CRUDDUR_KEYS": "slip"}, until="Ctrl-X in chat is never reached", width=300)
    assert os.WEXITSTATUS(slip.wait_for_exit()) == 1
    assert "slip.json, line 2: " in slip.text and "Ctrl-X + begins with it (preset readline)" in slip.text


def test_a_terminal_is_asked_what_it_sends(start):
    terminal = start("keys", "vim")
    terminal.wait_for("Press keys (vim)")
    terminal.type("\x0e")
    terminal.wait_for("chat: new, new conversation")
    terminal.type("\x1b[1;5D")
    terminal.wait_for("ESC [ 1 ; 5 D")
    terminal.wait_for("Ctrl-Left")
    terminal.type("g")
    terminal.wait_for("normal: the first of two")
    terminal.type("g")
    terminal.wait_for("normal: oldest, the oldest message")
    terminal.type("\x1b[99~")
    terminal.wait_for("no key that is known here")
    terminal.paste("some text")
    terminal.wait_for("a paste of 9 characters")
    for number in range(1, 3):
        terminal.type("\x1b")
        terminal.wait(lambda t: t.text.count("normal-mode,") == number, "what Esc is for")
    terminal.type("\x1b")
    assert terminal.wait_for_exit() == 0


@pytest.mark.parametrize("variables, leads", [
    ({"TERM": "xterm-256color"}, True), ({"TERM": "tmux-256color"}, True), ({"TERM": "linux"}, False), ({"TERM": "vt100"}, False),
    ({"TERM": "xterm-256color", "CRUDDUR_HYPERLINKS": "false"}, False),
])
def test_a_link_leads_where_it_says(chat, backend, variables, leads):
    backend.say("bob", "see https://a.example/é;x\u202e here, *now*")
    terminal = chat(env=variables)
    terminal.wait(lambda t: "https://a.example" in t.transcript, "the message")
    terminal.wait_for_quiet(0.5)
    marks = re.findall(rb"\x1b\]8;([^\x1b]*)\x1b\\", terminal.raw)
    assert any(mark.endswith(b";https://a.example/%C3%A9%3Bx") for mark in marks) == leads
    assert all(mark == b";" or b"a.example" in mark for mark in marks)
    assert len(borders(terminal)) == 1 and "*now*" in terminal.transcript

"""Random Unicode through the whole program into terminals that are not ours: pyte, and tmux."""

import os
import random
import re
import subprocess

import pytest
from wcwidth import wcswidth

from system import eventually
from terminal import BINARY

RUNS = int(os.environ.get("SCREEN_RUNS", "2"))
PIECES = [
    "👩‍💻", "👨‍👩‍👧‍👦", "👍🏽", "❤️", "🇨🇦", "1️⃣", "你好", "한국", "e\u0301", "ش", "क्षि", "l\u200d", "👩\u200d", "🇨", "🏽", "x\ufe0f",
    "\U0001fa77", "\U0001fae8", "\U0001f6dc", "\u20c1", "\U00031350", "word", " ", "\x1b[31m", "\u202e", "\u200b", "ᄀ\u200bᅡ",
    "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", "\U0001f3f3\ufe0f\u200d\U0001f308", "ก็", "\t", "\x00",
]


def text(dice):
    parts = [
        dice.choice(PIECES) if dice.random() < 0.8 else chr(dice.choice([dice.randrange(0x20, 0xD800), dice.randrange(0xE000, 0x110000)]))
        for _ in range(dice.randint(1, 15))]
    return "".join(parts).strip() or "x"


def redraw(terminal):
    """The screen, once it has been drawn anew."""
    before = terminal.raw.count(b"\x1b[H\x1b[J")
    terminal.type("\x0c")
    terminal.wait(lambda t: t.raw.count(b"\x1b[H\x1b[J") > before and not t.held, "the redraw")
    terminal.wait_for_quiet(0.3)
    return terminal.lines[:-1]


def wait_for_end(terminal, mark):
    terminal.wait(lambda t: mark in t.transcript, mark)
    terminal.wait_for_quiet(0.3)


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_redraw_never_changes_what_is_seen(chat, backend, seed):
    dice = random.Random(seed)
    backend.names["bob"] = "B" + text(dice)
    for _ in range(8):
        backend.say("bob", text(dice))
    backend.say("bob", f"end{seed}.")
    terminal = chat()
    wait_for_end(terminal, f"end{seed}.")
    for keys in ["", text(dice).replace("\x1b", "").replace("\x00", "").replace("\t", ""), "\x1b[5~", "\x1bOP", "\x1b", "\x06"]:
        terminal.type(keys)
        terminal.wait_for_quiet(0.3)
        before = redraw(terminal)
        assert redraw(terminal) == before, f"seed {seed}, {keys!r}"
        if keys in ["", "\x1b[5~"]:
            borders = {wcswidth(line[: line.index("│")]) for line in terminal.lines if "│" in line}
            assert len(borders) == 1, f"seed {seed}: {borders}"


def test_in_tmux_a_redraw_changes_nothing_and_the_border_stands(backend, folder):
    dice = random.Random(1)
    for _ in range(8):
        backend.say("bob", text(dice))
    backend.say("bob", "end.")
    socket = f"{folder}/tmux"

    def tmux(*arguments):
        return subprocess.run(["tmux", "-u", "-S", socket, *arguments], capture_output=True, text=True, timeout=60).stdout

    def lines():
        return tmux("capture-pane", "-p").split("\n")[:29]

    def settled(condition):
        last = None
        for _ in range(300):
            now = lines()
            if now == last and condition(now):
                return now
            last = now
            subprocess.run(["sleep", "0.1"], check=True)
        raise AssertionError("\n".join(now))

    tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", f"{BINARY} --config {backend.configuration(folder)}")
    try:
        first = settled(lambda now: any("end." in line for line in now) and any("│" in line for line in now))
        drawn = f"{folder}/drawn"
        tmux("pipe-pane", f"cat >{drawn}")
        tmux("send-keys", "C-l")
        is_cleared = lambda: os.path.exists(drawn) and re.search(rb"\x1b\[\d?J", open(drawn, "rb").read())
        eventually(is_cleared, "the redraw", timeout=120)
        again = settled(lambda now: any("end." in line for line in now))
        assert [line for line in first if "refreshed" not in line] == [line for line in again if "refreshed" not in line]
        assert sum("│" in line for line in again) > 20
    finally:
        tmux("kill-server")

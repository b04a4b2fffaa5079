"""A person's terminal: a pseudo-terminal with a screen that can be read."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import pyte
from wcwidth import wcwidth

BINARY = os.environ.get("CRUDDUR", os.path.join(
    os.path.dirname(__file__), "../../.build", os.environ.get("BUILD", "release"), "cruddur"))


def rows_of(output):
    """What a command has printed with --json: an object a line."""
    return [json.loads(line) for line in output.splitlines()]


def kept_under(home):
    """The files of sign-ins."""
    place = home + "/.local/state/cruddur/sign-ins"
    return [f"{place}/{name}" for name in os.listdir(place)] if os.path.exists(place) else []


class AnsweringScreen(pyte.Screen):
    """Answers what terminals are asked, such as where the cursor is."""

    answer = staticmethod(lambda text: None)

    def draw(self, data):
        # The library drops what follows a joiner or a selector; terminals do not.
        for character in data:
            super().draw(character)

    def write_process_input(self, data):
        self.answer(data)

    def repeat_last(self, count=1):
        """REP, which terminfo promises of xterm and the library does not know."""
        self.draw(self.buffer[self.cursor.y][self.cursor.x - 1].data * (count or 1))


class Stream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "b": "repeat_last"}
    events = pyte.ByteStream.events | {"repeat_last"}


class Terminal:
    """Runs cruddur with `arguments`; `close` ends it, whatever it does.

    A frame between the marks of synchronised output is seen when all of it has come, as on a person's terminal:
    what is read never is half of a screen.
    """

    frame_begins, frame_ends = b"\x1b[?2026h", b"\x1b[?2026l"
    asked_for_frames = b"\x1b[?2026$p"

    # Somebody's shell: what it runs may be suspended, and goes on at Enter. Its end is the shell's.
    shell = 'set -m; "$@"; code=$?; while [ $code = 148 ]; do read -r; fg >/dev/null; code=$?; done; exit $code'

    def __init__(self, *arguments, width=100, height=30, env=None, program=None, in_shell=False):
        self.raw, self.held = b"", b""
        self.screen = AnsweringScreen(width, height)
        self.screen.answer = lambda text: os.write(self.fd, text.encode())
        self.stream = Stream(self.screen)
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            home = os.environ.get("CRUDDUR_TEST_HOME", "/nonexistent")
            os.environ.update({"TERM": "screen-256color", "LANG": "C.UTF-8", "HOME": home}, **(env or {}))
            # Whoever reads the size at once must find it.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
            command = program or [BINARY, *arguments]
            if in_shell:
                command = ["/bin/bash", "-c", self.shell, "bash", *command]
            os.execv(command[0], command)

    # Doing

    def type(self, text):
        data = text.encode()
        while data:
            # A terminal takes no more than it can hold; what comes back must be read meanwhile.
            _, writable, _ = select.select([], [self.fd], [], 0.05)
            if writable:
                data = data[os.write(self.fd, data[:1024]):]
            self.read(0)

    def paste(self, text):
        self.type("\x1b[200~" + text + "\x1b[201~")

    def resize(self, width, height):
        self.screen.resize(height, width)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def signal(self, number):
        os.kill(self.pid, number)

    # Seeing

    def read(self, timeout):
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        asked = self.raw.count(self.asked_for_frames)
        self.raw += data
        if self.raw.count(self.asked_for_frames) > asked:
            os.write(self.fd, b"\x1b[?2026;2$y")
        self.show(data)
        return bool(data)

    def show(self, data):
        """Draws what is whole, or all if nothing more comes."""
        self.held += data
        whole = len(self.held)
        if data:
            begin = self.held.rfind(self.frame_begins)
            if begin > self.held.rfind(self.frame_ends):
                whole = begin
            elif match := re.search(rb"\x1b(\[(\?(2(0(26?)?)?)?)?)?$", self.held):
                whole = match.start()
        self.stream.feed(self.held[:whole])
        self.held = self.held[whole:]

    def line(self, y):
        """The row's text; the second half of a wide character is no text."""
        row, text, x = self.screen.buffer[y], "", 0
        while x < self.screen.columns:
            data = row[x].data
            text += data or " "
            x += 2 if data and wcwidth(data[0]) == 2 else 1
        return text

    @property
    def lines(self):
        return [self.line(y).rstrip() for y in range(self.screen.lines)]

    @property
    def text(self):
        return "\n".join(self.lines)

    def pane(self, left):
        """The text of the left or the right pane."""
        parts = [re.split("[│┼├]", line, maxsplit=1) for line in self.lines]
        return "\n".join(part[0 if left else -1] for part in parts if len(part) == 2)

    @property
    def groups(self):
        return self.pane(left=True)

    @property
    def transcript(self):
        return self.pane(left=False)

    @property
    def prose(self):
        """The right pane in one line, however it is wrapped."""
        return " ".join(self.transcript.split())

    @property
    def partner(self):
        """Who the open conversation is with, as its title says."""
        return self.transcript.split("\n")[0].strip()

    @property
    def selected(self):
        """The row that is marked in the list of conversations."""
        return next((line[1:] for line in self.groups.split("\n") if line.startswith("▌")), "")

    @property
    def compose(self):
        """What stands in the compose line: a hint, if nothing does."""
        rows = self.transcript.split("\n")
        first = max((y for y, row in enumerate(rows) if row.startswith("› ")), default=len(rows))
        return "\n".join(row[2:] for row in rows[first:])

    def wait(self, condition, what, timeout=120):
        """Reads until `condition` holds. The limit only catches what never comes."""
        end = time.monotonic() + timeout
        while not condition(self):
            if time.monotonic() > end:
                raise AssertionError(f"never came: {what}\n{self.text}")
            self.read(0.1)

    def wait_for(self, text, timeout=120):
        self.wait(lambda terminal: text in terminal.text, text, timeout)

    def wait_for_sent(self, text):
        """Until `text` stands in the transcript with its mark, and maybe how late the stream was."""
        self.wait(lambda terminal: re.search(re.escape(text) + r"( +[\d.]+ s)? +✓", terminal.transcript), f"{text}, sent")

    def wait_for_partner(self, handle):
        """Until the conversation with `handle` is in front."""
        self.wait(lambda terminal: f"@{handle}" in terminal.partner, f"the conversation with {handle}")

    def wait_for_outbox(self, text):
        """Until `text` has left the compose line for the outbox, where its mark is not yet that of a sent one."""
        self.wait(lambda terminal: re.search(re.escape(text) + " +[◦…?]", terminal.transcript), f"{text}, in the outbox")

    def wait_for_answer(self, text, name):
        """Until `name` has written something below `text`."""
        pattern = re.escape(text) + r"[\s\S]*\n +" + re.escape(name) + r" \d\d:\d\d\n"
        self.wait(lambda terminal: re.search(pattern, terminal.transcript), f"{name}'s answer")

    def wait_for_quiet(self, seconds):
        """Until nothing has been drawn for so long."""
        while self.read(seconds):
            pass

    def wait_for_polls(self, count):
        """Has it poll until the status line has told of `count` more refreshes."""
        for _ in range(count):
            before = refreshed(self)
            while refreshed(self) == before:
                self.type("\x12")
                self.read(0.2)

    # Ending

    def wait_for_exit(self, timeout=120):
        end = time.monotonic() + timeout
        while self.status is None:
            if time.monotonic() > end:
                raise AssertionError(f"never ended\n{self.text}")
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        while self.read(0):
            pass
        return self.status

    @property
    def modes(self):
        return termios.tcgetattr(self.fd)

    def close(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.kill(self.pid, signal.SIGCONT)
                _, self.status = os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        os.close(self.fd)


def refreshed(terminal):
    match = re.search(r"(?:refreshed|at) (\d\d:\d\d:\d\d)", terminal.text)
    return match and match[1]

"""The chat in lines, without a screen."""

import os
import re
import subprocess
import threading

import pytest

from system import eventually
from terminal import BINARY


class Plain:
    """`cruddur ... --plain`: what it has said, and lines for it."""

    def __init__(self, *arguments, env=None):
        self.process = subprocess.Popen(
            [BINARY, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **(env or {})})
        self.lines = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def type(self, *lines):
        for line in lines:
            self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    @property
    def text(self):
        return "".join(self.lines)

    def wait_for(self, pattern):
        eventually(lambda: re.search(pattern, self.text, re.M), f"{pattern} in\n{self.text}")

    def end(self):
        self.process.stdin.close()
        return self.process.wait(timeout=60)


@pytest.fixture
def plain(request):
    started = []

    def plain(*arguments, **options):
        started.append(Plain(*arguments, **options))
        return started[-1]

    yield plain
    for one in started:
        one.process.kill()


def test_a_visit_in_lines(plain, folder):
    chat = plain("demo", "--data", folder, "--plain")
    chat.wait_for("^Cruddur, line by line")
    chat.wait_for(r"^@mei, Mei Tanaka")
    chat.wait_for("^You talk to Mei Tanaka, @mei\\.$")
    chat.wait_for(r"^\d\d:\d\d (mei|you): ")
    chat.type("hello in lines")
    chat.wait_for("^Sent\\.$")
    # Somebody answers, and nothing that was typed is told once more.
    chat.wait_for("^mei: ")
    assert "hello in lines" not in chat.text
    chat.type("/to tomasz", "/nonsense", "//slash", "/list", "/help", "/unsent")
    chat.wait_for("^You talk to Tomasz")
    chat.wait_for("^There is no command /nonsense: nothing was sent")
    chat.wait_for("^/to HANDLE: talk to somebody")
    chat.wait_for("^Everything was sent\\.|^to @tomasz, ")
    chat.type("/search lines")
    chat.wait_for("with @mei, nia: hello in lines")
    chat.type("/to nobody-like-that", "/to nia", "/read 0", "/read 2")
    chat.wait_for("^Nobody here has the handle @nobody-like-that\\.")
    chat.wait_for("^That is you")
    chat.wait_for("^/read takes a number from 1 to 200")
    chat.wait_for(r"^\d\d:\d\d you: /slash( \(|$)")
    chat.type("/quit")
    assert chat.process.wait(timeout=60) == 0
    assert not re.search("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]", chat.text)


def test_what_comes_in_another_conversation_says_from_whom(plain, folder):
    first = plain("demo", "--data", folder, "--plain")
    first.wait_for("^You talk to Mei Tanaka")
    other = plain("demo", "--data", folder, "--as", "lena", "--plain")
    other.wait_for("^You talk to |^No conversations yet")
    other.type("/to nia", "hi \x1b[2J nia", "")
    other.wait_for("^Sent\\.$")
    first.wait_for("^@lena writes: hi .*nia$")
    assert "\x1b" not in first.text
    first.type("/next")
    first.wait_for("^You talk to Lena")
    assert other.end() == 0 and first.end() == 0


def test_a_terminal_that_can_do_nothing_gets_lines_by_itself(start, folder):
    terminal = start("demo", "--data", folder, env={"TERM": "dumb"}, width=100, height=40)
    terminal.wait_for("You talk to Mei Tanaka")
    terminal.type("typed on a dumb terminal\r")
    terminal.wait_for("Sent.")
    terminal.type("\x04")
    terminal.wait_for_exit()
    assert terminal.status == 0
    assert b"\x1b" not in terminal.raw


def test_without_a_server_it_is_said_once_and_what_is_written_waits(plain, backend, folder):
    path = backend.configuration(folder)
    home = {"HOME": folder, "XDG_DATA_HOME": folder + "/data"}
    known = plain("--config", path, "--plain", env=home)
    known.wait_for("^You talk to ")
    assert known.end() == 0
    backend.rule("GET /api", status=503)
    backend.rule("POST /api", status=503)
    chat = plain("--config", path, "--plain", env=home)
    chat.wait_for("^Offline: .*What you write waits\\.$")
    chat.wait_for("^You talk to ")
    chat.type("it waits")
    assert chat.end() == 0
    assert chat.text.count("Offline:") == 1
    assert "1 message waits for the next time" in chat.text
    backend.calm()
    again = plain("--config", path, "--plain", env=home)
    again.wait_for("^You talk to ")
    eventually(lambda: any("it waits" in str(posted) for posted in backend.posted), "the message that waited")


def test_a_line_goes_to_whom_one_has_turned_to_however_late_the_list_comes(plain, backend, folder):
    path = backend.configuration(folder)
    home = {"HOME": folder, "XDG_DATA_HOME": folder + "/data"}
    answers = threading.Event()
    backend.rule("GET /api/message_groups", until=answers)
    chat = plain("--config", path, "--plain", env=home)
    chat.wait_for("^Cruddur, line by line")
    chat.type("/to ana")
    chat.wait_for("^You talk to Ana")
    answers.set()
    chat.wait_for(r"^@bob, ")
    chat.type("for ana alone")
    chat.wait_for(r"^Sent\.$")
    assert ("ana", "for ana alone") in backend.posted and len(backend.posted) == 1


def test_a_draft_of_the_chat_stays_when_a_line_is_sent(plain, demo, folder):
    terminal = demo()
    terminal.type("half a thought")
    terminal.wait_for_quiet(1.5)
    terminal.type("\x11")
    terminal.wait_for_exit()
    chat = plain("demo", "--data", folder, "--plain")
    chat.wait_for("^You talk to Mei")
    chat.type("ok")
    chat.wait_for(r"^Sent\.$")
    assert chat.end() == 0
    again = demo(until="half a thought")
    assert "half a thought" in again.text


def test_what_is_piped_in_before_the_list_has_come_is_sent(folder):
    done = subprocess.run(
        [BINARY, "demo", "--plain", "--data", folder], input="piped at once\n", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "You talk to nobody" not in done.stdout
    again = subprocess.run(
        [BINARY, "demo", "--plain", "--data", folder], input="/read 200\n", capture_output=True, text=True, timeout=120)
    assert "you: piped at once" in again.stdout, again.stdout


def test_who_has_joined_is_told_that_the_demo_has_ended(plain, folder):
    first = plain("demo", "--data", folder, "--plain")
    first.wait_for("^You talk to Mei")
    joined = plain("demo", "--data", folder, "--as", "mei", "--plain")
    joined.wait_for("^You talk to ")
    first.process.kill()
    joined.wait_for("^The demo has ended")
    assert joined.process.wait(timeout=60) == 0


def test_a_terminal_without_a_screen_refuses_what_needs_one(run, folder):
    for option in (["--tour"], ["--present"], ["--record", folder + "/x.cast"]):
        done = run("demo", "--data", folder, *option, env={**os.environ, "TERM": "dumb"})
        assert done.returncode == 64 and "has no screen" in done.stderr

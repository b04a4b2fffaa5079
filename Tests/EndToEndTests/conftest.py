import os
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.dirname(__file__))
from hostile import Backend  # noqa: E402
from served import Served  # noqa: E402
from system import System  # noqa: E402
from terminal import BINARY, Terminal  # noqa: E402

# Whoever is started in the background is deaf to Ctrl-C, and so would be all that is started here.
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def folder(monkeypatch):
    path = tempfile.mkdtemp(prefix="cruddur-e2e-")
    # Nothing of a test may land in the home of whoever runs it.
    monkeypatch.setenv("CRUDDUR_TEST_HOME", path)
    monkeypatch.setenv("HOME", path)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def start():
    """Starts terminals that end with the test."""
    started = []

    def start(*arguments, **options):
        terminal = Terminal(*arguments, **options)
        started.append(terminal)
        return terminal

    yield start
    for terminal in reversed(started):
        terminal.close()


@pytest.fixture
def demo(start, folder):
    """A demo that is on screen, as @nia."""

    def demo(*arguments, until="this terminal is open", **options):
        options.setdefault("width", 120)
        terminal = start("demo", "--data", folder, *arguments, **options)
        terminal.wait_for(until)
        return terminal

    return demo


@pytest.fixture
def system(folder):
    """A deployment on PostgreSQL and the AWS emulator."""
    system = System()
    yield system
    system.close()


@pytest.fixture
def served(folder):
    """A server on an embedded table, with two users."""
    served = Served(folder=folder)
    yield served
    served.close()


@pytest.fixture
def backend():
    """A backend in memory that does what a test wants of it."""
    backend = Backend()
    yield backend
    backend.close()


@pytest.fixture
def chat(start, folder, backend):
    """The chat as @me on that backend, with the conversation with @bob on screen."""

    def chat(name="config", width=100, height=30, env=None, in_shell=False, **changes):
        path = backend.configuration(folder, name, **changes)
        terminal = start("--config", path, width=width, height=height, env=env, in_shell=in_shell)
        newest = backend.group_rows()[0]["handle"]
        terminal.wait_for_partner(newest)
        terminal.wait(lambda t: "connected" in t.lines[-1] and "@tomasz" in t.groups, "the connection")
        if newest != "bob":
            terminal.type("\x06bob\r")
            terminal.wait_for_partner("bob")
        return terminal

    return chat


@pytest.fixture
def run(folder):
    """Runs a command without a terminal."""

    def run(*arguments, **options):
        return subprocess.run(
            [BINARY, *arguments], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, **options
        )

    return run


@pytest.fixture
def small_disk(folder):
    """A file system of its own; what cannot be mounted here is not tested here."""
    path = folder + "/small"
    os.mkdir(path)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path], capture_output=True).returncode != 0:
        pytest.skip("a small tmpfs cannot be mounted by this user")
    yield path
    subprocess.run(["umount", "-l", path], check=True)

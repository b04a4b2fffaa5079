"""The examples do what they say, on a demo."""

import os
import subprocess
import time

import pytest

from terminal import BINARY

EXAMPLES = os.path.join(os.path.dirname(__file__), "../../examples")


@pytest.fixture
def person(folder, demo):
    """Runs an example as Nia, whose demo is running."""
    demo()

    def person(script, *arguments, **environment):
        path = os.path.dirname(BINARY) + ":" + os.environ["PATH"]
        return subprocess.run(
            [f"{EXAMPLES}/{script}", *arguments], capture_output=True, text=True, timeout=60,
            env={**os.environ, "PATH": path, "CRUDDUR_CONFIG": folder + "/config-nia.json",
                 "XDG_CACHE_HOME": folder + "/cache", **environment})

    return person


def cruddur(folder, who, *arguments):
    environment = {**os.environ, "CRUDDUR_CONFIG": f"{folder}/config-{who}.json"}
    return subprocess.run([BINARY, *arguments], env=environment, capture_output=True, text=True, timeout=60)


def until(what, condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.2)


def test_a_report_of_full_disks_is_sent_once_and_silence_means_all_is_well(folder, person):
    done = person("cron/disk-report", "@lena", "101")
    assert (done.returncode, done.stdout) == (0, "")
    done = person("cron/disk-report", "@lena", "0")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    said = cruddur(folder, "nia", "messages", "@lena").stdout
    assert said.count("nearly full") == 1
    done = person("cron/disk-report", "@nobody-of-that-name", "0")
    assert done.returncode == 5 and "nobody-of-that-name" in done.stdout
    done = person("cron/disk-report", "@lena", "0", CRUDDUR_BACKEND_URL="http://127.0.0.1:1")
    assert done.returncode == 3 and "tomorrow is another try" in done.stdout


def test_a_prompt_says_what_is_unread_and_never_waits(folder, person):
    def shown(**environment):
        return person("prompt/cruddur-unread", CRUDDUR_UNREAD_SECONDS="0", **environment).stdout

    shown()
    before = int((shown() or "✉ 0").split()[1])
    assert cruddur(folder, "lena", "send", "@nia", "one more").returncode == 0
    until("one more", lambda: shown() == f"✉ {before + 1}")
    # A server that does not answer is nobody's to wait for, and no reason to forget.
    assert shown(CRUDDUR_BACKEND_URL="http://192.0.2.1:9") == f"✉ {before + 1}"


def test_tmux_shows_it_in_its_status_line(folder, person, start):
    cruddur(folder, "lena", "send", "@nia", "for the status line")
    until("a count", lambda: person("prompt/cruddur-unread", CRUDDUR_UNREAD_SECONDS="0").stdout.startswith("✉"))
    path = f"{EXAMPLES}/prompt:{os.path.dirname(BINARY)}:{os.environ['PATH']}"
    environment = {
        **os.environ, "PATH": path, "CRUDDUR_CONFIG": folder + "/config-nia.json", "XDG_CACHE_HOME": folder + "/cache"}
    tmux = ["tmux", "-S", folder + "/tmux", "-f", f"{EXAMPLES}/tmux/cruddur.conf"]
    subprocess.run([*tmux, "new-session", "-d", "-x", "80", "-y", "24", "cat"], env=environment, check=True)
    try:
        attached = start(program=["/usr/bin/env", "tmux", "-S", folder + "/tmux", "attach"], env={"TERM": "xterm-256color"})
        attached.wait(lambda t: "✉" in t.lines[-1], "the count in the status line")
        keys = subprocess.run([*tmux, "list-keys", "-T", "prefix", "C"], capture_output=True, text=True).stdout
        assert "display-popup" in keys and "cruddur" in keys
    finally:
        subprocess.run([*tmux, "kill-server"])

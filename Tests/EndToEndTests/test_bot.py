"""The bot of the tutorial, in the demo."""

import json
import os
import signal
import subprocess

import pytest

from terminal import BINARY

BOT = os.path.join(os.path.dirname(BINARY), "EchoBot")


@pytest.fixture
def bot(folder):
    started = []

    def bot(configuration=None):
        started.append(
            subprocess.Popen(
                [BOT], env={**os.environ, "CRUDDUR_CONFIG": configuration or folder + "/config-tomasz.json"},
                stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield bot
    for process in started:
        process.kill()
        process.wait()


def run(folder, *arguments):
    environment = {**os.environ, "CRUDDUR_CONFIG": folder + "/config-nia.json"}
    return subprocess.run([BINARY, *arguments], env=environment, capture_output=True, text=True, timeout=60)


def send(folder, text):
    assert run(folder, "send", "@tomasz", text).returncode == 0


def said(folder):
    """What Tomasz has said, as a command tells that has just asked."""
    lines = run(folder, "messages", "@tomasz", "--json").stdout.splitlines()
    return [message["message"] for message in map(json.loads, lines) if message["handle"] == "tomasz"]


def end(process):
    process.send_signal(signal.SIGINT)
    return process.wait(timeout=120)


def test_it_answers_each_message_of_others_once_also_what_came_while_it_was_away(demo, bot, folder):
    terminal = demo()

    def is_there(_):
        send(folder, "are you there")
        return "are you there" in said(folder)

    first = bot()
    # What was said before its first list is no news to it.
    terminal.wait(is_there, "its first answer")
    for text in ("one", "two"):
        send(folder, text)
    terminal.wait(lambda _: {"one", "two"} <= set(said(folder)), "its answers")
    assert end(first) == 0
    send(folder, "three")
    second = bot()
    terminal.wait(lambda _: "three" in said(folder), "its answer to what came while it was away")
    assert end(second) == 0
    assert [said(folder).count(text) for text in ("one", "two", "three")] == [1, 1, 1]


def test_without_a_configuration_it_says_why_and_ends(bot, folder):
    process = bot(folder + "/none.json")
    assert process.wait(timeout=120) == 1
    assert "there is no such file" in process.stderr.read()

"""The chat in other languages than English."""

import json
import os
import subprocess

import pytest

from terminal import BINARY

ROOT = os.path.join(os.path.dirname(__file__), "../..")
GERMAN = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "de_DE.UTF-8"}


@pytest.fixture
def languages(folder):
    """The folder of a person's own languages, and the variables with which it is found."""
    home = folder + "-home"
    os.makedirs(home + "/.config/cruddur/languages")
    return home + "/.config/cruddur/languages", {"HOME": home, "XDG_CONFIG_HOME": home + "/.config"}


def test_the_chat_speaks_the_language_of_the_system(demo):
    terminal = demo(env=GERMAN, until="An Mei Tanaka schreiben")
    terminal.wait_for("verbunden")
    terminal.wait_for("Heute")
    terminal.type("/help\r")
    terminal.wait_for("die Nachricht senden")
    terminal.type("\x1b")
    terminal.wait_for("An Mei Tanaka schreiben")
    terminal.type("/nosuch\r")
    terminal.wait_for("Einen Befehl /nosuch gibt es nicht")
    # What a thread that is no task's child does, and what tasks do.
    terminal.type("\x15\x0enobody\r")
    terminal.wait_for("Niemand hier hat das Handle @nobody.")
    assert "connected" not in terminal.text and "Write" not in terminal.text


def test_the_setting_counts_more_than_the_system(demo):
    terminal = demo(env={**GERMAN, "CRUDDUR_LANGUAGE": "en"}, until="Write to Mei Tanaka")
    terminal.wait_for("connected")


def test_the_chat_in_lines_speaks_it_and_commands_do_not(folder, run):
    plain = subprocess.run(
        [BINARY, "demo", "--data", folder, "--plain"], input="/help\n/nosuch\n", capture_output=True, text=True,
        timeout=120, env={**os.environ, **GERMAN})
    assert plain.stdout.startswith("Cruddur, Zeile für Zeile.")
    assert "/to HANDLE: mit jemandem reden" in plain.stdout and "Einen Befehl /nosuch gibt es nicht" in plain.stdout
    assert "Du redest mit Mei Tanaka, @mei." in plain.stdout
    assert "send the message" in run("help", "keys", env={**os.environ, **GERMAN}).stdout


def test_a_language_of_ones_own_is_a_file_and_a_slip_is_told_with_its_line(demo, languages):
    folder, env = languages
    template = subprocess.run([ROOT + "/scripts/language-template"], capture_output=True, text=True, check=True)
    texts = json.loads(template.stdout)
    assert len(texts) > 700 and all(english == text for english, text in texts.items())
    texts["Write to %1"] = "Schrijf aan %1"
    with open(folder + "/nl.json", "w") as file:
        json.dump(texts, file, ensure_ascii=False, indent=4)
    terminal = demo(env={**env, "CRUDDUR_LANGUAGE": "nl"}, until="Schrijf aan Mei Tanaka")
    terminal.wait_for("connected")
    terminal.type("\x11")
    assert terminal.wait_for_exit() == 0
    with open(folder + "/slip.json", "w") as file:
        file.write('{"connected": "verbonden",\n"Write to %1": "Schrijf aan %2"}')
    slip = demo(env={**env, "CRUDDUR_LANGUAGE": "slip"}, until="has no %2", width=200)
    assert os.WEXITSTATUS(slip.wait_for_exit()) == 1
    assert "slip.json, line 2: " in slip.text


def test_a_language_that_is_not_there_is_told(demo, languages):
    terminal = demo(env={**languages[1], "CRUDDUR_LANGUAGE": "tlh"}, until="there is no language tlh", width=200)
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 1
    assert "there are auto, en, de, and files such as" in terminal.text

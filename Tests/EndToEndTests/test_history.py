"""What outlives the program, and what does not stop it."""

import json
import os
import re
import stat
import subprocess

import pytest

from faults import Proxy
from test_demo import draft_in
from terminal import rows_of


def configuration(folder, name, **changes):
    """@mei's, in a file of its own."""
    settings = json.load(open(f"{folder}/config-mei.json"))
    settings["history"] = {"path": f"{folder}/{name}.sqlite"}
    settings.update(changes)
    path = f"{folder}/{name}.json"
    with open(path, "w") as file:
        json.dump(settings, file)
    return path


@pytest.fixture
def network(demo, folder):
    """A demo behind a network that can be cut."""
    demo()
    url = json.load(open(f"{folder}/config-mei.json"))["backend_url"].removeprefix("http://").split(":")
    proxy = Proxy((url[0], int(url[1])))
    yield proxy
    proxy.close()


class Cut:
    """Nothing gets through."""

    def post(self, number):
        return "cut before", None

    def get(self, number):
        return "cut before", True


def test_without_a_network_there_is_what_was_said_and_what_is_written_goes_later(start, network, folder):
    path = configuration(folder, "offline", backend_url=f"http://127.0.0.1:{network.port}")
    first = start("--config", path)
    first.wait(lambda t: "Nia Okafor" in t.transcript and "connected" in t.text, "the conversation")
    first.wait_for("on")
    first.type("\x11")
    first.wait_for_exit()
    port = network.port
    network.close()
    second = start("--config", path, width=140)
    second.wait(lambda t: "offline since" in t.text and "Nia Okafor" in t.transcript, "the history")
    second.type("written on a train\r")
    second.wait(lambda t: "written on a train" in t.transcript and "◦" in t.transcript, "the waiting message")
    second.type("\x11")
    assert os.WEXITSTATUS(second.wait_for_exit()) == 0
    assert "1 message waits to be sent" in second.raw.decode()
    path = configuration(folder, "offline")
    third = start("--config", path)
    third.wait_for_sent("written on a train")
    assert third.transcript.count("written on a train") == 1


def test_when_one_list_gets_through_again_the_other_is_not_waited_for(start, network, folder):
    class Plain:
        """A server that holds no answers, and can be cut off."""

        isCut = False

        def post(self, number):
            return "none", None

        def get(self, number):
            return "cut before" if self.isCut else "none", False

    network.plan = plan = Plain()
    path = configuration(folder, "patient", backend_url=f"http://127.0.0.1:{network.port}",
                         polling={"open_conversation_seconds": 0.2, "groups_seconds": 50})
    client = start("--config", path, width=140)
    client.wait(lambda t: "Nia Okafor" in t.transcript and "connected" in t.text, "the conversation")
    plan.isCut = True
    # Both try, and both fail.
    client.type("\x12")
    client.wait_for("offline since")
    plan.isCut = False
    client.wait(lambda t: "connected" in t.text, "the connection", timeout=120)


def test_the_right_person_sees_the_unread_line_after_a_restart(demo, start, run, folder):
    demo()
    path = configuration(folder, "reader")
    reader = start("--config", path)
    reader.wait(lambda t: "Nia Okafor" in t.transcript, "the conversation")
    reader.type("\x11")
    reader.wait_for_exit()
    for number in range(3):
        assert run("send", "mei", f"while you were away {number}", "--config", folder + "/config-nia.json").returncode == 0
    again = start("--config", path)
    again.wait(lambda t: "─ new ─" in t.transcript and "away 2" in t.transcript, "the unread line")
    again.type("\x11")
    again.wait_for_exit()
    third = start("--config", path)
    third.wait(lambda t: "away 2" in t.transcript, "the conversation")
    assert "─ new ─" not in third.transcript


def test_two_clients_on_one_history_agree_on_what_is_read(demo, start, run, folder):
    demo()
    path = configuration(folder, "both")
    one = start("--config", path, width=110)
    one.wait(lambda t: "Nia Okafor" in t.transcript, "the conversation")
    two = start("--config", path, width=110)
    two.wait(lambda t: "Nia Okafor" in t.transcript, "the conversation")
    # Both look elsewhere: at a conversation that is not there yet.
    for terminal in (one, two):
        terminal.type("\x0elena\r")
        terminal.wait_for("Write to Lena Fischer")
    assert run("send", "mei", "seen by one of you", "--config", folder + "/config-nia.json").returncode == 0
    for terminal in (one, two):
        terminal.wait(lambda t: "seen by one of you" in t.groups and "1 unread" in t.groups, "the unread count")
    one.type("\x06nia\r")
    one.wait(lambda t: "seen by one of you" in t.transcript and "unread" not in t.groups, "read here")
    two.wait(lambda t: "unread" not in t.groups, "read there")
    one.type("and one line for both\r")
    one.wait_for_sent("and one line for both")
    two.type("\x06nia\r")
    two.wait_for_sent("and one line for both")
    assert two.transcript.count("and one line for both") == 1


class CutPosts(Cut):
    """What is read gets through, what is written does not."""

    def get(self, number):
        return "none", True


@pytest.mark.parametrize("plan", [Cut, CutPosts])
def test_what_a_killed_client_had_in_line_is_sent_by_the_one_that_lives(start, network, folder, plan):
    path = configuration(folder, "both", backend_url=f"http://127.0.0.1:{network.port}")
    one = start("--config", path)
    one.wait(lambda t: "Nia Okafor" in t.transcript and "connected" in t.text, "the conversation")
    one.wait_for_polls(1)
    network.plan = plan()
    one.type("from the grave\r")
    one.wait_for_outbox("from the grave")
    one.type("and another\r")
    one.wait_for_outbox("and another")
    one.signal(9)
    one.wait_for_exit()
    network.plan = None
    two = start("--config", path)
    # What the network took may have arrived. This server keeps keys, so it is sent again, and nobody is asked.
    two.wait_for_sent("from the grave")
    two.wait_for_sent("and another")


def test_search_finds_and_jumps(demo):
    terminal = demo()
    terminal.type("\x1b[1;5H")
    terminal.wait_for("Is this thing on?")
    terminal.type("\x1b[1;5F")
    terminal.wait_for("this terminal is open")
    terminal.type("\x13is this thing")
    terminal.wait(lambda t: "Is this thing on?" in t.text and "Search all messages" in t.text, "the hit")
    terminal.type("\r")
    terminal.wait(lambda t: "Is this thing on?" in t.transcript and "below" in t.transcript, "the message")


def test_search_export_and_forget_without_a_server(demo, run, folder):
    terminal = demo()
    config = ["--config", folder + "/config-nia.json"]
    terminal.type("an <b>unmistakable</b> *sentence*\r")
    terminal.wait_for_sent("an <b>unmistakable</b> *sentence*")
    terminal.type("\x11")
    terminal.wait_for_exit()
    hits = rows_of(run("search", "unmistak", "--json", *config).stdout)
    assert [hit["message"] for hit in hits] == ["an <b>unmistakable</b> *sentence*"]
    assert hits[0]["with"] == "mei" and hits[0]["handle"] == "nia"
    assert "unmistakable" in run("search", "sentence", *config).stdout
    assert run("search", "nowhere to be found", *config).stdout == ""
    whole = json.loads(run("export", "@mei", "--format", "json", *config).stdout)
    assert whole["with"]["handle"] == "mei"
    assert whole["messages"][-1]["message"] == hits[0]["message"] or hits[0]["message"] in [
        message["message"] for message in whole["messages"]]
    page = folder + "/mei.html"
    assert run("export", "mei", "--format", "html", "--output", page, *config).returncode == 0
    assert "an &lt;b&gt;unmistakable&lt;/b&gt; *sentence*" in open(page).read()
    assert stat.S_IMODE(os.stat(page).st_mode) == 0o600
    assert "\\*sentence\\*" in run("export", "mei", *config).stdout
    nobody = run("export", "nobody", *config)
    assert nobody.returncode != 0 and "no conversation with nobody" in nobody.stderr
    refused = run("forget", "--all", *config)
    assert refused.returncode != 0 and "--yes" in refused.stderr
    assert run("forget", "--conversation", "@mei", "--yes", *config).returncode == 0
    assert run("search", "unmistak", *config).stdout == ""
    assert run("forget", "--all", "--yes", *config).returncode == 0
    for name in os.listdir(folder + "/history"):
        assert b"unmistakable" not in open(f"{folder}/history/{name}", "rb").read()


def test_history_can_be_turned_off(demo, start, run, folder):
    demo()
    path = configuration(folder, "off", history={"enabled": False, "path": f"{folder}/off.sqlite"})
    terminal = start("--config", path)
    terminal.wait(lambda t: "Nia Okafor" in t.transcript, "the conversation")
    terminal.type("not on any disk\r")
    terminal.wait_for_sent("not on any disk")
    terminal.type("a draft")
    terminal.wait_for("a draft")
    terminal.type("\x11")
    terminal.wait_for("would be lost")
    terminal.type("\x11")
    terminal.wait_for_exit()
    assert not os.path.exists(f"{folder}/off.sqlite")
    assert "history.enabled is false" in run("search", "disk", "--config", path).stderr


# MARK: Disks in trouble


def fill(disk):
    with open(disk + "/filler", "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 1024)
        except OSError:
            pass


def test_a_full_disk_is_said_and_nothing_typed_is_lost(demo, start, folder, small_disk):
    demo()
    path = configuration(folder, "full", history={"path": small_disk + "/history.sqlite"})
    terminal = start("--config", path, width=140)
    terminal.wait(lambda t: "Nia Okafor" in t.transcript and "connected" in t.text, "the conversation")
    fill(small_disk)
    terminal.type("written on a full disk\r")
    terminal.wait(lambda t: "the disk is full" in t.text, "the fault")
    terminal.wait_for_sent("written on a full disk")
    terminal.type("a draft on a full disk")
    terminal.wait_for("a draft on a full disk")
    terminal.type("\x11")
    terminal.wait_for("would be lost")
    terminal.type("\x1b")
    terminal.wait(lambda t: "would be lost" not in t.text, "the chat again")
    # There is room again: all that was written meanwhile goes to the disk.
    os.unlink(small_disk + "/filler")
    terminal.type("\x12")
    terminal.wait(lambda t: "the disk is full" not in t.text, "the disk again")
    terminal.type(".")
    terminal.wait(lambda t: draft_in(small_disk + "/history.sqlite") == "a draft on a full disk.", "the draft on disk")
    terminal.signal(9)
    terminal.wait_for_exit()
    again = start("--config", path, width=140)
    again.wait_for_sent("written on a full disk")
    again.wait_for("› a draft on a full disk.")
    assert again.transcript.count("written on a full disk") == 1


def test_a_folder_that_cannot_be_written_is_said_and_the_chat_goes_on(demo, start, folder, small_disk):
    demo()
    path = configuration(folder, "locked", history={"path": small_disk + "/history.sqlite"})
    first = start("--config", path)
    first.wait(lambda t: "Nia Okafor" in t.transcript and "connected" in t.text, "the conversation")
    first.type("\x11")
    first.wait_for_exit()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    terminal = start("--config", path, width=140)
    terminal.wait(lambda t: "cannot be written" in t.text and "Nia Okafor" in t.transcript, "the fault")
    terminal.type("sent all the same\r")
    terminal.wait_for_sent("sent all the same")
    terminal.type("unsaved")
    terminal.type("\x11\x11")
    terminal.wait_for_exit()
    assert "not sent, and not kept:\r\nunsaved" in terminal.raw.decode()


def test_a_damaged_history_is_set_aside_and_the_chat_goes_on(demo, start, folder):
    demo()
    path = configuration(folder, "damaged")
    with open(f"{folder}/damaged.sqlite", "wb") as file:
        file.write(b"this is no database" * 1000)
    terminal = start("--config", path, width=160)
    terminal.wait(lambda t: "the history was damaged" in t.text, "the notice")
    terminal.wait(lambda t: "Nia Okafor" in t.transcript, "the conversation")
    aside = [name for name in os.listdir(folder) if name.startswith("damaged.sqlite.damaged-")]
    assert len(aside) == 1
    assert open(f"{folder}/{aside[0]}", "rb").read() == b"this is no database" * 1000


def test_one_is_where_one_was_the_next_time(chat, backend):
    first = chat("place")
    # No page holds more than twenty.
    for number in range(100):
        backend.say("bob", f"line {number}.")
        if number % 15 == 0:
            first.wait(lambda t: f"line {number}." in t.transcript, "the newest")
    first.wait(lambda t: "line 99." in t.transcript, "the newest")

    def top(terminal):
        return next(iter(re.findall(r"line \d+", terminal.transcript)), None)

    for _ in range(3):
        was = top(first)
        first.type("\x1b[5~")
        first.wait(lambda t: top(t) not in (was, None), "the page above")

    place = top(first)
    assert place != "line 99" and "below" in first.transcript
    first.type("\x11")
    first.wait_for_exit()
    backend.say("bob", "line 100.")
    second = chat("place")
    second.wait(lambda t: top(t) == place, f"{place} at the top")
    second.wait_for("1 new")
    second.type("\x1b[1;5F")
    second.wait(lambda t: "line 100." in t.transcript and "below" not in t.transcript, "the newest")
    second.type("\x11")
    second.wait_for_exit()
    third = chat("place")
    third.wait(lambda t: "line 100." in t.transcript and "below" not in t.transcript, "the newest again")

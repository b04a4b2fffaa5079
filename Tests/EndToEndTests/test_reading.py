"""What the chat shows of what it knows: places, counts, what waits for what, and what becomes of its files."""

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import time

import pytest

from terminal import BINARY, rows_of


def row(terminal, name):
    """The two rows of somebody in the list of conversations."""
    match = re.search(rf"^.{name} .*\n.*$", terminal.groups, re.M)
    return match[0] if match else ""


# MARK: Places


def test_a_place_in_a_conversation_is_kept_while_one_is_in_another(chat, backend):
    for number in range(20):
        backend.say("bob", f"line {number}\nsecond half of {number}\nthird part of {number}")
    terminal = chat()
    terminal.wait(lambda t: "third part of 19" in t.transcript, "the newest")
    terminal.type("\x1b[5~\x1b[5~")
    terminal.wait(lambda t: "third part of 19" not in t.transcript and "below" in t.transcript, "an older page")
    terminal.wait_for_quiet(0.5)
    before = terminal.transcript.split("\n")[2:20]
    terminal.type("\t")
    terminal.wait_for_partner("lena")
    terminal.type("\x1b[Z")
    terminal.wait_for_partner("bob")
    terminal.wait(lambda t: t.transcript.split("\n")[2:20] == before, "the same place")


def test_each_conversation_has_a_place_of_its_own(chat, backend):
    for number in range(20):
        backend.say("lena", f"lena {number}\nand more of {number}\nand more of {number}")
        backend.say("bob", f"bob {number}\nand more of {number}\nand more of {number}")
    terminal = chat()
    terminal.wait(lambda t: "bob 19" in t.transcript, "the conversation")
    terminal.type("\x1b[5~")
    terminal.wait(lambda t: "below" in t.transcript, "an older page")
    terminal.type("\t")
    terminal.wait_for_partner("lena")
    # Who has not scrolled here sees the newest.
    terminal.wait(lambda t: "lena 19" in t.transcript and "below" not in t.transcript, "the newest of lena's")
    terminal.type("\x1b[Z")
    terminal.wait_for_partner("bob")
    terminal.wait(lambda t: "below" in t.transcript, "the older page")


# MARK: Counts


def test_the_unread_are_counted_as_messages_or_said_to_be_conversations(chat, backend):
    terminal = chat()
    for number in range(7):
        backend.say("lena", f"news {number}")
    terminal.wait(lambda t: re.search(r" 7 *$", row(t, "Lena")), "seven unread")
    title = terminal.groups.split("\n")[0]
    # A number says of what it is: not "1 unread" above a row that says 7.
    assert "1 unread" not in title, title


def test_more_than_a_page_while_one_was_away_is_counted_as_at_least_that(chat, start, backend, folder):
    terminal = chat()
    terminal.type("\x06lena\r")
    terminal.wait(lambda t: "lena says welcome" in t.transcript, "the conversation")
    terminal.type("\x06bob\r")
    terminal.wait_for_partner("bob")
    terminal.type("\x11")
    terminal.wait_for_exit()
    for number in range(40):
        backend.say("lena", f"away {number}")
    backend.say("bob", "the newest of all")
    again = start("--config", f"{folder}/config.json", width=80)
    again.wait_for_partner("bob")
    again.wait(lambda t: re.search(r" 20\+ *$", row(t, "Lena")), "20+")
    again.type("\x06lena\r")
    again.wait(lambda t: "away 39" in t.transcript, "the newest")
    for _ in range(10):
        if "missing" in again.prose:
            break
        again.type("\x1b[5~")
        again.read(0.2)
    # Whole, also at 80 columns.
    again.wait(lambda t: re.search(r"may be missing", t.prose), "the gap")


def test_a_page_that_follows_on_what_is_known_has_no_gap(chat, start, backend, folder):
    for number in range(19):
        backend.say("bob", f"known {number}")
    terminal = chat()
    terminal.wait(lambda t: "known 18" in t.transcript, "the conversation")
    terminal.type("\x11")
    terminal.wait_for_exit()
    for number in range(19):
        backend.say("bob", f"new {number}")
    again = start("--config", f"{folder}/config.json", height=80)
    again.wait(lambda t: "new 18" in t.transcript and "known 18" in t.transcript, "the messages")
    again.wait_for_polls(1)
    assert "may be missing" not in again.prose


@pytest.mark.parametrize("typed, text", [
    ("👍", "so it is 👍 indeed"), ("👍", "👍"), ("👍", "indeed👍"), ("👍", "indeed 👍🏽"), ("👍🏽", "indeed 👍🏽"), ("👍", "👍👍👍"),
    ("❤", "with ❤️"), ("❤️", "with ❤️"), ("🇵🇱", "from 🇵🇱 too"), ("👨‍👩‍👧", "all of us 👨‍👩‍👧"), ("日本", "私は日本にいます"), ("é", "e\u0301"),
    ("e\u0301", "é"), ("ﬁ", "ﬁne"), ("→", "a→b"), ("€", "5 €"), ("1.5", "it took 1.5 s"), ("#tag", "with #tag"), ("C++", "in C++"),
])
def test_what_one_sees_can_be_searched(chat, run, backend, folder, typed, text):
    backend.say("bob", text)
    chat()
    config = ["--config", f"{folder}/config.json"]
    # It has been on the screen, and is in the history.
    assert text in [row["message"] for row in rows_of(run("messages", "bob", "--json", *config).stdout)]
    hits = rows_of(run("search", typed, "--json", *config).stdout)
    assert [hit["message"] for hit in hits] == [text]
    assert rows_of(run("search", "👎", "--json", *config).stdout) == []


# MARK: What waits for what


def test_the_screen_says_what_waits_for_what_and_which_key_ends_it(chat, backend):
    terminal = chat(width=120)
    backend.rule("^POST", status=502, times=1)
    terminal.type("may be lost\r")
    terminal.wait(lambda t: re.search(r"may be lost +\?", t.transcript), "the mark")
    terminal.type("waits behind it\r")
    terminal.wait_for_outbox("waits behind it")
    terminal.type("and this too\r")
    terminal.wait(lambda t: re.search(r"and this too +◦", t.transcript), "the waiting ones")
    below = terminal.prose.partition("waits behind it")[2]
    terminal.wait(
        lambda t: re.search(r"(?i)wait", t.prose.replace("waits behind it", "")) and "Alt-R" in t.prose, "what it waits for")
    assert below
    terminal.type("\x1br")
    terminal.wait_for_sent("and this too")
    assert backend.texts("bob") == ["may be lost", "waits behind it", "and this too"]


# MARK: Files


def test_a_history_that_is_forgotten_beside_an_open_chat_begins_anew(chat, run, backend, folder):
    terminal = chat()
    result = run("forget", "--all", "--yes", "--config", f"{folder}/config.json")
    assert result.returncode == 0, result.stderr
    backend.say("bob", "after the forgetting")
    terminal.wait(lambda t: "after the forgetting" in t.text and "@lena" in t.groups, "what the server has")
    terminal.type("\x06bob\rstill talking\r")
    terminal.wait(lambda t: backend.received == [("bob", "still talking")], "the POST")
    terminal.wait_for_sent("still talking")


# At once, and one after the other, so that the next is gone while what was noticed is mended.
@pytest.mark.parametrize("pause", [0, 0.005, 0.015, 0.03])
@pytest.mark.parametrize(
    "files",
    [[""], ["", "-wal", "-shm"], ["-wal", "-shm"], ["-shm", "-wal"], ["-wal"], ["-shm"]],
    ids=["file", "all", "log", "log-last", "log-alone", "index"],
)
def test_files_that_go_under_a_running_chat_are_noticed_and_nothing_written_since_is_lost(
    chat, run, backend, folder, files, pause
):
    terminal = chat(width=160)
    for name in files:
        time.sleep(pause)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{folder}/config.sqlite{name}")
    terminal.type("written into the void?\r")
    terminal.wait(lambda t: backend.received == [("bob", "written into the void?")], "the POST")
    terminal.wait_for_sent("written into the void?")
    terminal.type("and a draft")
    terminal.wait(lambda t: t.compose.startswith("and a draft"), "the draft")

    def is_on_disk(_):
        try:
            with sqlite3.connect(f"file:{folder}/config.sqlite?mode=ro", uri=True, timeout=5) as database:
                messages = database.execute("SELECT count(*) FROM message WHERE text = 'written into the void?'").fetchone()
                return messages == (1,) and database.execute("SELECT text FROM draft").fetchall() == [("and a draft",)]
        except sqlite3.OperationalError:
            return False

    terminal.wait(is_on_disk, "what was written since, on disk", timeout=120)


def test_a_locked_history_holds_up_no_key_and_loses_nothing(chat, backend, folder):
    terminal = chat()
    database = sqlite3.connect(f"{folder}/config.sqlite", timeout=5, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    try:
        terminal.type("typed while it is locked")
        terminal.wait(lambda t: t.compose.startswith("typed while it is locked"), "the text in the line")
        terminal.type("\t")
        terminal.wait_for_partner("lena")
        terminal.type("for lena, locked\r")
        terminal.read(1)
        assert backend.received in ([], [("lena", "for lena, locked")])
    finally:
        database.execute("ROLLBACK")
        database.close()
    terminal.wait(lambda t: backend.received == [("lena", "for lena, locked")], "the POST")
    terminal.type("\x06bob\r")
    terminal.wait_for_partner("bob")
    terminal.wait(lambda t: t.compose.startswith("typed while it is locked"), "bob's draft")


# MARK: At rest


def switches(pid):
    """How often each thread of a process has gone to wait of its own will."""
    counts = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            status = open(f"/proc/{pid}/task/{task}/status").read()
            counts[task] = int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status, re.M)[1])
        except FileNotFoundError:
            pass
    return counts


def test_who_does_nothing_wakes_nothing(chat, backend):
    backend.tags = "strong"
    terminal = chat(polling=None)
    terminal.wait(lambda t: backend.opened("GET /api/messages/") and backend.opened("GET /api/message_groups"), "held polls")
    terminal.wait_for_quiet(3)

    def while_idle(seconds):
        """How often each thread was woken meanwhile."""
        terminal.wait(lambda t: len(backend.opened("GET /api/message")) == 2, "held polls")
        asked, before, begin = len(backend.log), switches(terminal.pid), time.monotonic()
        while time.monotonic() < begin + seconds:
            terminal.read(0.5)
        # The server ends a poll after fifty seconds, and another one is due then: such a while says nothing.
        ended = [request for request in backend.log if request.ended and request.ended > begin]
        assert all(request.ended - request.at > 49 for request in ended) and len(backend.log) - asked <= len(ended)
        if ended:
            return None
        woken = {task: count - before.get(task, 0) for task, count in switches(terminal.pid).items()}
        # The runtime looks after its threads once a second, on one of them; a timer of ours would wake others too.
        runtime = woken.pop(max(woken, key=woken.get))
        return runtime, woken

    # Threads that were needed for the start go away, on a busy machine one after the other: a timer of ours never does.
    for _ in range(10):
        while not (idle := while_idle(8)):
            pass
        runtime, woken = idle
        if runtime <= 14 and sum(woken.values()) <= 2:
            return
    raise AssertionError((runtime, woken))


# MARK: Settings that are written in other ways


def cruddur(*arguments, folder, home=True, **options):
    environment = {**os.environ, "HOME": folder}
    if not home:
        del environment["HOME"]
    environment.update(options.pop("env", {}))
    return subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, env=environment, **options)


@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\t\n\n"])
@pytest.mark.parametrize("place", ["file", "variable"])
def test_a_token_with_a_line_end_is_a_token(backend, folder, end, place):
    path = backend.configuration(folder)
    settings = json.load(open(path))
    good = settings["tokens"]["access_token"]
    if place == "file":
        settings["tokens"]["access_token"] = good + end
        with open(path, "w") as file:
            json.dump(settings, file)
    env = {"CRUDDUR_TOKENS_ACCESS_TOKEN": good + end} if place == "variable" else {}
    result = cruddur("groups", "--config", path, folder=folder, env=env)
    assert result.returncode == 0, result.stderr
    assert backend.requests("GET /api/message_groups")[0].headers["authorization"] == f"Bearer {good}"


def test_a_configuration_may_be_a_stream(backend, folder):
    path = backend.configuration(folder)
    script = f'"$0" groups --config <(cat {path})'
    result = subprocess.run(["/bin/bash", "-c", script, BINARY], capture_output=True, text=True, timeout=120,
                            env={**os.environ, "HOME": folder}, stdin=subprocess.DEVNULL)
    assert result.returncode == 0 and "@bob" in result.stdout, result.stderr


@pytest.mark.parametrize("text, words", [
    ('{\n  "backend_url": "http://x",\n  oops\n}', r"line 3"), ("", r"(?i)empty|JSON"), ("[]", r"(?i)object|JSON"), ("\0", r"(?i)JSON|line"),
], ids=["line", "empty", "array", "nul"])
def test_a_configuration_that_is_no_json_is_said_with_its_line(folder, text, words):
    path = f"{folder}/broken.json"
    with open(path, "w") as file:
        file.write(text)
    result = cruddur("groups", "--config", path, folder=folder)
    assert result.returncode > 0 and path in result.stderr and re.search(words, result.stderr), result.stderr


def test_a_configuration_that_is_a_folder_is_said_to_be_one(folder):
    result = cruddur("groups", "--config", folder, folder=folder)
    assert result.returncode > 0 and folder in result.stderr and "folder" in result.stderr.replace(folder, ""), result.stderr


def test_an_empty_path_is_named(folder):
    result = cruddur("groups", "--config", "", folder=folder)
    assert result.returncode > 0 and "  cannot be read" not in result.stderr, result.stderr
    assert re.search("config|empty", result.stderr), result.stderr


@pytest.mark.parametrize("changes", [{"cognito": None}, {"polling": None}, {"paths": None}, {"history": None}])
def test_a_group_of_settings_that_is_null_is_an_empty_one(backend, folder, changes):
    path = backend.configuration(folder)
    settings = {**json.load(open(path)), **changes}
    with open(path, "w") as file:
        json.dump(settings, file)
    result = cruddur("groups", "--config", path, folder=folder)
    assert result.returncode == 0, result.stderr


def test_a_tilde_is_the_home(backend, folder):
    path = backend.configuration(folder, history={"path": "~/kept/history.sqlite"})
    result = cruddur("groups", "--config", path, folder=folder, cwd=folder)
    assert result.returncode == 0, result.stderr
    assert os.path.exists(f"{folder}/kept/history.sqlite") and not os.path.exists(f"{folder}/~")


def test_the_loopback_may_be_written_in_capitals(backend, folder):
    path = backend.configuration(folder, backend_url=f"http://LOCALHOST:{backend.port}")
    result = cruddur("groups", "--config", path, folder=folder)
    assert result.returncode == 0, result.stderr

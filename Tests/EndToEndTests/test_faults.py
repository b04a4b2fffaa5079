"""Nothing lost, nothing doubled: the program in a terminal, killed at any moment, on a network that fails.

FAULT_RUNS says how many seeded runs (8 unless told), FAULT_FIRST the first seed.
"""

import collections
import json
import os
import random
import re
import signal
import sqlite3
import time
import urllib.request

import pytest

from faults import GET_FAULTS, KILLS, POST_FAULTS, Proxy
from terminal import Terminal

RUNS = int(os.environ.get("FAULT_RUNS", "8"))
FIRST = int(os.environ.get("FAULT_FIRST", "0"))
SENDS = 20
WORDS = ["ok", "yes", "早", "same", "👍🏽", "see you"]


class Plan:
    """All that goes wrong in one run, decided by its seed alone."""

    def __init__(self, seed):
        self.seed = seed
        dice = random.Random(seed)
        self.texts = [f"s{seed} {dice.choice(WORDS)}" for _ in range(SENDS)]
        self.kill_typing = [dice.random() < 0.1 for _ in range(SENDS)]
        self.kill_entering = [dice.random() * 0.02 if dice.random() < 0.1 else None for _ in range(SENDS)]
        # More attempts than sends: some are made again.
        self.posts = [
            (dice.choice(POST_FAULTS), dice.choice(KILLS) if dice.random() < 0.15 else None) for _ in range(SENDS * 4)
        ]
        self.waits = dice.random() < 0.5
        self.calm = False
        self.victim = lambda: None

    def post(self, number):
        return ("none", None) if self.calm or number >= len(self.posts) else self.posts[number]

    def get(self, number):
        if self.calm:
            return "none", self.waits
        return random.Random(self.seed * 1_000_003 + number).choice(GET_FAULTS), self.waits

    def kill(self):
        self.victim()


class Person:
    """Somebody at a terminal whose program dies now and then, and who starts it again."""

    def __init__(self, config, history):
        self.config, self.history = config, history
        self.terminal = None
        self.start()

    def start(self):
        self.terminal = Terminal("--config", self.config, width=60, height=12)
        self.terminal.wait(lambda t: self.is_dead() or "Nia" in t.transcript.split("\n")[0], "the conversation")
        # From now on only the database is looked at: to read the screen would be most of the time.
        self.terminal.stream = type("Nothing", (), {"feed": lambda self, data: None})()

    def kill(self):
        try:
            os.kill(self.terminal.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def is_dead(self):
        if self.terminal.status is None:
            pid, status = os.waitpid(self.terminal.pid, os.WNOHANG)
            if pid:
                self.terminal.status = status
        return self.terminal.status is not None

    def again(self):
        """Starts anew if dead."""
        if self.is_dead():
            self.terminal.close()
            self.start()

    def wait(self, condition, what, timeout=20):
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, f"never came: {what}; {self.rows()}"
            if not self.terminal.read(0.01):
                time.sleep(0.002)

    def rows(self):
        return self.query("SELECT id, text, state FROM outgoing ORDER BY id")

    def query(self, sql, *arguments):
        for _ in range(50):
            try:
                # Not read-only: after a kill, the log must be taken in first.
                database = sqlite3.connect(f"file:{self.history}?mode=rw", uri=True, timeout=5)
                try:
                    return database.execute(sql, arguments).fetchall()
                finally:
                    database.close()
            except sqlite3.OperationalError:
                time.sleep(0.02)
        raise AssertionError("the history cannot be read")

    def count(self, text):
        """In the transcript or on its way."""
        return self.places(text)[0]

    def draft(self):
        return self.places("")[1]

    def places(self, text):
        """How often it is in the transcript or on its way, and the draft: as they are at one moment, because a poll
        moves a message from one to the other."""
        return self.query(
            "SELECT (SELECT count(*) FROM message WHERE text = ?1) + (SELECT count(*) FROM outgoing WHERE text = ?1), "
            "(SELECT text FROM draft WHERE text != '' LIMIT 1)", text)[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo's server, with one configuration for each user."""
    folder = str(tmp_path_factory.mktemp("faults"))
    os.environ["CRUDDUR_TEST_HOME"] = folder
    host = Terminal("demo", "--data", folder, width=80)
    host.wait_for("this terminal is open")
    yield folder, host
    host.type("\x11")
    host.wait_for_exit()
    host.close()


def listed(settings, group, prefix):
    """Every message of the group whose text begins with `prefix`, as the server has them."""
    texts, before = [], None
    while True:
        url = f"{settings['backend_url']}/api/messages/{group}?limit=100"
        if before:
            url += "&before=" + urllib.request.quote(before)
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {settings['tokens']['access_token']}"})
        rows = json.load(urllib.request.urlopen(request))
        found = [row["message"] for row in rows if row["message"].startswith(prefix)]
        texts = found + texts
        if not found or len(rows) < 100:
            return texts
        before = rows[0]["created_at"]


def run_once(seed, folder, host, tmp):
    while host.read(0):
        pass
    settings = json.load(open(f"{folder}/config-mei.json"))
    plan = Plan(seed)
    backend = settings["backend_url"].removeprefix("http://").split(":")
    proxy = Proxy((backend[0], int(backend[1])))
    proxy.plan = plan
    history = f"{tmp}/history-{seed}.sqlite"
    config = f"{tmp}/config-{seed}.json"
    with open(config, "w") as file:
        json.dump(
            dict(
                settings, backend_url=f"http://127.0.0.1:{proxy.port}", history={"path": history},
                polling={"open_conversation_seconds": 0.1, "groups_seconds": 0.1},
            ), file)
    person = None
    try:
        person = Person(config, history)
        plan.victim = lambda: person.kill()
        expected = collections.Counter()
        for number, text in enumerate(plan.texts):
            person.again()
            expected[text] += 1
            send(person, plan, number, text, expected[text])
        settle(person, plan)
        outbox = [(text, state) for _, text, state in person.rows()]
        group = person.query("SELECT group_uuid FROM conversation JOIN message ON conversation.id = conversation "
                             "WHERE text LIKE ? LIMIT 1", f"s{seed} %")
        stored = collections.Counter(listed(settings, group[0][0], f"s{seed} ")) if group else collections.Counter()
        open_ = collections.Counter(text for text, state in outbox if state in ("unsure", "failed"))
        for text, count in expected.items():
            assert stored[text] <= count, f"seed {seed}: {text!r} is stored {stored[text]} times and was written {count}"
            assert stored[text] + open_[text] >= count, f"seed {seed}: {text!r} is lost: {stored[text]}, {outbox}"
            # One line for each that was written.
            assert person.count(text) == count, f"seed {seed}: {text!r} has {person.count(text)} lines of {count}"
        assert person.draft() is None
        return {"stored": sorted(stored.items()), "open": sorted(outbox)}
    finally:
        plan.calm = True
        if person:
            person.kill()
            person.terminal.close()
        proxy.close()


def write(person, text):
    """Has the text in the compose line, and on disk as a draft."""
    while person.is_dead() or person.draft() != text:
        # A kill by the network may come in between: what was not kept yet is written again.
        person.again()
        if person.draft() != text:
            person.terminal.type("\x15" + text)
        person.wait(lambda: person.is_dead() or person.draft() == text, "the draft on disk")


def send(person, plan, number, text, count):
    """Types a text and sends it, with all that happens meanwhile."""
    write(person, text)
    if plan.kill_typing[number]:
        person.kill()
        person.wait(person.is_dead, "its end")
        write(person, text)
    person.terminal.type("\r")
    if plan.kill_entering[number] is not None:
        time.sleep(plan.kill_entering[number])
        person.kill()
        person.wait(person.is_dead, "its end")
        person.again()
        # In one of the two places, never in both and never in none.
        found, draft = person.places(text)
        kept = found == count
        assert kept != (draft == text), f"seed {plan.seed}: {text!r} after the kill: {found} of {count}, {draft}"
        if not kept:
            person.terminal.type("\r")
    while True:
        person.wait(lambda: person.is_dead() or person.count(text) >= count, f"{text!r} in the outbox")
        if not person.is_dead():
            break
        person.again()
        if person.count(text) < count:
            # Killed by what an earlier message met, before this one was taken.
            person.terminal.type(("" if person.draft() == text else "\x15" + text) + "\r")


def state(person):
    rows = person.rows()
    moving = [row[0] for row in rows if row[2] in ("queued", "sending", "sent")]
    if not moving:
        return "at rest"
    return "held up" if any(row[0] < moving[0] for row in rows if row[2] in ("unsure", "failed")) else "moving"


def settle(person, plan):
    """The network is well again; the person has what is unsure sent again where the seed says so."""
    plan.calm = True
    person.again()
    for _ in range(SENDS * 2):
        person.again()
        person.terminal.type("\x12")
        # Sent, or held up by one that a person must decide on.
        person.wait(lambda: state(person) != "moving", "the outbox")
        # Read twice, so that what has arrived is known.
        for _ in range(2):
            person.terminal.type("\x12")
            time.sleep(0.15)
            while person.terminal.read(0):
                pass
        if state(person) == "held up":
            # A person looks, sees that it is not there, and has it sent again.
            person.terminal.type("\x1br")
        elif state(person) == "at rest":
            return
    raise AssertionError(f"seed {plan.seed}: never settled: {person.rows()}")


@pytest.mark.parametrize("seed", range(FIRST, FIRST + RUNS))
def test_each_message_arrives_once_or_is_said_not_to(server, tmp_path, seed):
    outcome = run_once(seed, *server, tmp_path)
    assert re.search(r"s\d+ ", str(outcome))

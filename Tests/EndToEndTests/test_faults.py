"""Nothing lost, nothing doubled: the program in a terminal, killed at any moment, on a network that fails.

FAULT_RUNS says how many seeded runs (8 unless told), FAULT_FIRST the first seed; half as many are wild: there the
clocks of client and servers are off and step, answers stall, tags are made weak, and several texts for two people are
typed in one write.
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
from wallclock import WallClock

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


STEPS = [1, 15, 60, 3600, 7200]


class WildPlan(Plan):
    """More goes wrong: dates, clocks, answers that stall; and the texts are for two people."""

    def __init__(self, seed):
        super().__init__(seed)
        dice = random.Random(f"wild {seed}")
        self.dice = dice
        # Each is another: a list may show one while its POST still waits for an answer, and then it is there twice for a
        # moment. What is alike is the other runs' matter.
        self.texts = [f"w{seed} {dice.choice(WORDS)} {n} for {dice.choice(['nia', 'tomasz'])}" for n in range(SENDS)]
        # Seconds by which each writer's rows are dated ahead.
        self.off = {name: self.step() if dice.random() < 0.6 else 0 for name in ("mei", "nia", "tomasz")}
        self.weakens = dice.random() < 0.5
        self.stalls = 3
        self.bursts = []
        while (left := SENDS - sum(self.bursts)) > 0:
            self.bursts.append(min(left, dice.randint(1, 4)))
        self.clock_steps = [self.step() if dice.random() < 0.3 else None for _ in self.bursts]
        self.heard = [dice.choice(["nia", "tomasz"]) if dice.random() < 0.3 else None for _ in self.bursts]

    def step(self):
        return self.dice.choice(STEPS) * self.dice.choice([1, -1])

    def stall(self):
        """Whether one more answer may stall: each takes its time."""
        self.stalls -= 1
        return self.stalls >= 0

    def silence(self):
        return 3600 if self.seed % 5 == 0 and self.stalls == 0 else 1.5

    def post(self, number):
        fault, kill = super().post(number)
        if not self.calm and random.Random(f"{self.seed} post {number}").random() < 0.1 and self.stall():
            return "stall", kill
        return fault, kill

    def get(self, number):
        fault, waits = super().get(number)
        if not self.calm and random.Random(f"{self.seed} get {number}").random() < 0.02 and self.stall():
            return "stall", waits
        return fault, waits


class Person:
    """Somebody at a terminal whose program dies now and then, and who starts it again."""

    def __init__(self, config, history, names=("Nia",), env=None):
        self.config, self.history, self.names, self.env = config, history, names, env
        self.terminal = None
        self.start()

    def start(self):
        self.terminal = Terminal("--config", self.config, width=60, height=12, env=self.env)
        self.terminal.wait(
            lambda t: self.is_dead() or any(name in t.partner for name in ("Nia", "Tomasz")), "a conversation", timeout=60)
        if not self.is_dead() and not any(name in self.terminal.partner for name in self.names):
            # What another run began may have moved its conversation to the top.
            self.terminal.type(f"\x06{self.names[0].lower()}\r")
            self.terminal.wait(lambda t: self.is_dead() or self.names[0] in t.partner, "the conversation", timeout=120)
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

    def wait(self, condition, what, timeout=120):
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, f"never came: {what}; {self.rows()}; {self.query('SELECT * FROM draft')}"
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

    def took(self, text, count):
        """Whether the line's text is in the outbox: the transaction that puts it there drops the draft. The count alone
        does not tell: one like it that is on its way may be in the list already, and counts twice for a moment."""
        found, draft = self.places(text)
        return draft is None and found >= count

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


def network(plan, folder, tmp):
    """A network that fails as the plan says, and @mei's settings before and behind it."""
    settings = json.load(open(f"{folder}/config-mei.json"))
    backend = settings["backend_url"].removeprefix("http://").split(":")
    proxy = Proxy((backend[0], int(backend[1])))
    proxy.plan = plan
    history = f"{tmp}/history-{plan.seed}.sqlite"
    config = f"{tmp}/config-{plan.seed}.json"
    with open(config, "w") as file:
        json.dump(
            dict(
                settings, backend_url=f"http://127.0.0.1:{proxy.port}", history={"path": history},
                polling={"open_conversation_seconds": 0.1, "groups_seconds": 0.1},
            ), file)
    return settings, proxy, config, history


def begin_with_nia(folder, settings):
    """Another run may have left another conversation at the top."""
    newest = lambda: call(settings, "/api/message_groups")[0]["handle"]
    if newest() != "nia":
        nia = json.load(open(f"{folder}/config-nia.json"))
        call(nia, "/api/messages", {"message": "are you there?", "message_group_uuid": groups_of(nia)["mei"]})
        end = time.monotonic() + 120
        while newest() != "nia":
            assert time.monotonic() < end, "never came: nia at the top"
            time.sleep(0.05)


def run_once(seed, folder, host, tmp):
    while host.read(0):
        pass
    plan = Plan(seed)
    settings, proxy, config, history = network(plan, folder, tmp)
    begin_with_nia(folder, settings)
    person = None
    try:
        person = Person(config, history)
        plan.victim = lambda: person.kill()
        expected = collections.Counter()
        for number, text in enumerate(plan.texts):
            person.again()
            expected[text] += 1
            send(person, plan, number, text, expected[text])
        settle(person, plan, proxy, f"/api/messages/{groups_of(settings)['nia']}")
        outbox = [(text, state) for _, text, state in person.rows()]
        group = person.query("SELECT group_uuid FROM conversation JOIN message ON conversation.id = conversation "
                             "WHERE text LIKE ? LIMIT 1", f"s{seed} %")
        stored = collections.Counter(listed(settings, group[0][0], f"s{seed} ")) if group else collections.Counter()
        open_ = collections.Counter(text for text, state in outbox if state in ("unsure", "failed"))
        for text, count in expected.items():
            assert stored[text] <= count, f"seed {seed}: {text!r} is stored {stored[text]} times and was written {count}"
            assert stored[text] + open_[text] >= count, f"seed {seed}: {text!r} is lost: {stored[text]}, {outbox}"
            if not proxy.gave_500:
                # The server keeps keys: what may have arrived is sent again, until it is known.
                assert stored[text] == count, f"seed {seed}: {text!r} is stored {stored[text]} times of {count}"
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
        # In the line or in the outbox, and not in none.
        found, draft = person.places(text)
        assert draft == text or found >= count, f"seed {plan.seed}: {text!r} after the kill: {found} of {count}, {draft}"
        if draft == text:
            person.terminal.type("\r")
    while True:
        person.wait(lambda: person.is_dead() or person.took(text, count), f"{text!r} in the outbox")
        if not person.is_dead():
            break
        person.again()
        if not person.took(text, count):
            # Killed by what an earlier message met, before this one was taken.
            person.terminal.type(("" if person.draft() == text else "\x15" + text) + "\r")


def state(person):
    rows = person.rows()
    moving = [row[0] for row in rows if row[2] in ("queued", "sending", "repeating", "sent")]
    if not moving:
        return "at rest"
    return "held up" if any(row[0] < moving[0] for row in rows if row[2] in ("unsure", "failed")) else "moving"


def settle(person, plan, proxy, path):
    """The network is well again; the person has what is unsure sent again where the seed says so."""
    plan.calm = True
    person.again()
    for _ in range(SENDS * 2):
        person.again()
        person.terminal.type("\x12")
        # Sent, or held up by one that a person must decide on.
        person.wait(lambda: state(person) != "moving", "the outbox")
        read_twice(person, proxy, path)
        if state(person) == "held up":
            # A person looks, sees that it is not there, and has it sent again.
            person.terminal.type("\x1br")
        elif state(person) == "at rest":
            return
    raise AssertionError(f"seed {plan.seed}: never settled: {person.rows()}")


# MARK: Wild runs


def call(settings, path, body=None):
    """One call to the server itself, past the network that fails."""
    headers = {"Authorization": f"Bearer {settings['tokens']['access_token']}", "Content-Type": "application/json"}
    request = urllib.request.Request(
        settings["backend_url"] + path, headers=headers, data=None if body is None else json.dumps(body).encode())
    return json.load(urllib.request.urlopen(request))


def groups_of(settings):
    """The groups by the other's handle."""
    return {row["handle"]: row["uuid"] for row in call(settings, "/api/message_groups")}


def hear(folder, plan, number):
    """The other writes, if the seed says so."""
    if handle := plan.heard[number]:
        settings = json.load(open(f"{folder}/config-{handle}.json"))
        text = f"h{plan.seed} heard {number}"
        call(settings, "/api/messages", {"message": text, "message_group_uuid": groups_of(settings)["mei"]})


def send_burst(person, texts):
    """Types texts for different people in one write, and what is missing again, until all are in the outbox."""
    while True:
        person.again()
        missing = [text for text in texts if person.count(text) == 0]
        if not missing:
            return
        # What a kill has left of a text in the line is written over.
        person.terminal.type("".join(f"\x06{text.split()[-1]}\r\x15{text}\r" for text in missing))
        person.wait(
            lambda: person.is_dead() or all(person.count(text) > 0 for text in missing), f"{missing} in the outbox",
            timeout=120)


def settle_all(person, plan, proxy, groups):
    """The network is well again: each person's messages are read anew, and what is not there is sent again."""
    plan.calm = True
    for turn in range(SENDS * 4):
        person.again()
        handle = ["nia", "tomasz"][turn % 2]
        person.terminal.type(f"\x06{handle}\r")
        read_twice(person, proxy, f"/api/messages/{groups[handle]}")
        states = {state for (state,) in person.query("SELECT DISTINCT state FROM outgoing")}
        if not states:
            return
        if not states & {"sending", "repeating", "sent"}:
            person.terminal.type("\x1br")
    raise AssertionError(f"seed {plan.seed}: never settled: {person.rows()}")


def read_twice(person, proxy, path):
    """So that what has arrived is known, before a person decides."""
    before = proxy.answered[path]
    end = time.monotonic() + 60
    while proxy.answered[path] < before + 2:
        assert time.monotonic() < end, f"never read again: {path}"
        person.terminal.type("\x12")
        pause = time.monotonic() + 0.2
        while time.monotonic() < pause:
            person.terminal.read(0.05)


def judge(person, plan, settings):
    """Nothing lost, doubled, with the wrong person, or untrue."""
    groups = groups_of(settings)
    stored = {name: collections.Counter(listed(settings, groups[name], f"w{plan.seed} ")) for name in ("nia", "tomasz")}
    for text in plan.texts:
        right = text.split()[-1]
        for name, texts in stored.items():
            assert name == right or texts[text] == 0, f"seed {plan.seed}: {text!r} is with {name}"
        assert stored[right][text] == 1, f"seed {plan.seed}: {text!r} is stored {stored[right][text]} times"
        lines = person.query("SELECT conversation FROM message WHERE text = ?", text)
        assert len(lines) == 1, f"seed {plan.seed}: {text!r} has {len(lines)} lines: {lines}"
    for number, handle in enumerate(plan.heard):
        lines, = person.query("SELECT count(*) FROM message WHERE text = ?", f"h{plan.seed} heard {number}")
        assert handle is None or lines == (1,), f"seed {plan.seed}: {lines[0]} lines of what {handle} said"


def run_wild(seed, folder, host, tmp):
    while host.read(0):
        pass
    plan = WildPlan(seed)
    settings, proxy, config, history = network(plan, folder, tmp)
    clock = WallClock(tmp)
    person = None
    try:
        person = Person(config, history, names=("Nia", "Tomasz"), env=clock.environment)
        plan.victim = lambda: person.kill()
        texts = iter(plan.texts)
        for number, size in enumerate(plan.bursts):
            if plan.clock_steps[number] is not None:
                clock.step(plan.clock_steps[number])
            hear(folder, plan, number)
            send_burst(person, [next(texts) for _ in range(size)])
        settle_all(person, plan, proxy, groups_of(settings))
        person.wait(lambda: person.draft() is None, "no draft left")
        judge(person, plan, settings)
    finally:
        plan.calm = True
        if person:
            person.kill()
            person.terminal.close()
        proxy.close()


@pytest.mark.parametrize("seed", range(FIRST, FIRST + (RUNS + 1) // 2))
def test_whatever_clocks_tags_and_fingers_do_each_message_arrives_once_at_its_person(server, tmp_path, seed):
    run_wild(seed, *server, tmp_path)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + RUNS))
def test_each_message_arrives_once_or_is_said_not_to(server, tmp_path, seed):
    outcome = run_once(seed, *server, tmp_path)
    assert re.search(r"s\d+ ", str(outcome))

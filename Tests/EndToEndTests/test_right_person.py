"""To the right person, however fast the fingers and however late the answers."""

import os
import random
import re
import signal
import sqlite3
import threading

import pytest

TYPING_SEEDS = range(int(os.environ.get("TYPING_RUNS", "4")))


def drafts(folder, name="config"):
    """Every text that is on disk as a draft."""
    with sqlite3.connect(f"file:{folder}/{name}.sqlite?mode=ro", uri=True, timeout=5) as database:
        return [text for (text,) in database.execute("SELECT text FROM draft")]


def is_kept(terminal, folder, text):
    """On screen, or in a draft on disk."""
    return text in terminal.text or any(text in draft for draft in drafts(folder))


def wait_for_post(terminal, backend, text):
    terminal.wait(lambda t: any(sent == text for _, sent in backend.received), f"the POST of {text!r}")


# MARK: Several keys in one write

# Ctrl-E at the end of a line changes nothing, and nobody pastes it: what comes with it was typed.
TYPED = "\x05"
WAYS = {
    "Tab": ("\t", "lena"),
    "Tab twice": ("\t\t", "tomasz"),
    "Tab around": ("\t\t\t\t", "lena"),
    "Shift-Tab": ("\x1b[Z", "tomasz"),
    "Tab and back": ("\t\x1b[Z", "bob"),
    "find": ("\x06lena\r", "lena"),
    "find the last": ("\x06tom\r", "tomasz"),
    "find twice": ("\x06lena\r\x06tomasz\r", "tomasz"),
    "find, then Tab": ("\x06lena\r\t", "tomasz"),
    "find by arrow": ("\x06\x1b[B\r", "lena"),
    "find and think better of it": ("\x06lena\x1b\x1b", "bob"),
    "new conversation with somebody known": ("\x0elena\r", "lena"),
    "new conversation with an @": ("\x0e@tomasz\r", "tomasz"),
    "new conversation with somebody new": ("\x0eana\r", "ana"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_text_goes_to_whom_the_keys_before_it_chose(chat, backend, way):
    keys, person = WAYS[way]
    terminal = chat()
    if keys.endswith("\x1b\x1b"):
        # An Esc that stands alone: what follows at once would be a sequence.
        terminal.type(keys[:-2])
        terminal.wait_for("Find lena")
        terminal.type("\x1b")
        terminal.wait(lambda t: "Find lena" not in t.text, "the conversation behind")
        keys = ""
    terminal.type(keys + "for you\r")
    wait_for_post(terminal, backend, "for you")
    assert backend.received == [(person, "for you")]
    terminal.wait_for_partner(person)
    terminal.wait_for_sent("for you")


@pytest.mark.parametrize("way", ["Shift-Tab", "Tab and back", "find", "new conversation with somebody known"])
def test_texts_before_and_after_a_change_go_to_two_persons(chat, backend, way):
    keys, person = WAYS[way]
    terminal = chat()
    terminal.type("one for bob\r" + keys + "one for the other\r")
    wait_for_post(terminal, backend, "one for the other")
    wait_for_post(terminal, backend, "one for bob")
    assert sorted(backend.received) == sorted([("bob", "one for bob"), (person, "one for the other")])


def test_lines_with_tabs_that_come_at_once_are_a_paste_and_go_to_nobody(chat, backend):
    terminal = chat()
    terminal.type("if asked {\r\tanswer()\r}\r")
    terminal.wait(lambda t: re.search(r"if asked \{ *\n[ ␉]*answer\(\) *\n *\}", t.transcript), "the text in the compose line")
    assert "@bob" in terminal.partner and backend.received == []
    terminal.type("\x7f\x05")
    terminal.wait_for_quiet(0.2)
    terminal.type("\r")
    wait_for_post(terminal, backend, "if asked {\n\tanswer()\n}")
    assert backend.received == [("bob", "if asked {\n\tanswer()\n}")]


def test_a_paste_goes_to_whom_the_keys_before_it_chose(chat, backend):
    terminal = chat()
    terminal.type("\t\x1b[200~two\nlines\x1b[201~\r")
    wait_for_post(terminal, backend, "two\nlines")
    assert backend.received == [("lena", "two\nlines")]


def test_what_is_typed_stays_with_its_person(chat, backend):
    terminal = chat()
    terminal.type(TYPED + "half for bob\thalf for lena\x1b[Z")
    terminal.wait_for_partner("bob")
    terminal.wait(lambda t: t.compose.startswith("half for bob"), "bob's draft")
    terminal.type(TYPED + ", whole\r\t, whole too\r")
    wait_for_post(terminal, backend, "half for lena, whole too")
    wait_for_post(terminal, backend, "half for bob, whole")
    assert sorted(backend.received) == [("bob", "half for bob, whole"), ("lena", "half for lena, whole too")]


def test_a_conversation_that_the_server_is_slow_to_show_takes_texts_all_the_same(chat, backend):
    terminal = chat()
    backend.rule("GET /api/messages/", delay=3)
    terminal.type("\tno need to wait\r")
    wait_for_post(terminal, backend, "no need to wait")
    terminal.wait_for_partner("lena")
    assert backend.received == [("lena", "no need to wait")]


def test_a_text_from_before_there_is_anybody_is_left_on_the_terminal(start, folder, backend):
    backend.rule("GET /api/message_groups", status=500)
    terminal = start("--config", backend.configuration(folder, "config"))
    terminal.wait_for("offline")
    terminal.type("for whom\r\nit may concern")
    terminal.wait(lambda t: "it may concern" in t.text, "the text")
    terminal.signal(signal.SIGTERM)
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 128 + signal.SIGTERM
    after = terminal.raw[terminal.raw.rindex(b"\x1b[?1049l"):].decode()
    assert "not kept, because it was written before there was a conversation:" in after
    assert "it may concern" in after and "for whom" in after


def test_a_search_takes_the_text_after_it_along(chat, backend):
    backend.say("tomasz", "the word is xylophone")
    terminal = chat()
    # It must have been on this screen to be found.
    terminal.type("\x06tomasz\r")
    terminal.wait(lambda t: "xylophone" in t.transcript, "the message")
    terminal.type("\x06lena\r")
    terminal.wait_for_partner("lena")
    terminal.type("\x13xylophone")
    terminal.wait(lambda t: re.search(r"› .*Tomasz.*the word is", t.text), "the hit, marked")
    terminal.type("\rfound it\r")
    wait_for_post(terminal, backend, "found it")
    terminal.wait_for_partner("tomasz")
    assert backend.received == [("tomasz", "found it")]


def test_a_search_that_is_not_answered_yet_sends_nothing_to_others(chat, backend):
    backend.say("tomasz", "the word is xylophone")
    terminal = chat()
    terminal.type("\x06tomasz\r")
    terminal.wait(lambda t: "xylophone" in t.transcript, "the message")
    terminal.type("\x06lena\r")
    terminal.wait_for_partner("lena")
    terminal.type("\x13xylophone\rfound it\r")
    # Either the search has waited for its hit, or the text was more of what was looked for.
    terminal.wait_for_quiet(1)
    terminal.type("\x1b")
    terminal.wait_for_quiet(1)
    assert set(backend.received) <= {("tomasz", "found it")}


# MARK: The start


def test_a_tab_as_soon_as_the_list_is_there_is_not_undone(start, folder, backend):
    terminal = start("--config", backend.configuration(folder))
    terminal.wait(lambda t: t.selected.startswith("Bob"), "the first conversation, marked")
    terminal.type("\tearly bird\r")
    wait_for_post(terminal, backend, "early bird")
    terminal.wait_for_partner("lena")
    assert backend.received == [("lena", "early bird")]


def test_the_first_seconds_of_a_start_with_a_history_undo_no_tab(start, chat, folder, backend):
    first = chat()
    first.type("\x11")
    first.wait_for_exit()
    # What the disk has is there long before the server's answer, which must move nothing.
    answers = threading.Event()
    backend.rule("GET /api/", until=answers)
    terminal = start("--config", f"{folder}/config.json")
    terminal.wait(lambda t: t.selected.startswith("Bob"), "the first conversation, marked")
    terminal.type("\t")
    terminal.wait_for_partner("lena")
    answers.set()
    terminal.wait(lambda t: "connected" in t.lines[-1], "the server's answer")
    terminal.type("after the answer\r")
    wait_for_post(terminal, backend, "after the answer")
    assert backend.received == [("lena", "after the answer")]


def test_what_is_typed_before_there_is_any_conversation_is_for_nobody_and_not_lost(start, folder, backend):
    answers = threading.Event()
    backend.rule("GET /api/message_groups", until=answers, times=1)
    terminal = start("--config", backend.configuration(folder))
    terminal.wait_for("^Q quit")
    terminal.type("\tnobody is there yet\r")
    terminal.wait_for("nobody is there yet")
    assert "@lena" not in terminal.groups
    answers.set()
    terminal.wait(lambda t: "@lena" in t.groups, "the conversations")
    terminal.wait_for_quiet(1)
    assert backend.received == []
    assert is_kept(terminal, folder, "nobody is there yet")


def test_keys_before_the_first_screen_reach_no_stranger(start, folder, backend):
    terminal = start("--config", backend.configuration(folder))
    terminal.type("\ttoo early\r")
    terminal.wait(lambda t: "@lena" in t.groups and t.selected, "the conversations")
    terminal.wait_for_quiet(2)
    # The list may have been there, and then it went past bob.
    assert set(backend.received) <= {("lena", "too early")}


def test_an_arriving_message_moves_the_list_and_not_the_selection(chat, backend):
    terminal = chat()
    terminal.type("\t")
    terminal.wait_for_partner("lena")
    terminal.type("half of a ")
    backend.say("tomasz", "I am on top now")
    terminal.wait(lambda t: re.search(r"^.Tomasz.*\n.*I am on top now.*\n.Bob", t.groups, re.M), "the moved list")
    terminal.type("text\r")
    wait_for_post(terminal, backend, "half of a text")
    assert backend.received == [("lena", "half of a text")]
    assert terminal.selected.startswith("Lena")


# MARK: A prompt that waits for an answer


@pytest.mark.parametrize("handle", ["ana", "lena"])
def test_what_is_typed_while_somebody_is_looked_up_goes_to_them(chat, backend, handle):
    answers = threading.Event()
    backend.rule("GET /api/users/", until=answers)
    terminal = chat()
    terminal.type(f"\x0e{handle}\r")
    terminal.type("hel")
    terminal.wait(lambda t: backend.requests("GET /api/users/") or t.partner.endswith(f"@{handle}"), "the look-up")
    terminal.type("lo\r")
    answers.set()
    wait_for_post(terminal, backend, "hello")
    terminal.wait_for_partner(handle)
    terminal.wait_for_sent("hello")
    assert backend.received == [(handle, "hello")]


@pytest.mark.parametrize("is_late", [False, True])
def test_a_text_for_somebody_who_does_not_exist_is_kept_and_sent_to_nobody(chat, backend, folder, is_late):
    answers = threading.Event()
    backend.rule("GET /api/users/", until=answers)
    terminal = chat()
    if not is_late:
        answers.set()
    terminal.type("\x0enobody\rdear nobody\r")
    terminal.wait(lambda t: backend.requests("GET /api/users/"), "the look-up")
    answers.set()
    terminal.wait_for("Nobody here has the handle @nobody.")
    terminal.wait(lambda t: is_kept(t, folder, "dear nobody"), "the text, on screen or in a draft")
    terminal.type("\x1b")
    terminal.wait(lambda t: "New conversation" not in t.text, "the chat behind")
    terminal.wait(lambda t: is_kept(t, folder, "dear nobody"), "the text, on screen or in a draft")
    assert backend.posted == []


def test_a_look_up_that_fails_sends_nothing_and_keeps_the_text(chat, backend, folder):
    backend.rule("GET /api/users/", status=503)
    terminal = chat()
    terminal.type("\x0eana\rhello ana\r")
    terminal.wait_for("Could not look up @ana")
    terminal.wait(lambda t: is_kept(t, folder, "hello ana"), "the text, on screen or in a draft")
    assert backend.posted == []


def wait_for_question(terminal, handle):
    question = f"This backend cannot look people up. Write to @{handle} all the same?"
    # However it is wrapped.
    terminal.wait(lambda t: question in " ".join(re.sub("[│ ]", " ", t.text).split()), question)


def test_where_nobody_can_be_looked_up_one_is_asked_before_anything_is_sent(chat, backend, folder):
    backend.rule("GET /api/users/", status=500)
    terminal = chat()
    terminal.type("\x0eana\rhello ana\r")
    wait_for_question(terminal, "ana")
    terminal.wait(lambda t: is_kept(t, folder, "hello ana"), "the text, on screen or in a draft")
    assert backend.posted == []
    terminal.type("\r")
    terminal.wait_for_partner("ana")
    terminal.wait(lambda t: "hello ana" in t.text, "the text in the line")
    assert backend.posted == []
    terminal.type("\r")
    wait_for_post(terminal, backend, "hello ana")
    assert backend.received == [("ana", "hello ana")]


def test_where_nobody_can_be_looked_up_another_handle_is_another_question(chat, backend):
    backend.rule("GET /api/users/", status=500)
    terminal = chat()
    terminal.type("\x0ean\r")
    wait_for_question(terminal, "an")
    terminal.type("a\r")
    wait_for_question(terminal, "ana")
    terminal.type("\x1b")
    terminal.wait_for_partner("bob")
    assert backend.posted == []


def test_who_leaves_a_look_up_sends_nothing(chat, backend, folder):
    answers = threading.Event()
    backend.rule("GET /api/users/", until=answers)
    terminal = chat()
    terminal.type("\x0eana\r")
    terminal.wait_for("Looking for @ana")
    terminal.type("not for bob")
    terminal.read(0.3)
    terminal.type("\x1b")
    terminal.wait(lambda t: "Looking for" not in t.text, "the chat behind")
    answers.set()
    terminal.wait(lambda t: backend.requests("GET /api/users/")[0].ended, "the late answer")
    terminal.wait_for_quiet(1)
    # The late answer opens nothing in front of who has gone on.
    assert "@bob" in terminal.partner
    assert backend.posted == []
    assert is_kept(terminal, folder, "not for bob")


def test_a_tab_while_somebody_is_looked_up_leads_to_one_person(chat, backend):
    answers = threading.Event()
    backend.rule("GET /api/users/", until=answers)
    terminal = chat()
    terminal.type("\x0eana\r\tto whom?\r")
    terminal.wait(lambda t: backend.requests("GET /api/users/"), "the look-up")
    answers.set()
    wait_for_post(terminal, backend, "to whom?")
    terminal.wait(lambda t: re.search(r"to whom\? +[✓↑]", t.transcript), "the text, in front of the person")
    (person, _), = backend.received
    assert f"@{person}" in terminal.partner


def test_a_conversation_that_begins_keeps_its_texts_together(chat, backend):
    terminal = chat()
    terminal.type("\x0eana\rfirst\rsecond\r")
    wait_for_post(terminal, backend, "second")
    assert backend.texts("ana") == ["first", "second"]
    assert len([request for request in backend.requests("POST") if "handle" in request.json]) == 1
    terminal.wait_for_sent("first")
    terminal.wait_for_sent("second")
    assert terminal.transcript.count("first") == 1 and terminal.transcript.count("second") == 1


def test_what_is_typed_while_a_conversation_gets_its_group_stays_in_the_line(chat, backend):
    terminal = chat()
    terminal.type("\x0eana\r")
    terminal.wait_for_partner("ana")
    answers = threading.Event()
    backend.rule("POST /api/messages", until=answers, times=1)
    terminal.type("first\r")
    terminal.wait(lambda t: backend.requests("POST"), "the first message on its way")
    terminal.type("sec")
    terminal.wait(lambda t: t.compose.startswith("sec"), "the second text in the line")
    assert backend.received == []
    answers.set()
    terminal.wait(lambda t: backend.texts("ana") == ["first"], "the group")
    terminal.wait_for_sent("first")
    assert terminal.compose.startswith("sec")
    terminal.type("ond\r")
    wait_for_post(terminal, backend, "second")
    assert backend.received == [("ana", "first"), ("ana", "second")]
    assert "@ana" in terminal.partner


def test_who_leaves_a_conversation_that_gets_its_group_is_not_brought_back(chat, backend):
    terminal = chat()
    terminal.type("\x0eana\r")
    terminal.wait_for_partner("ana")
    answers = threading.Event()
    backend.rule("POST /api/messages", until=answers, times=1)
    terminal.type("first\r\x06lena\r")
    terminal.wait_for_partner("lena")
    assert backend.received == []
    answers.set()
    terminal.wait(lambda t: backend.texts("ana") == ["first"] and "Ana" in t.groups, "the group")
    terminal.wait_for_quiet(1)
    assert "@lena" in terminal.partner
    terminal.type("for lena\r")
    wait_for_post(terminal, backend, "for lena")
    assert backend.texts("lena") == ["for lena"]


# MARK: Replies that have an address


def test_a_text_that_is_taken_back_returns_to_its_own_person(chat, backend, folder):
    backend.rule("POST /api/messages", status=422, body=b'["message_blank"]')
    terminal = chat()
    terminal.type("taken back\r")
    terminal.wait(lambda t: "Alt-E edits it" in t.prose, "the refusal")
    terminal.type("\x1be\t")
    terminal.wait_for_partner("lena")
    terminal.wait(lambda t: "taken back" in drafts(folder), "the draft")
    assert not terminal.compose.startswith("taken back")
    terminal.type("\x1b[Z")
    terminal.wait_for_partner("bob")
    terminal.wait(lambda t: t.compose.startswith("taken back"), "the text with bob")


def test_a_message_that_fails_late_fails_with_its_own_person(chat, backend):
    answers = threading.Event()
    backend.rule("POST /api/messages", status=422, body=b'["message_blank"]', until=answers, times=1)
    terminal = chat()
    terminal.type("will be refused\r")
    terminal.wait(lambda t: backend.opened("^POST"), "the first on its way")
    terminal.type("\tfor lena\r")
    wait_for_post(terminal, backend, "for lena")
    terminal.wait_for_partner("lena")
    answers.set()
    terminal.wait(lambda t: len(backend.posted) == 2 and not backend.opened("POST"), "both answers")
    assert "will be refused" not in terminal.transcript
    terminal.type("\x06bob\r")
    terminal.wait(lambda t: "not sent: the message is blank" in t.prose, "the reason")
    assert backend.texts("lena") == ["for lena"]


# MARK: Any keys in any order


def order(terminal):
    """The handles of the list, from the top."""
    return re.findall(r"@(\w+)", "\n".join(terminal.groups.split("\n")[2:]))


class Typist:
    """Somebody who types fast, and who knows at every key who is in front: a model of the selection."""

    def __init__(self, seed, terminal, backend):
        self.dice = random.Random(seed)
        self.seed, self.terminal, self.backend = seed, terminal, backend
        self.person = "bob"
        self.count = 0
        self.drafts = {}
        self.written = []
        # The last steps to and fro: who was in front, how the list stood, the keys, who was in front then.
        self.told = []

    def choose(self):
        """Keys that choose a person by handle, so that it does not matter how the list stands."""
        self.person = self.dice.choice(["bob", "lena", "tomasz", "ana"])
        # Who has no conversation yet is not in the list that is looked through.
        asks = self.person == "ana" or self.dice.random() < 0.3
        return f"\x0e{self.person}\r" if asks else f"\x06{self.person}\r"

    def step(self):
        """Tab to and fro, as the list stands; it stands still, because nothing is on its way."""
        names = order(self.terminal)
        keys = ""
        if self.person not in names:
            # Somebody to whom nothing has been sent yet need not be in the list.
            return keys
        (before, here) = (self.person, names.index(self.person))
        for _ in range(self.dice.randint(1, 5)):
            step = self.dice.choice([1, -1])
            here = (here + step) % len(names)
            keys += "\t" if step == 1 else "\x1b[Z"
        if names[here] == "zoe":
            here, keys = here - 1, keys + "\x1b[Z"
        self.person = names[here]
        self.told = [*self.told[-2:], (self.count, before, names, keys, self.person)]
        return keys

    def text(self):
        """A text for who is in front, or the beginning of one."""
        self.count += 1
        text = f"[{self.person} {self.seed}.{self.count}]"
        if self.dice.random() < 0.25:
            self.drafts[self.person] = self.drafts.get(self.person, "") + text
            return text
        self.written.append((self.person, self.drafts.pop(self.person, "") + text))
        return text + "\r"

    def burst(self):
        if self.dice.random() < 0.4:
            self.rest()
            keys = self.step() + self.text()
        else:
            keys = self.text()
        for _ in range(self.dice.randint(0, 3)):
            keys += self.choose() + self.text()
        for keys in self.pieces(keys):
            self.terminal.type(keys)
            self.terminal.read(0)
        if self.dice.random() < 0.5:
            self.backend.say(self.dice.choice(["bob", "lena", "tomasz"]), f"heard {self.count}")

    def pieces(self, keys):
        """All at once, or cut somewhere; never within a sequence, of which a slow line might make an Esc."""
        if self.dice.random() < 0.6:
            return [TYPED + keys]
        cuts = sorted(self.dice.randrange(len(keys)) for _ in range(3))
        cuts = [cut for cut in cuts if "\x1b" not in keys[max(0, cut - 2):cut]]
        return [TYPED + keys[a:b] for a, b in zip([0, *cuts], [*cuts, len(keys)])]

    def rest(self):
        """Until all that was written has arrived, and the list stands as it will."""
        self.terminal.wait(lambda t: len(self.backend.received) >= len(self.written), f"all of {self.written}")
        self.terminal.wait(lambda t: f"@{self.person}" in t.partner, f"{self.person} in front")
        # An older list may look like the last one. She always is the last of it, and what she says is told with the rest.
        said = f"after {self.count}."
        self.backend.say("zoe", said, off=-7200)
        self.terminal.wait_for(said)
        listed = [group["handle"] for group in self.backend.group_rows()]
        waiting = {*self.drafts, *listed}
        self.terminal.wait(
            lambda t: [name for name in order(t) if name in listed] == listed and waiting <= set(order(t)),
            f"the list as the server has it, {listed}, with {waiting}")
        # Whoever goes by the list has seen it: what has changed this moment nobody has.
        self.terminal.wait_for_quiet(0.4)


@pytest.mark.parametrize("seed", TYPING_SEEDS)
def test_whatever_is_typed_each_text_arrives_at_its_person_or_nowhere(chat, backend, seed):
    backend.talk("zoe")
    backend.say("zoe", "zoe says welcome", off=-7200)
    terminal = chat(height=40)
    backend.rule("GET /api/users/", delay=0.1)
    backend.rule("GET /api/messages/", delay=0.1, times=40)
    backend.rule("POST /api/messages", delay=0.05, times=10)
    typist = Typist(seed, terminal, backend)
    for _ in range(12):
        typist.burst()
        for person, text in backend.received:
            told = f"seed {seed}: {text!r} went to {person}; {typist.told}\n{terminal.text}"
            assert set(re.findall(r"\[(\w+) ", text)) == {person}, told
    typist.rest()
    for person in ("bob", "lena", "tomasz", "ana"):
        assert backend.texts(person) == [text for to, text in typist.written if to == person], f"seed {seed}"

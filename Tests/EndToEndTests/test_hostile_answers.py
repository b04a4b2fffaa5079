"""Answers that never end, lie, or say what cannot be: the program ends, goes on, and says what is true."""

import email.utils
import json
import os
import re
import subprocess
import time
from datetime import datetime, timedelta, timezone

import pytest

from faults import Proxy
from hostile import Backend, closed_port, moment, token
from terminal import BINARY, rows_of

LISTS = "GET /api/message"


def run_all(folder, calls, timeout=60):
    """Runs commands beside each other, because each may take as long as an exchange is given. A text that has not ended
    by then has no end."""
    running = [
        subprocess.Popen([BINARY, *call], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         env={**os.environ, "HOME": folder})
        for call in calls
    ]
    ended = []
    try:
        for process in running:
            out, err = process.communicate(timeout=timeout)
            ended.append((process.returncode, out, err))
    except subprocess.TimeoutExpired:
        raise AssertionError(f"never ended: {calls[len(ended)]}") from None
    finally:
        for process in running:
            process.kill()
    return ended


# MARK: Answers without an end


@pytest.fixture
def backends():
    """Backends of which each has a fault of its own."""
    made = []

    def make(**rule):
        made.append(Backend())
        if rule:
            made[-1].rule(rule.pop("pattern"), **rule)
        return made[-1]

    yield make
    for backend in made:
        backend.close()


def test_every_command_ends_when_an_answer_does_not(backends, folder):
    calls, wanted, asked = [], [], []
    for number, (command, rule) in enumerate([
        (["groups"], {"pattern": LISTS, "stall": 1}),
        (["groups"], {"pattern": LISTS, "stall": 0}),
        (["groups"], {"pattern": LISTS, "drip": 1}),
        (["groups"], {"pattern": LISTS, "delay": 3600}),
        (["messages", "bob"], {"pattern": "GET /api/messages/", "stall": 1}),
        (["messages", "bob"], {"pattern": "GET /api/messages/", "drip": 1}),
        (["send", "bob", "hi"], {"pattern": "^POST", "stall": 1}),
        (["send", "bob", "hi"], {"pattern": "^POST", "drip": 1}),
        (["send", "bob", "hi"], {"pattern": "^POST", "status": 502, "stall": 1}),
        (["send", "ana", "hi"], {"pattern": "GET /api/users", "stall": 1}),
        (["send", "bob", "hi"], {"pattern": LISTS, "status": 500, "stall": 1}),
    ]):
        wanted.append((command, dict(rule)))
        asked.append(backends(**rule))
        calls.append([*command, "--config", asked[-1].configuration(folder, f"c{number}")])
    for (status, out, err), what, backend in zip(run_all(folder, calls), wanted, asked):
        if status == 0 and backend.received:
            # No answer to the POST, but the list shows what it has stored.
            assert (backend.received, err) == ([("bob", "hi")], ""), f"{what}: {err!r}"
            continue
        assert status > 0, f"{what}: {status}, {out!r}"
        assert out == "" and re.search(r"in time|took too long|did not end|may or may not|\(50.\)", err), f"{what}: {err!r}"


def test_the_commands_ask_about_their_handle_without_waiting_for_ever(backends, folder):
    calls = []
    for number, rule in enumerate([{"stall": 1}, {"drip": 1}, {"status": 400, "drip": 1}]):
        backend = backends(pattern="^POST /$", **rule)
        # No id token: Cognito is asked.
        tokens = {"access_token": token(sub="me-uuid", exp=int(time.time()) + 86_400)}
        calls.append(["groups", "--config", backend.configuration(folder, f"c{number}", tokens=tokens)])
    for status, _, err in run_all(folder, calls):
        assert status >= 0, err


@pytest.mark.parametrize("rule", [{"stall": 1}, {"drip": 1}], ids=["silence", "a byte a second"])
def test_the_chat_says_that_an_answer_does_not_end_and_goes_on_when_it_does(chat, backend, rule):
    terminal = chat(width=140)
    backend.rule(LISTS, **rule)
    backend.say("bob", "unheard as yet")
    terminal.type("\x12")
    terminal.wait(lambda t: re.search("in time|took too long|did not end", t.lines[-1]), "the fault", timeout=120)
    assert "connected" not in terminal.lines[-1]
    backend.calm()
    terminal.type("\x12")
    terminal.wait(lambda t: "connected" in t.lines[-1] and "unheard as yet" in t.transcript, "the end of it", timeout=120)


def test_a_post_whose_answer_does_not_end_is_read_back_and_not_made_again(chat, backend):
    terminal = chat(width=140)
    backend.rule("^POST", stall=1, times=1)
    terminal.type("arrived, unanswered\r")
    terminal.wait(lambda t: re.search(r"arrived, unanswered +✓", t.transcript), "the mark", timeout=120)
    assert backend.posted == [("bob", "arrived, unanswered")]


def test_a_message_that_is_listed_before_its_post_is_answered_is_one_row(chat, backend):
    terminal = chat()
    backend.rule("^POST", stall=1, times=1)
    terminal.type("listed already\r")
    terminal.wait(lambda t: backend.received, "the message on the server")
    answered = len(backend.requests("GET /api/messages/"))
    polled = lambda: [request for request in backend.requests("GET /api/messages/") if request.ended]
    terminal.wait(lambda t: len(polled()) > answered + 2, "polls that list it")
    rows = terminal.transcript.count("listed already")
    # Its sender is still waiting for an answer.
    assert backend.opened("^POST")
    assert rows == 1


# MARK: Numbers from outside


NUMBERS = ["nan", "-nan", "inf", "-inf", "-1e30", "1e30", "1e400", "-5", "0x10", "9223372036854775808", "", "soon", "12,5"]


@pytest.mark.parametrize("value", NUMBERS)
def test_no_retry_after_stops_the_chat(chat, backend, value):
    terminal = chat()
    rule = backend.rule(LISTS, status=503, headers={"Retry-After": value})
    terminal.wait(lambda t: "503" in t.lines[-1] or "offline" in t.lines[-1], "the fault")
    terminal.wait_for_quiet(0.3)
    backend.calm()
    backend.say("bob", "back again")
    # Whatever it asked for, who asks now is answered now.
    terminal.type("\x12")
    terminal.wait(lambda t: "connected" in t.lines[-1] and "back again" in t.transcript, "the connection")
    assert rule.status == 503


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_that_is_a_date_is_honoured(chat, backend, status):
    terminal = chat()
    date = int(time.time()) + 5
    date_text = email.utils.formatdate(date, usegmt=True)
    backend.rule("GET /api/message_groups", status=status, headers={"Retry-After": date_text}, times=1)
    terminal.wait(lambda t: "connected" not in t.lines[-1], "the fault")
    refused = next(r for r in backend.requests("GET /api/message_groups") if r.status == status)
    terminal.wait(lambda t: backend.requests("GET /api/message_groups")[-1] is not refused, "the next try")
    again = next(r for r in backend.requests("GET /api/message_groups") if r.at > refused.at)
    # The backend's times are of the monotonic clock.
    assert again.at + time.time() - time.monotonic() >= date - 0.1
    terminal.wait(lambda t: "connected" in t.lines[-1], "the connection")


@pytest.mark.parametrize("value", [1e30, -1e30, 1e300, 0, 9.3e18, "soon", None, [], True])
def test_no_expiry_of_a_token_stops_a_command(run, backend, folder, value):
    tokens = {"access_token": token(sub="me-uuid", exp=value), "refresh_token": "refresh",
              "id_token": token(preferred_username="me", exp=value)}
    result = run("groups", "--config", backend.configuration(folder, tokens=tokens))
    assert result.returncode == 0, result.stderr
    assert "bob" in result.stdout


def test_a_refusal_with_an_unlikely_expiry_is_said(start, backend, folder):
    for value in (1e30, -1e30):
        backend.rule(LISTS, status=401)
        tokens = {"access_token": token(sub="me-uuid", exp=value), "id_token": token(preferred_username="me")}
        terminal = start("--config", backend.configuration(folder, tokens=tokens), width=120)
        terminal.wait_for("access token")


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:65536", "http://127.0.0.1:99999999999", "http://127.0.0.1:-1", "http://127.0.0.1:0",
    "http://127.0.0.1:18446744073709551616", "http://127.0.0.1:8o80", "http://[::1]:65536", "https://example.com:70000",
])
def test_a_port_that_there_is_not_is_named(run, folder, url):
    for command in (["groups"], ["send", "bob", "hi"], ["messages", "bob"]):
        result = run(*command, "--backend-url", url, env={**os.environ, "CRUDDUR_TOKENS_ACCESS_TOKEN": "t", "HOME": folder})
        assert result.returncode > 0, f"{url}: {result.returncode}"
        assert re.search("backend_url|port", result.stderr), result.stderr
        assert "did not answer" not in result.stderr and result.stdout == ""


@pytest.mark.parametrize("setting", ["polling.groups_seconds", "polling.open_conversation_seconds", "polling.idle_seconds"])
@pytest.mark.parametrize("value", ["nan", "inf", "1e400", "-1", "1e30", "9223372036854775808"])
def test_no_pace_of_polling_stops_a_command(run, backend, folder, setting, value):
    result = run("groups", "--config", backend.configuration(folder), "--set", f"{setting}={value}")
    assert result.returncode >= 0, result.stderr
    assert result.returncode == 0 or setting in result.stderr, result.stderr


# MARK: Answers that are no news


def count_in(terminal, count, seconds=6):
    """How many more there are after a while in which nobody does anything."""
    before = count()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read(0.1)
    return count() - before


@pytest.mark.parametrize("tags", ["deaf", "weakened"])
def test_known_rows_are_no_news_whatever_their_status_and_tag(chat, backend, tags):
    backend.tags = tags
    terminal = chat(polling=None)
    terminal.wait_for_polls(1)
    # One who waits a second between two polls makes six.
    assert count_in(terminal, lambda: len(backend.requests(LISTS))) <= 24
    assert "connected" in terminal.lines[-1]
    backend.say("bob", "news all the same")
    terminal.wait(lambda t: "news all the same" in t.transcript, "the message")


class Weakening:
    """A proxy's plan: tags are made weak, and all gets through."""

    weakens = True

    def __init__(self):
        self.asked = 0

    def get(self, number):
        self.asked += 1
        return "none", True

    def post(self, number):
        return "none", None


def test_our_own_server_behind_a_proxy_that_weakens_tags_is_asked_a_few_times_only(demo, start, folder):
    demo()
    settings = json.load(open(f"{folder}/config-mei.json"))
    host, port = settings["backend_url"].removeprefix("http://").split(":")
    proxy = Proxy((host, int(port)))
    proxy.plan = plan = Weakening()
    try:
        path = f"{folder}/weak.json"
        with open(path, "w") as file:
            json.dump(dict(settings, backend_url=f"http://127.0.0.1:{proxy.port}", history={"path": f"{folder}/weak.sqlite"}), file)
        terminal = start("--config", path)
        terminal.wait(lambda t: "Nia Okafor" in t.transcript and "connected" in t.lines[-1], "the conversation")
        terminal.wait_for_polls(1)
        assert count_in(terminal, lambda: plan.asked) <= 24
    finally:
        proxy.close()


# MARK: Held answers


def test_who_leaves_a_conversation_leaves_no_held_request_behind(chat, backend):
    for number in range(13):
        backend.talk(f"guest{number}", f"hello from {number}")
    backend.say("bob", "first in the list")
    backend.tags = "strong"
    terminal = chat(height=60)
    terminal.wait(lambda t: backend.opened("GET /api/messages/") and backend.opened("GET /api/message_groups"), "held polls")
    seen = set()
    for _ in range(16):
        before = terminal.partner
        terminal.type("\t")
        terminal.wait(lambda t: t.partner != before, "another conversation")
        seen.add(terminal.partner)
        # So that its poll is on its way, and held.
        terminal.wait(lambda t: len(backend.opened("GET /api/messages/")) >= 1, "a held poll")
        terminal.read(0.1)
    assert len(seen) == 16
    # Of themselves they would end after fifty seconds.
    terminal.wait(lambda t: len(backend.opened("GET /api/messages/")) <= 2, "the others' end", timeout=40)
    terminal.type("not held up\r")
    terminal.wait_for_sent("not held up")
    assert "connected" in terminal.lines[-1]


def test_who_goes_through_the_conversations_has_few_polls_held_by_a_server_that_does_not_notice(chat, backend):
    for number in range(13):
        backend.talk(f"guest{number}", f"hello from {number}")
    backend.say("bob", "first in the list")
    backend.tags = "strong"
    backend.notices_departures = False
    terminal = chat(height=60)
    for _ in range(16):
        before = terminal.partner
        terminal.type("\t")
        terminal.wait(lambda t: t.partner != before, "another conversation")
        terminal.wait(lambda t: re.search("says welcome|hello from|first in", t.transcript), "its messages")
        # A glance at each: a second, as people do.
        end = time.monotonic() + 1
        while time.monotonic() < end:
            terminal.read(0.1)
    # One for each conversation would be sixteen, and that is what servers limit.
    assert len(backend.opened("GET /api/messages/")) <= 8


def test_tabs_faster_than_answers_leave_no_held_request_behind(chat, backend):
    for number in range(13):
        backend.talk(f"guest{number}", f"hello from {number}")
    backend.say("bob", "first in the list")
    backend.tags = "strong"
    terminal = chat(height=60)
    terminal.type("\t" * 16)
    terminal.wait_for_partner("bob")
    terminal.wait(lambda t: "first in the list" in t.transcript, "the conversation")
    # Of themselves they would end after fifty seconds.
    terminal.wait(lambda t: len(backend.opened("GET /api/messages/")) <= 2, "at most a few requests", timeout=40)
    terminal.type("here I am\r")
    terminal.wait_for_sent("here I am")
    assert backend.received == [("bob", "here I am")]


# MARK: NUL


NUL = "left\0right"


def test_a_text_with_nul_is_whole_wherever_it_is_shown(chat, run, backend, folder):
    backend.say("bob", "leftmost\0rightmost")
    terminal = chat()
    terminal.wait(lambda t: "rightmost" in t.transcript, "what stands behind the NUL")
    terminal.wait(lambda t: "leftmost" in t.groups, "the preview")
    config = ["--config", f"{folder}/config.json"]
    terminal.type("\x13rightmost")
    terminal.wait(lambda t: re.search("Search all messages", t.text) and re.search("Bob.*leftmost", t.text), "the hit")
    messages = rows_of(run("messages", "bob", "--json", *config).stdout)
    assert messages[-1]["message"] == "leftmost\0rightmost"
    groups = rows_of(run("groups", "--json", *config).stdout)
    assert groups[0]["message"] == "leftmost\0rightmost"
    hits = rows_of(run("search", "rightmost", "--json", *config).stdout)
    assert [hit["message"] for hit in hits] == ["leftmost\0rightmost"]
    exported = json.loads(run("export", "bob", "--format", "json", *config).stdout)
    assert exported["messages"][-1]["message"] == "leftmost\0rightmost"
    for command in (["messages", "bob"], ["groups"], ["search", "rightmost"], ["export", "bob"],
                    ["export", "bob", "--format", "html"]):
        out = run(*command, *config).stdout
        assert "\0" not in out and "rightmost" in out, command


def test_a_name_with_nul_is_whole(chat, run, backend, folder):
    backend.talk("zoe", "hello", name="Zoe\0Zebra")
    terminal = chat()
    terminal.wait(lambda t: re.search("Zoe.?Zebra", t.groups), "the whole name")
    rows = rows_of(run("groups", "--json", "--config", f"{folder}/config.json").stdout)
    assert "Zoe\0Zebra" in [row["display_name"] for row in rows]


def test_a_pasted_nul_is_sent_whole_or_refused_aloud(chat, backend):
    terminal = chat()
    terminal.paste(NUL)
    terminal.wait(lambda t: re.search("left.{0,3}right", t.compose), "the whole text in the line")
    terminal.type("\r")
    terminal.wait(
        lambda t: backend.posted or re.search("(?i)NUL|U\\+0000|zero byte", t.text), "the message, or the refusal")
    if backend.posted:
        terminal.wait(lambda t: re.search("left.{0,3}right +✓", t.transcript), "the whole text")
        assert backend.received == [("bob", NUL)]
    else:
        assert re.search("left.{0,3}right", terminal.text)


def test_a_nul_that_is_sent_is_one_row_for_ever(chat, start, backend, folder):
    terminal = chat()
    terminal.paste(NUL)
    terminal.type("\r")
    terminal.wait(lambda t: backend.posted or re.search("(?i)NUL|U\\+0000|zero byte", t.text), "its fate")
    if not backend.posted:
        pytest.skip("refused aloud")
    terminal.wait_for_polls(3)
    terminal.type("\x11")
    terminal.wait_for_exit()
    again = start("--config", f"{folder}/config.json")
    again.wait(lambda t: re.search("left.{0,3}right +✓", t.transcript), "the message")
    assert len(re.findall("left", again.transcript)) == 1
    assert backend.received == [("bob", NUL)]


@pytest.mark.parametrize("text", [NUL, "\0", "\0right", "left\0", "left\0\n", "x" * 1023 + "\0"])
def test_a_piped_nul_is_sent_whole_or_refused_aloud(backend, folder, text):
    path = backend.configuration(folder)
    result = subprocess.run([BINARY, "send", "bob", "--config", path], input=text.encode(), capture_output=True, timeout=120)
    if result.returncode == 0:
        assert backend.received == [("bob", text.removesuffix("\n"))]
    else:
        assert result.returncode > 0 and result.stderr.strip()
        assert backend.posted == []


# MARK: Lists that cannot show everything


def poll_groups(terminal, backend, count):
    """Has the groups polled so often."""
    for _ in range(count):
        before = len(backend.requests("GET /api/message_groups"))
        terminal.type("\x12")
        terminal.wait(
            lambda t: len([r for r in backend.requests("GET /api/message_groups") if r.ended]) > before, "a poll")


def is_called_gone(terminal):
    return "not listed" in terminal.text or "lists it no more" in terminal.text


def test_what_a_full_list_cannot_show_is_not_called_gone(chat, backend):
    backend.rows = 1000
    for number in range(42):
        backend.talk(f"guest{number}", f"hello from {number}")
    backend.say("bob", "first in the list")
    terminal = chat(height=100)
    terminal.wait(lambda t: "@guest0 " in t.groups and "@tomasz" in t.groups, "all conversations")
    backend.rows = 20
    poll_groups(terminal, backend, 8)
    # And one by one they move up, and push others out.
    for number in range(12):
        backend.say(f"guest{number}", f"again {number}")
        poll_groups(terminal, backend, 1)
    terminal.wait(lambda t: "again 11" in t.groups, "the last to write")
    poll_groups(terminal, backend, 8)
    assert not is_called_gone(terminal)
    terminal.type("\x06guest20\r")
    terminal.wait_for_partner("guest20")
    terminal.wait(lambda t: "hello from 20" in t.transcript, "its messages")
    assert not is_called_gone(terminal)


def move_to_last_year(backend):
    """All that was said, and some of it in December."""
    for group in backend.groups:
        for message in group.messages:
            message.at = (moment(message.at) - timedelta(days=366)).isoformat()
        group.at = group.messages[-1].at


@pytest.mark.parametrize("tags", ["none", "quick"])
def test_at_the_turn_of_the_year_nothing_is_called_gone(chat, backend, tags):
    move_to_last_year(backend)
    backend.tags = tags
    terminal = chat()
    terminal.wait(lambda t: "bob says welcome" in t.transcript, "the conversation")
    backend.since = datetime(datetime.now(timezone.utc).year, 1, 1, tzinfo=timezone.utc)
    poll_groups(terminal, backend, 8)
    assert not is_called_gone(terminal)
    assert "bob says welcome" in terminal.transcript
    # Somebody writes in the new year: a list that begins anew says nothing of the others.
    backend.say("lena", "happy new year")
    terminal.wait(lambda t: "happy new year" in t.groups, "the message")
    poll_groups(terminal, backend, 8)
    assert not is_called_gone(terminal)
    terminal.type("happy new year, bob\r")
    terminal.wait_for_sent("happy new year, bob")
    assert backend.received == [("bob", "happy new year, bob")]


@pytest.mark.parametrize("tags", ["none", "quick"])
def test_a_group_that_a_short_list_lacks_again_and_again_is_listed_no_more(chat, backend, tags):
    backend.tags = tags
    terminal = chat()
    # Older rows than its own are still listed, so this list would show it.
    backend.group("lena").is_listed = False
    terminal.wait(lambda t: re.search(r"Lena.*\n.*not listed", t.groups), "what is said of it")
    backend.group("lena").is_listed = True
    terminal.wait(lambda t: "not listed" not in t.groups, "what is said of it")


def test_a_group_that_one_poll_lacks_is_still_there(chat, backend):
    terminal = chat()
    backend.rule("GET /api/message_groups", body=b"[]", times=1)
    poll_groups(terminal, backend, 2)
    terminal.wait_for_quiet(0.5)
    assert not is_called_gone(terminal)
    assert "@lena" in terminal.groups


# MARK: What is said of faults

WIDTHS = [60, 80, 100, 120]
FAULTS = {
    "404": ({"pattern": LISTS, "status": 404}, "404:"),
    "401": ({"pattern": LISTS, "status": 401}, "(?i)access token"),
    "500": ({"pattern": LISTS, "status": 500}, r"\(500\)"),
    "503": ({"pattern": LISTS, "status": 503}, r"\(503\)"),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_reason_comes_first_at_every_width(start, backend, folder, fault, width):
    rule, words = FAULTS[fault]
    backend.rule(**rule)
    terminal = start("--config", backend.configuration(folder), width=width)
    terminal.wait(lambda t: re.search(words, t.lines[-1]), f"{words} in the last line")
    # It has answered.
    assert "has not answered" not in " ".join(terminal.text.split())
    assert "Loading" not in terminal.groups


@pytest.mark.parametrize("width", WIDTHS)
def test_a_fault_beside_a_history_is_said_at_every_width(chat, start, backend, folder, width):
    first = chat()
    first.type("\x11")
    first.wait_for_exit()
    backend.rule(LISTS, status=500)
    terminal = start("--config", f"{folder}/config.json", width=width)
    terminal.wait(lambda t: "500" in t.lines[-1] and "@lena" in t.groups, "the reason, and the conversations")


@pytest.mark.parametrize("width", WIDTHS)
def test_cognito_that_cannot_be_reached_is_not_called_the_server(start, backend, folder, width):
    backend.rule(LISTS, status=401)
    tokens = {"access_token": token(sub="me-uuid", exp=1), "refresh_token": "refresh",
              "id_token": token(preferred_username="me")}
    cognito = {"region": "eu-west-1", "client_id": "client", "endpoint": f"http://127.0.0.1:{closed_port()}"}
    path = backend.configuration(folder, tokens=tokens, cognito=cognito)
    terminal = start("--config", path, width=width)
    terminal.wait(lambda t: re.search("(?i)cognito", t.lines[-1]), "Cognito in the last line")
    assert "cannot reach the server" not in terminal.text


@pytest.mark.parametrize("width", WIDTHS)
def test_cognito_that_refuses_the_refresh_token_is_said_as_a_matter_of_tokens(start, backend, folder, width):
    backend.rule(LISTS, status=401)
    backend.rule("POST /$", status=400, body=b'{"__type": "NotAuthorizedException"}')
    tokens = {"access_token": token(sub="me-uuid", exp=1), "refresh_token": "refresh",
              "id_token": token(preferred_username="me")}
    terminal = start("--config", backend.configuration(folder, tokens=tokens), width=width)
    terminal.wait(lambda t: re.search("(?i)token|sign", t.lines[-1]), "the reason")
    assert "cannot reach" not in terminal.text


def test_the_commands_say_which_of_the_two_servers_it_was(run, backend, folder):
    backend.rule(LISTS, status=401)
    tokens = {"access_token": token(sub="me-uuid", exp=1), "refresh_token": "refresh"}
    cognito = {"region": "eu-west-1", "client_id": "client", "endpoint": f"http://127.0.0.1:{closed_port()}"}
    result = run("groups", "--config", backend.configuration(folder, tokens=tokens, cognito=cognito))
    assert result.returncode > 0 and re.search("(?i)cognito", result.stderr), result.stderr


@pytest.mark.parametrize("width", WIDTHS)
def test_a_server_that_is_not_there_is_said_at_every_width(start, backend, folder, width):
    path = backend.configuration(folder, backend_url=f"http://127.0.0.1:{closed_port()}")
    terminal = start("--config", path, width=width)
    terminal.wait(lambda t: "refused" in t.lines[-1], "the reason in the last line")


def test_that_the_own_handle_is_unknown_is_said_with_what_to_set(start, backend, folder):
    backend.say("bob", "hello you")
    backend.append(backend.group("bob"), "me", "hello bob")
    tokens = {"access_token": token(sub="me-uuid", exp=int(time.time()) + 86_400)}
    cognito = {"region": "eu-west-1", "client_id": "client", "endpoint": f"http://127.0.0.1:{closed_port()}"}
    terminal = start("--config", backend.configuration(folder, tokens=tokens, cognito=cognito), width=160)
    terminal.wait(lambda t: "hello bob" in t.transcript, "the conversation")
    unknown = r"(?i)\bset\b.{0,60}\bhandle\b|\bhandle\b.{0,80}(not known|unknown|configuration|\bset\b)"
    terminal.wait(lambda t: re.search(unknown, t.text), "that the handle is not known, and what to set")


def test_hostile_names_codes_and_headers_never_reach_the_terminal(run, backend, folder):
    escape = "\x1b]0;owned\x07"
    backend.talk("zoe", f"text {escape}", name=f"Zoe {escape}")
    path = ["--config", backend.configuration(folder)]
    backend.rule("^POST", status=422, body=json.dumps([escape, "message_blank"]).encode())
    results = [run("groups", *path), run("messages", "zoe", *path), run("send", "zoe", "hi", *path)]
    backend.rules.clear()
    backend.rule(LISTS, body=b"<html>", headers={"Content-Type": "text/html\x9b5n"})
    results.append(run("groups", *path))
    backend.rules.clear()
    backend.rule(LISTS, body=b"no json", headers={"Content-Type": "x\x1b[2J"})
    results.append(run("groups", *path))
    for result in results:
        assert "\x1b" not in result.stdout + result.stderr, result
        assert "\x9b" not in result.stdout + result.stderr, result
    assert [result.returncode > 0 for result in results] == [False, False, True, True, True]

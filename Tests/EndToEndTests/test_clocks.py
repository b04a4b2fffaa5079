"""Nobody's clock is trusted: the other's, the server's, and this machine's own may be off, or step."""

import json
import os
import re

import pytest

from wallclock import WallClock
from terminal import rows_of

OFFSETS = {"15 s ahead": 15, "2 h ahead": 7200, "2 h behind": -7200, "as ours": 0}


def quit_chat(terminal):
    terminal.type("\x11")
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 0


def below(terminal, name):
    """The row of somebody's preview in the list of conversations."""
    match = re.search(rf"^.{name} .*\n(.*)$", terminal.groups, re.M)
    return match[1] if match else ""


def each_once(run, path, handle, *texts):
    """In the headless output and the export, each of `texts` stands once."""
    messages = rows_of(run("messages", handle, "--json", "--config", path).stdout)
    exported = json.loads(run("export", handle, "--format", "json", "--config", path).stdout)["messages"]
    for text in texts:
        for place, rows in [("messages", messages), ("export", exported)]:
            assert [row["message"] for row in rows].count(text) == 1, f"{text!r} in {place}: {rows}"
    assert [row.get("delivery") for row in messages] == [None] * len(messages)


@pytest.mark.parametrize("is_naive", [False, True], ids=["aware", "naive"])
@pytest.mark.parametrize("offset", OFFSETS)
def test_an_answer_is_one_row_whatever_the_date_of_what_it_answers(
    chat, start, run, backend, folder, offset, is_naive
):
    backend.is_naive = is_naive
    backend.say("bob", "what do you say?", off=OFFSETS[offset])
    path = f"{folder}/config.json"
    terminal = chat()
    terminal.wait(lambda t: "what do you say?" in t.transcript, "the question")
    terminal.type("this I say\r")
    terminal.wait_for_sent("this I say")
    assert backend.posted == [("bob", "this I say")]
    # A frame may be half read.
    terminal.wait(lambda t: t.transcript.count("this I say") == 1, "one row")
    terminal.wait(lambda t: "this I say" in below(t, "Bob"), "the preview")
    quit_chat(terminal)
    each_once(run, path, "@bob", "this I say", "what do you say?")
    again = start("--config", path)
    again.wait_for_sent("this I say")
    again.wait_for_polls(2)
    assert again.transcript.count("this I say") == 1
    assert "↑" not in again.transcript
    assert backend.posted == [("bob", "this I say")]


def test_the_same_text_twice_is_two_rows_whatever_the_dates(chat, run, backend, folder):
    backend.say("bob", "again?", off=7200)
    terminal = chat()
    terminal.wait(lambda t: "again?" in t.transcript, "the question")
    terminal.type("again\r")
    terminal.type("\x05again\r")
    terminal.wait(lambda t: len(re.findall("again +✓", t.transcript)) == 2, "two rows")
    terminal.wait_for_sent("again")
    terminal.wait_for_polls(2)
    assert len(re.findall("again +[✓↑?◦…]", terminal.transcript)) == 2
    messages = rows_of(run("messages", "@bob", "--json", "--config", f"{folder}/config.json").stdout)
    assert [row["message"] for row in messages].count("again") == 2


@pytest.mark.parametrize("mine", [15, 7200, -15, -7200])
def test_an_answer_is_one_row_where_it_is_my_own_rows_that_are_off(chat, run, backend, folder, mine):
    backend.off["me"] = mine
    terminal = chat()
    for text in ("one", "two"):
        terminal.type(text + "\r")
        terminal.wait_for_sent(text)
        backend.say("bob", f"after {text}")
    terminal.wait(lambda t: "after two" in t.transcript, "the answer")
    quit_chat(terminal)
    each_once(run, f"{folder}/config.json", "bob", "one", "two", "after one", "after two")
    assert backend.texts("bob") == ["one", "two"]


@pytest.mark.parametrize("ahead", [15, 7200])
def test_what_comes_after_a_message_of_the_future_is_unread(chat, start, backend, folder, ahead):
    backend.say("bob", "from the future", off=ahead)
    terminal = chat()
    terminal.wait(lambda t: "from the future" in t.transcript, "the message")
    terminal.type("\t")
    terminal.wait_for_partner("lena")
    backend.say("bob", "from now")
    backend.say("bob", "and now")
    terminal.wait(lambda t: re.search(r" 2 *$", below(t, "Bob")), "two unread")
    quit_chat(terminal)
    again = start("--config", f"{folder}/config.json")
    again.wait(lambda t: "from now" in t.text or re.search(r" 2 *$", below(t, "Bob")), "the unread messages")
    again.type("\x06bob\r")
    again.wait(lambda t: "and now" in t.transcript, "the messages")
    again.wait(lambda t: not re.search(r" \d+ *$", below(t, "Bob")), "nothing unread")


def test_an_answer_to_a_message_of_the_future_leaves_nothing_unread(chat, backend):
    backend.say("bob", "from the future", off=7200)
    terminal = chat()
    terminal.wait(lambda t: "from the future" in t.transcript, "the message")
    terminal.type("my answer\r")
    terminal.wait_for_sent("my answer")
    terminal.wait_for_polls(2)
    assert "unread" not in terminal.groups
    assert not re.search(r" \d+ *$", below(terminal, "Bob"))


# MARK: This machine's clock


@pytest.mark.parametrize("step", [7200, -7200, 15, -15])
def test_a_clock_that_steps_loses_and_doubles_nothing(chat, run, backend, folder, step):
    clock = WallClock(folder)
    terminal = chat(env=clock.environment)
    terminal.type("before the step\r")
    terminal.wait_for_sent("before the step")
    clock.step(step)
    terminal.type("after the step\r")
    terminal.wait_for_sent("after the step")
    backend.say("bob", "heard you")
    # The polls go on, whatever the clock says.
    terminal.wait(lambda t: "heard you" in t.transcript, "the answer")
    terminal.type("\t")
    terminal.wait_for_partner("lena")
    backend.say("bob", "and you?")
    terminal.wait(lambda t: re.search(r" 1 *$", below(t, "Bob")), "one unread")
    clock.step(0)
    terminal.type("\x1b[Z")
    terminal.wait_for_partner("bob")
    terminal.type("back again\r")
    terminal.wait_for_sent("back again")
    texts = ("before the step", "after the step", "back again")
    for text in texts:
        terminal.wait_for_sent(text)
    quit_chat(terminal)
    assert backend.posted == [("bob", text) for text in texts]
    each_once(run, f"{folder}/config.json", "bob", *texts, "heard you", "and you?")


@pytest.mark.parametrize("step", [7200, -7200])
def test_a_program_whose_clock_is_off_from_the_start_reads_and_writes_like_all_others(
    chat, start, run, backend, folder, step
):
    clock = WallClock(folder)
    clock.step(step)
    terminal = chat(env=clock.environment)
    terminal.type("hello from another time\r")
    terminal.wait_for_sent("hello from another time")
    quit_chat(terminal)
    backend.say("bob", "while you were away")
    again = start("--config", f"{folder}/config.json")
    again.wait(lambda t: "while you were away" in t.transcript and "─ new ─" in t.transcript, "the unread line")
    assert again.transcript.count("hello from another time") == 1


def test_a_stale_token_by_a_wrong_clock_still_gets_an_answer(chat, backend, folder):
    """A token counts as expired by our clock: but the server decides."""
    clock = WallClock(folder)
    clock.step(14 * 86_400)
    backend.rule("POST /$", status=400, body=b'{"__type": "NotAuthorizedException"}')
    terminal = chat(env=clock.environment)
    terminal.type("still here\r")
    terminal.wait_for_sent("still here")

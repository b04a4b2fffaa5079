"""The tour of the access patterns, and what goes wrong with the seed's code: made to happen on a real table."""

import re
import signal
import sqlite3

import pytest

F5, F6, F7, F8 = "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~"

UNITS = r"[\d.]+ WU \$0\.\d{7}"
# Of each step: its title, and what is told, from the calls and the table, after each press of the key.
STEPS = [
    ("A: ", [r"▸ \S+ A GET /api/messages/\S+ \d+ .*\n ▸ Query pk = \"MSG#.*newest first limit 20"]),
    ("B: ", [r"▸ \S+ B GET /api/message_groups \d+ .*\n ▸ Query pk = \"GRP#.*newest first limit 20"]),
    ("C: ", [r"▸ \S+ C POST /api/messages 200 .*\n ▸ TransactWriteItems .*WU"]),
    ("D: ", [r"▸ \S+ D POST /api/messages 200 .*\n ▸ TransactWriteItems .*WU"]),
    ("E: ", [rf"▸ E stream, \d+ ms after the write\n ▸ message .*{UNITS}, moving .*{UNITS}\n ▸ your row .*as the newest message"]),
    ("What it costs: E", [rf"▸ E stream, \d+ ms after the write\n ▸ message .*{UNITS}, moving .*{UNITS}"]),
    ("What it costs: limits", []),
    ("Wrong: the stream's function", [r"▸ Nothing has come of it yet\.\n ▸ your row at \S+, newest message at", r"▸ your row .*as the newest message"]),
    ("Wrong: the stream is late", [r"▸ E stream, [5-9]\d{3} ms after the write\n.*\n ▸ your row .*as the newest", r"as the newest message"]),
    ("Wrong: records out of order", [r"▸ E stream.*\n.*\n ▸ your row at \S+, newest message at", r"▸ your row .*as the newest message"]),
    ("Wrong: between the delete", [r"▸ no row of yours; newest message at", r"▸ your row .*as the newest message"]),
    ("Wrong: two messages at one time", [r"▸ your row at \S+, but it tells a message that is gone", r"▸ your row"]),
    ("Wrong: two groups", [r"▸ rows of yours with @lena: 3", r"▸ rows of yours with @lena: 3"]),
    ("Wrong: the uuid", [r"▸ \S+ C POST /api/messages 200", r"The answer has the message's own uuid"]),
    ("Wrong: 1 January", [r"▸ \S+ B GET.*\n ▸ Query .*begins_with\(sk, \"\d{4}\"\)[^▸]*→ 0", r"▸ \S+ B GET.*\n ▸ Query pk = \"GRP#[^\"]*\" newest first .*→ [1-9]"]),
]


@pytest.mark.parametrize("width, height", [(80, 24), (120, 40)])
def test_the_tour_is_walked_from_its_first_step_to_its_last(demo, width, height):
    terminal = demo("--tour", width=width, height=height, until="Mei Tanaka")
    for number, (title, facts) in enumerate(STEPS, 1):
        terminal.wait_for(f"Tour {number}/{len(STEPS)} · {title}")
        for act, pattern in enumerate(facts):
            # What goes wrong is told with what the seed and what this server does, once it has happened.
            contrasts = title.startswith("Wrong") and act == 0
            # What was sent before is over: the key would say that it is not.
            terminal.wait_for_quiet(1)
            terminal.wait(lambda t: not re.search(r"[◦…↑?] *$", t.transcript, re.M), "what was sent before")
            terminal.type(F5)
            terminal.wait(lambda t: re.search(pattern, t.text) and ("The seed:" in t.text) == contrasts, f"{title}, act {act + 1}: {pattern}")
        terminal.type(F5)
    terminal.wait_for("That was the tour.")
    assert "Conversations" in terminal.lines[0]
    assert "as the seed" not in terminal.text


def test_what_the_faults_do_is_seen_in_the_conversation_too(demo):
    terminal = demo("--tour=same-time", width=120, height=40, until="Mei Tanaka")
    terminal.type(F5)
    terminal.wait(lambda t: "This is the second of two." in t.transcript, "the second message")
    # The first was accepted, and is in the table no more.
    terminal.wait(lambda t: "second of two" in messages(t) and "first of two" not in messages(t), "one item of two")
    # Nor does the stream tell of the second: it is no new item.
    terminal.wait_for("but it tells a message that is gone")
    assert "as the seed: same-time" in terminal.lines[-1]
    terminal.type("/tour two-groups\r")
    terminal.wait_for("Wrong: two groups")
    assert "as the seed" not in terminal.text
    terminal.type(F5)
    terminal.wait(lambda t: len(re.findall(r"\S+ @lena", t.groups)) >= 2, "two groups with one person")


def test_a_row_that_the_stream_has_not_moved_says_so_in_the_list(demo):
    terminal = demo("--stream-lag", "4", width=140, height=40)
    terminal.type("is my row late?\r")
    terminal.wait_for_sent("is my row late?")
    terminal.wait(lambda t: re.search(r"You: is .*row still \d\d:\d\d, \d\.\d s", t.groups), "the late row")
    terminal.wait(lambda t: "row still" not in t.groups, "the row that moved")


def test_the_calls_are_counted_at_the_prices_that_are_asked_for(demo, run, folder):
    terminal = demo("--prices-of", "sa-east-1", width=120, height=40)
    terminal.type("\x1bOQ" + "what does it cost?\r")
    terminal.wait(lambda t: re.search(r"Calls · .*\$0\.\d{7}", t.text), "a price")
    terminal.type("/calls open\r")
    terminal.type("\r")
    terminal.wait_for("prices of sa-east-1, September 2026")
    refused = run("demo", "--data", folder + "-other", "--prices-of", "mars-north-1")
    assert refused.returncode == 64 and "known are the prices of af-south-1" in refused.stderr


def test_a_stream_that_stands_still_goes_on_where_it_was(demo):
    terminal = demo("--stream-lag", "0", width=160, height=40)
    terminal.type("\x1bOR" + F7)
    terminal.wait_for("The stream stands still")
    terminal.type("nobody has told the list\r")
    terminal.wait_for_sent("nobody has told the list")
    terminal.wait(lambda t: re.search(r"MSG#[\s\S]*nobody has told", t.groups), "the message's item")
    assert "as the seed: stream-off" in terminal.lines[-1]
    # Above the messages are the rows.
    assert "nobody has told" not in terminal.groups.split("MSG#")[0]
    terminal.type(F7)
    terminal.wait(lambda t: "nobody has told" in t.groups.split("MSG#")[0], "the rows that moved")


def test_faults_can_be_there_from_the_start_and_those_who_join_cannot_have_them(demo, run, folder):
    terminal = demo("--as-seed", "stream-late,new-year", until="as the seed")
    terminal.wait_for("as the seed: stream-late, new-year")
    terminal.type(F8)
    terminal.wait_for("[x] new-year")
    joined = demo("--as", "mei", until="connected · @mei")
    joined.type(F8)
    joined.wait_for("Only cruddur demo")
    for arguments, reason in [(["--as-seed", "wrong"], "what can go wrong is stream-off"), (["--tour=Z"], "the steps are A, B"),
                              (["--as", "mei", "--tour"], "--as joins a demo"), (["--tour", "--sign-in"], "Take one of them")]:
        refused = run("demo", "--data", folder + "-other", *arguments)
        assert refused.returncode == 64 and reason in refused.stderr


@pytest.mark.parametrize("fault, ends", [("move-gap", signal.SIGKILL), ("out-of-order", signal.SIGTERM)])
def test_what_a_fault_has_left_is_mended_at_the_next_start(demo, folder, fault, ends):
    before = demo()
    before.type("\x11")
    before.wait_for_exit()
    rows = lambda: groups_in(f"{folder}/table.sqlite")
    known = rows()
    assert len(known) == 6
    terminal = demo("--as-seed", fault)
    terminal.type("in the middle of it\r")
    terminal.wait_for_sent("in the middle of it")
    if fault == "move-gap":
        terminal.wait(lambda t: len(rows()) == 4, "the rows that are deleted")
    terminal.signal(ends)
    terminal.wait_for_exit()
    # There is something to mend.
    assert len(rows()) < 6 or behind(f"{folder}/table.sqlite")
    again = demo()
    again.wait(
        lambda t: len(rows()) == 6 and len(rows() - known) == 2 and not behind(f"{folder}/table.sqlite"),
        "the rows, where the message is")
    again.type("and after it\r")
    again.wait_for_sent("and after it")


def messages(terminal):
    """What the table shows of the messages."""
    return terminal.groups.split("MSG#")[-1]


def behind(table):
    """How many rows in users' lists are not at their group's newest message."""
    with sqlite3.connect(f"file:{table}?mode=ro", uri=True) as database:
        return database.execute(
            """SELECT count(*) FROM items g WHERE pk LIKE 'GRP#%'
               AND sk < (SELECT max(sk) FROM items WHERE pk = 'MSG#' || g.message_group_uuid)""").fetchone()[0]


def groups_in(table):
    """The keys of all rows in users' lists."""
    with sqlite3.connect(f"file:{table}?mode=ro", uri=True) as database:
        return {tuple(map(str, row)) for row in database.execute("SELECT pk, sk FROM items") if "GRP#" in str(row[0])}

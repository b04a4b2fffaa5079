"""The calls as they happen: F2 in the chat, and what a server records."""

import re


def test_a_message_is_followed_from_its_call_to_the_rows_that_it_moves(demo):
    terminal = demo(width=200, height=40)
    terminal.type("\x1bOQ")
    terminal.wait(lambda t: t.lines[0].startswith(" Calls"), "the calls")
    terminal.type("seen from all sides\r")
    terminal.wait_for_sent("seen from all sides")
    terminal.wait(lambda t: re.search(r"C POST /api/messages 200 \d+ [µm]s", t.groups), "its call")
    terminal.wait(lambda t: "E stream," in t.groups and "TransactWriteItems" in t.groups, "the rows it moved")
    assert re.search(r"Calls · [\d.]+ read, [\d.]+ write units · \$0\.\d{7}", terminal.lines[0])
    # Keys and numbers, never the text.
    assert "seen from" not in terminal.groups
    terminal.type("\x1bOQ")
    terminal.wait(lambda t: "Conversations" in t.lines[0], "the list")
    assert "@mei" in terminal.groups


def test_a_backend_that_records_nothing_is_seen_from_our_side(chat, backend):
    terminal = chat(width=160)
    terminal.type("\x1bOQ")
    terminal.type("hello\r")
    terminal.wait_for_sent("hello")
    terminal.wait(lambda t: re.search(r"C POST /api/messages 200 \d+ [µm]s", t.groups), "the call")
    assert "PutItem" not in terminal.groups
    # It is asked once whether it tells, and not again and again.
    terminal.wait_for_polls(2)
    assert len(backend.requests("/api/traces")) == 1

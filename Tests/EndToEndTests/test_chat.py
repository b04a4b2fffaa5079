"""The chat, as a person has it in front of them."""

import os
import random
import re

import pytest

from terminal import rows_of


def test_both_panes_are_there_and_say_how_to_begin(demo):
    terminal = demo()
    assert "Mei Tanaka @mei" in terminal.groups
    assert "Tomasz Wiśniewski @tomasz" in terminal.groups
    assert "Everything is all right." in terminal.transcript
    for hint in ["F1 help", "^N new", "^Q quit", "@nia", "connected", "127.0.0.1:"]:
        assert hint in terminal.lines[-1], hint


def test_a_message_is_sent_once_and_answered(demo):
    terminal = demo(height=40)
    terminal.type("\t")
    terminal.wait_for("I will have two terminals open.")
    terminal.type("is the stream awake? 你好\r")
    terminal.wait_for_sent("is the stream awake? 你好")
    # The stream has moved the group to the top and changed its preview.
    terminal.wait(lambda t: t.groups.splitlines()[2].startswith("▌Tomasz"), "the group at the top")
    terminal.wait(lambda t: "is the stream awake?" in t.groups or "@tomasz" in t.groups, "the preview")
    terminal.wait_for("stream lag")
    # The companion answers without a key pressed.
    terminal.wait_for_answer("is the stream awake?", "Tomasz Wiśniewski")
    terminal.wait_for_polls(10)
    assert terminal.transcript.count("is the stream awake?") == 1


def test_a_second_terminal_sees_the_message_as_unread(demo, start, folder):
    first = demo()
    second = start("demo", "--data", folder, "--as", "mei", width=100)
    second.wait_for("@mei")
    second.wait(lambda t: "Nia Okafor" in t.groups, "the groups")
    # Mei looks at another conversation.
    second.type("\t")
    second.wait(lambda t: "street signs" in t.transcript, "the conversation with Tomasz")
    first.type("ping for the second terminal\r")
    second.wait(lambda t: re.search(r"Nia Okafor @nia.*\n ping for the.* 1\s*$", t.groups, re.M), "the unread count")
    # Somebody sits in Mei's seat: nobody answers for her.
    second.type("\t")
    second.wait(lambda t: "ping for the second terminal" in t.transcript, "the message")
    assert "─ new ─" in second.transcript
    second.type("pong\r")
    first.wait(lambda t: "pong" in t.transcript, "the answer")


def test_a_new_conversation_is_looked_up_first_and_begins_with_its_first_message(demo, run, folder):
    terminal = demo()
    terminal.type("\x0e")
    terminal.wait_for("New conversation")
    terminal.type("nobody\r")
    terminal.wait_for("Nobody here has the handle @nobody.")
    terminal.type("\x15lena\r")
    terminal.wait_for("A new conversation with Lena Fischer (@lena).")
    groups = run("groups", "--json", "--config", folder + "/config-nia.json")
    assert "lena" not in groups.stdout
    terminal.type("hello lena\r")
    terminal.wait_for_sent("hello lena")
    terminal.wait_for_answer("hello lena", "Lena Fischer")
    groups = rows_of(run("groups", "--json", "--config", folder + "/config-nia.json").stdout)
    assert [group["handle"] for group in groups].count("lena") == 1
    assert terminal.transcript.count("hello lena") == 1


def test_a_new_conversation_with_somebody_known_opens_the_one_there_is(demo):
    terminal = demo()
    terminal.type("\x0etomasz\r")
    terminal.wait_for("I will have two terminals open.")


def test_a_resize_storm_leaves_every_cell_right(demo):
    terminal = demo()
    terminal.type("draft that stays")
    dice = random.Random(7)
    for _ in range(60):
        terminal.resize(dice.randint(1, 180), dice.randint(1, 60))
        terminal.read(0.01)
    terminal.resize(1, 1)
    terminal.read(0.05)
    terminal.resize(100, 30)
    terminal.wait(lambda t: "draft that stays" in t.transcript and "Mei Tanaka @mei" in t.groups, "both panes")
    terminal.wait_for_quiet(0.5)
    after_storm = terminal.lines[:-1]
    # Drawn anew from nothing it must look the same.
    terminal.screen.reset()
    terminal.type("\x0c")
    terminal.wait(lambda t: t.lines[:-1] == after_storm, "the same screen")


def test_a_narrow_terminal_shows_one_pane_at_a_time(start, folder):
    terminal = start("demo", "--data", folder, width=40, height=10)
    terminal.wait_for("Conversations")
    terminal.wait_for("Tomasz Wiśniewski @tomasz")
    terminal.type("\r")
    terminal.wait_for("Write to Mei Tanaka")
    assert "Tomasz" not in terminal.text
    terminal.type("\x1b")
    terminal.wait_for("Tomasz Wiśniewski @tomasz")


def test_a_long_paste_is_text_and_nothing_of_it_is_lost(demo):
    terminal = demo()
    terminal.paste("".join(f"line {number}\n" for number in range(12_000)) + "the end")
    terminal.wait_for("the end")
    terminal.type("\r")
    terminal.wait_for("Too long by")
    assert "the end" in terminal.text
    terminal.type("\x1b<")
    terminal.wait_for("line 0")


def test_hostile_text_is_shown_and_not_obeyed(demo, run, folder):
    terminal = demo()
    hostile = "\x1b]0;owned\x07 \x1b[2J\x1b[31mred \u202eback\u202c \x9b5n end of it"
    sent = run("send", "nia", hostile, "--config", folder + "/config-mei.json")
    assert sent.returncode == 0, sent.stderr
    terminal.wait(lambda t: "end of it" in t.transcript, "the message")
    assert "␛]0;owned␇ ␛[2J␛[31mred �back� �5n end of it" in terminal.transcript
    assert b"\x1b]0;owned" not in terminal.raw
    assert "Conversations" in terminal.groups
    printed = run("messages", "mei", "--config", folder + "/config-nia.json").stdout
    assert "\x1b" not in printed
    listed = rows_of(run("messages", "mei", "--json", "--config", folder + "/config-nia.json").stdout)
    assert listed[-1]["message"] == hostile


def test_the_reader_stays_while_messages_arrive(demo, run, folder):
    terminal = demo()
    # More than a page of the API.
    terminal.type("\x1b[5~")
    terminal.wait_for("below")
    before = terminal.transcript.splitlines()[2:10]
    for number in range(3):
        assert run("send", "nia", f"news {number}", "--config", folder + "/config-mei.json").returncode == 0
    terminal.wait_for("3 new")
    assert terminal.transcript.splitlines()[2:10] == before
    terminal.type("\x1b[1;5F")
    terminal.wait(lambda t: "news 2" in t.transcript and "below" not in t.transcript, "the newest message")


def test_the_reader_can_go_back_to_the_first_message(demo):
    terminal = demo()
    # The API shows twenty; the server has two hundred.
    terminal.wait(lambda t: "Is this thing on?" in t.transcript or t.type("\x1b[1;5H"), "the first message")
    terminal.type("\x1b[1;5F")
    terminal.wait_for("this terminal is open")


def test_idle_asks_the_server_next_to_nothing(demo, folder):
    terminal = demo()
    terminal.wait_for_polls(1)
    terminal.type("news travel fast\r")
    terminal.wait_for_sent("news travel fast")
    terminal.wait_for_answer("news travel fast", "Mei Tanaka")
    terminal.wait_for_quiet(3)

    def asked_in(seconds):
        count = len(open(folder + "/server.log").readlines())
        terminal.wait_for_quiet(seconds)
        return len(open(folder + "/server.log").readlines()) - count

    # Both lists are held by the server until there is news: for fifty seconds, which may be over just now, and once more
    # for the other list. Who asked by the clock would do it each time.
    assert any(asked_in(6) == 0 for _ in range(4))


def test_a_message_is_written_in_an_editor_and_what_goes_wrong_there_loses_nothing(demo, folder):
    editor, opened = folder + "/editor", folder + "/opened"
    with open(editor, "w") as file:
        file.write(f'#!/bin/sh\nsed -i "$1" "$2" && echo >>{opened}\n')
    os.chmod(editor, 0o755)
    terminal = demo(env={"EDITOR": f"{editor} s/here/there/"})
    terminal.type("see you here\x18\x05")
    terminal.wait_for("see you there")
    terminal.type("\r")
    terminal.wait_for_sent("see you there")
    terminal.type("/editor\r")
    terminal.wait(lambda t: open(opened).read() == "\n\n", "the editor again")
    broken = demo("--as", "mei", env={"VISUAL": "no-such-editor"}, until="connected · @mei")
    broken.type("kept text\x18\x05")
    broken.wait_for("There is no editor no-such-editor here")
    assert "kept text" in broken.text
    broken.type("\r")
    broken.wait_for_sent("kept text")


def test_what_comes_while_nobody_looks_is_told_by_bell_and_title(demo, folder):
    joined = demo()
    terminal = demo("--as", "mei", until="connected · @mei")
    assert terminal.screen.title == "Cruddur"
    terminal.type("\x1b[O")
    before = len(terminal.raw)
    joined.type("are you there, mei?\r")
    terminal.wait(lambda t: b"\x07" in t.raw[before:] and t.screen.title == "(1) Cruddur", "the bell and the title")
    terminal.type("\x1b[I")
    terminal.wait(lambda t: t.screen.title == "Cruddur", "what has been read")
    terminal.type("\x11")
    terminal.wait_for_exit()
    assert b"\x1b[23;2t" in terminal.raw


@pytest.mark.parametrize("means, expected", [
    ("terminal", "\x1b]777;notify;Cruddur;A message from @nia\x1b\\"), ("command", None),
])
def test_it_is_told_as_the_configuration_says(demo, folder, means, expected):
    first = demo()
    told = folder + "/told"
    variables = {"CRUDDUR_NOTIFY_BY": means, "CRUDDUR_NOTIFY_COMMAND": f'echo "$CRUDDUR_TITLE: $CRUDDUR_BODY" >> {told}'}
    terminal = demo("--as", "mei", until="connected · @mei", env={**variables, "TERM_PROGRAM": "WezTerm", "TERM": "xterm-256color"})
    terminal.type("\x1b[O")
    first.type("are you there, mei?\r")
    if expected:
        terminal.wait(lambda t: expected.encode() in t.raw, "the notification")
    else:
        terminal.wait(lambda t: os.path.exists(told) and open(told).read() == "Cruddur: A message from @nia\n", "the command")


def test_who_is_asked_to_end_while_an_editor_is_open_ends_and_keeps_the_text(demo):
    terminal = demo(env={"EDITOR": "sleep 600"})
    terminal.type("kept over the end\x18\x05")
    terminal.wait(lambda t: "\x1b[?1049l".encode() in t.raw or "kept over" not in t.text, "the editor")
    terminal.wait_for_quiet(0.5)
    terminal.signal(15)
    terminal.wait_for_exit()
    again = demo(until="kept over the end")
    assert "kept over the end" in again.text


def test_the_list_is_as_wide_as_it_was_left(demo):
    terminal = demo()
    before = terminal.lines[0].index("│")
    terminal.type("\x18+\x18+\x18-/compact\r")
    terminal.wait(lambda t: t.lines[0].index("│") == before + 4, "a wider list")
    terminal.type("\x11")
    terminal.wait_for_exit()
    again = demo(until="connected")
    again.wait(lambda t: "│" in t.lines[0] and t.lines[0].index("│") == before + 4, "the same list")
    again.type("/narrower\r")
    again.wait(lambda t: t.lines[0].index("│") == before, "a narrower list")


def test_what_is_copied_and_opened_goes_to_the_programs_that_are_named(demo, folder):
    places = {name: f"{folder}/{name}" for name in ("copied", "opened")}
    opener = folder + "/opener"
    with open(opener, "w") as file:
        file.write(f'#!/bin/sh\nprintf "%s|" "$@" > {places["opened"]}\n')
    os.chmod(opener, 0o755)
    terminal = demo(env={"CRUDDUR_COPY_COMMAND": f"cat > {places['copied']}", "CRUDDUR_OPEN_COMMAND": f"{opener} --new"})
    link = "https://a.example/?q=$(id)&x='1'y"
    terminal.type(f"see {link} 中\r")
    terminal.wait_for_sent(f"see {link} 中")
    terminal.type("\x1b[1;3A\x1bc")
    terminal.wait(lambda t: os.path.exists(places["copied"]) and open(places["copied"]).read() == f"see {link} 中", "the text")
    terminal.type("\x1bo")
    terminal.wait_for("opens it in your browser")
    terminal.type("\r")
    terminal.wait(lambda t: os.path.exists(places["opened"]) and open(places["opened"]).read() == f"--new|{link}|", "the link")
    broken = demo("--as", "mei", until="connected · @mei", env={"CRUDDUR_COPY_COMMAND": "exit 3"})
    broken.wait_for("中")
    broken.type("\x1b[1;3A\x1bc")
    broken.wait_for("copy.command ended with 3")


def test_times_are_told_as_one_likes_them(demo):
    terminal = demo(env={"CRUDDUR_TIMES_CLOCK": "12", "CRUDDUR_TIMES_LIST": "absolute"})
    terminal.wait(lambda t: re.search(r"\d?\d:\d\d [ap]m", t.transcript), "a clock of twelve hours")
    terminal.type("what time is it\r")
    terminal.wait_for_sent("what time is it")
    terminal.wait(lambda t: re.search(r"\d?\d:\d\d [ap]m *$", t.groups.split("\n")[2]), "the time in the list")


def choose(terminal, text):
    """Goes down to what is offered, and takes it."""
    for _ in range(60):
        chosen = next(line for line in terminal.lines if "› " in line and "│ › " in line)
        if f"› {text} " in chosen:
            break
        terminal.type("\x1b[B")
        terminal.wait(lambda t: chosen not in t.lines, "the next one")
    terminal.type("\r")


def said(terminal):
    """All that is on the screen, without its lines."""
    return " ".join(re.sub("[─├│┼]", " ", terminal.transcript).split())


def underlined(terminal):
    """What is underlined in the rows of the compose line."""
    rows = (terminal.screen.buffer[y] for y in range(terminal.screen.lines))
    return "".join(row[x].data for row in rows for x in range(terminal.screen.columns) if row[x].underscore)


@pytest.mark.parametrize("variables", [
    {}, {"CRUDDUR_SPELLING_COMMAND": "hunspell -a -d en_US -i UTF-8"},
], ids=["aspell", "hunspell"])
def test_words_that_no_dictionary_has_are_marked_and_mended(demo, folder, variables):
    terminal = demo(env={"CRUDDUR_SPELLING_LANGUAGE": "en_US", "HOME": folder, **variables})
    terminal.type("Teh kitchen is recieved by Mei ")
    terminal.wait(lambda t: "recieved" in underlined(t) and "Teh" in underlined(t), "two marked words")
    assert "kitchen" not in underlined(terminal) and "Mei" not in underlined(terminal)
    terminal.type("\x1b$")
    terminal.wait_for("received")
    choose(terminal, "received")
    terminal.wait_for("is received by Mei")
    # A word of one's own is right from now on, also the next time.
    terminal.type("\x15cruddurish words ")
    terminal.wait(lambda t: "cruddurish" in underlined(t), "the word of one's own")
    terminal.type("\x1b$")
    terminal.wait_for("into my dictionary")
    terminal.type("\x1b[6~" * 6 + "\r")
    terminal.wait(lambda t: "cruddurish" not in underlined(t), "no mark")
    terminal.type("\x15\x11")
    terminal.wait_for_exit()
    again = demo(env={"CRUDDUR_SPELLING_LANGUAGE": "en_US", "HOME": folder, **variables}, until="connected")
    again.type("cruddurish wrods ")
    again.wait(lambda t: "wrods" in underlined(t), "a marked word")
    assert "cruddurish" not in underlined(again)


@pytest.mark.parametrize("variables, reason", [
    ({"CRUDDUR_SPELLING_LANGUAGE": "xx"}, "Nobody looks at the spelling: aspell: "),
    ({"CRUDDUR_SPELLING_LANGUAGE": "en", "CRUDDUR_SPELLING_COMMAND": "true"}, "does not answer as ispell -a does"),
    ({"CRUDDUR_SPELLING_LANGUAGE": "en", "CRUDDUR_SPELLING_COMMAND": "no-such-program"}, "not found"),
    ({"CRUDDUR_SPELLING_LANGUAGE": "en", "CRUDDUR_SPELLING_COMMAND": "printf '@'"}, "has answered of 0 of 1 words"),
    ({"CRUDDUR_SPELLING_LANGUAGE": "en", "CRUDDUR_SPELLING_COMMAND": "printf '\\033[31mbad' >&2; exit 3"}, "bad"),
])
def test_a_dictionary_that_does_not_answer_is_said_once_and_stops_nothing(demo, variables, reason):
    terminal = demo(env=variables)
    terminal.type("words ")
    terminal.wait(lambda t: reason in said(t), reason)
    terminal.type("and more\x1b$")
    terminal.wait(lambda t: reason in said(t), "the reason again, for who asks")
    terminal.type("\r")
    terminal.wait_for_sent("words and more")
    assert "\x1b[31m" not in terminal.raw.decode(errors="replace").replace("\x1b[0;31m", "")


def test_a_part_of_a_message_is_copied(demo, folder):
    copied = folder + "/copied"
    terminal = demo(env={"CRUDDUR_COPY_COMMAND": f"cat > {copied}"})
    terminal.type("the code is 4711, good luck\r")
    terminal.wait_for_sent("the code is 4711, good luck")
    terminal.type("\x1b[1;3A\x1bv")
    terminal.wait_for("A part")
    terminal.type("\x1bf\x1bf\x1bf\x1b[C \x1b[C\x1b[C\x1b[C\r")
    terminal.wait(lambda t: os.path.exists(copied) and open(copied).read() == "4711", "the part")


def test_the_list_can_be_above_and_stays_there(demo):
    terminal = demo()
    terminal.type("/top\r")
    terminal.wait(lambda t: "│" not in t.text and "Conversations" in t.lines[0], "the list above")
    terminal.type("above\r")
    terminal.wait(lambda t: re.search(r"above +✓", t.text), "the message")
    terminal.type("\x11")
    terminal.wait_for_exit()
    again = demo(until="connected")
    again.wait(lambda t: "│" not in t.text, "the list above")
    again.type("/top\r")
    again.wait(lambda t: "│" in t.lines[0], "the list at the side")

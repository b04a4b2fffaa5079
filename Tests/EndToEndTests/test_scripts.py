"""What scripts and bots rely on: one shape for one thing, codes that tell faults apart, news as it comes."""

import json
import os
import subprocess

import jsonschema
import pytest

from hostile import closed_port
from terminal import BINARY, rows_of

ROOT = os.path.join(os.path.dirname(__file__), "../..")


@pytest.fixture
def cruddur(folder, backend):
    path = backend.configuration(folder)

    def cruddur(*arguments, input=None, config=path):
        given = {"input": input} if input is not None else {"stdin": subprocess.DEVNULL}
        return subprocess.run(
            [BINARY, *arguments, "--config", config], capture_output=True, text=True, timeout=240, **given)

    cruddur.path = path
    return cruddur


@pytest.fixture
def following(cruddur):
    """A command that goes on; its lines are read one by one."""
    started = []

    def following(*arguments):
        process = subprocess.Popen(
            [BINARY, *arguments, "--config", cruddur.path], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        started.append(process)
        return process

    yield following
    for process in started:
        process.kill()
        process.wait()


def valid(output):
    with open(f"{ROOT}/docs/output.schema.json") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    rows = rows_of(output)
    for row in rows:
        jsonschema.validate(row, schema)
    return rows


def test_every_command_prints_what_the_schema_says(cruddur, backend):
    sent = valid(cruddur("send", "@bob", "tab\there\nand a \u202e line", "--json").stdout)
    groups = valid(cruddur("groups", "--json").stdout)
    messages = valid(cruddur("messages", "@bob", "--json").stdout)
    hits = valid(cruddur("search", "tab", "--json").stdout)
    # The same shape for the same thing, whoever prints it.
    assert sent == hits == [row for row in messages if row["own"]]
    assert sent[0]["message"] == "tab\there\nand a \u202e line" and sent[0]["uuid"] and sent[0]["with"] == "bob"
    (group,) = [row for row in groups if row["handle"] == "bob"]
    assert group["uuid"] == sent[0]["message_group_uuid"] and group["waiting"] == 0 and group["own"] is True
    backend.rule("^POST /api/messages", status=502, stores=False, times=1)
    assert cruddur("send", "@lena", "lost?").returncode == 6
    assert [row["delivery"] for row in valid(cruddur("outbox", "--json").stdout)] == ["unsure"]
    groups = valid(cruddur("groups", "--json").stdout)
    assert [row["waiting"] for row in groups if row["handle"] == "lena"] == [1]


def test_what_is_piped_has_tabs_between_its_fields_and_none_within(cruddur):
    assert cruddur("send", "@bob", "tab\there\nline").returncode == 0
    line = cruddur("messages", "@bob").stdout.splitlines()[-1]
    when, who, state, text = line.split("\t")
    assert who == "@me" and state == "" and text.startswith("tab") and text.endswith("line")
    assert when[10] == "T" and when[-6] in "+-"
    assert len(cruddur("groups").stdout.splitlines()[0].split("\t")) == 5
    assert len(cruddur("search", "tab").stdout.splitlines()[0].split("\t")) == 5


def test_each_kind_of_fault_has_a_code_of_its_own(cruddur, backend, folder):
    assert cruddur("search", "hello").returncode == 1
    assert cruddur("messages", "@nobody").returncode == 5
    assert cruddur("send", "@nobody", "x").returncode == 5
    assert cruddur("mesages", "@bob").returncode == 64
    dead = backend.configuration(folder, "dead", backend_url=f"http://127.0.0.1:{closed_port()}")
    for command in (["groups"], ["messages", "@bob"], ["send", "@bob", "x"]):
        assert cruddur(*command, config=dead).returncode == 3, command
    backend.rule("/api/", status=401)
    assert cruddur("groups").returncode == 4
    backend.calm()
    # Where the conversation cannot be read, nothing was sent.
    backend.rule("^GET /api/messages/", status=500)
    assert cruddur("send", "@bob", "nothing").returncode == 3 and not backend.received
    backend.calm()
    backend.rule("^POST /api/messages", status=502, stores=False, times=1)
    assert cruddur("send", "@bob", "perhaps").returncode == 6
    assert cruddur("send", "@bob", "next").returncode == 7


def test_a_command_that_does_not_exist_is_told_as_that_with_the_nearest(cruddur):
    done = cruddur("mesages", "@bob")
    assert "there is no command mesages" in done.stderr and "Did you mean messages?" in done.stderr
    done = cruddur("xyzzyxyzzy")
    assert "there is no command xyzzyxyzzy" in done.stderr and "Did you mean" not in done.stderr


def test_a_text_comes_from_where_it_is(cruddur, backend, folder):
    with open(f"{folder}/text", "w") as file:
        file.write("from a file\nof two lines\n")
    assert cruddur("send", "@bob", "-", input="from standard input\n").returncode == 0
    assert cruddur("send", "@bob", "--file", f"{folder}/text").returncode == 0
    assert backend.texts("bob") == ["from standard input", "from a file\nof two lines"]
    both = cruddur("send", "@bob", "x", "--file", f"{folder}/text")
    assert both.returncode == 64
    assert "cannot be read" in cruddur("send", "@bob", "--file", f"{folder}/none").stderr
    assert len(backend.texts("bob")) == 2


def test_so_many_are_printed_or_those_since_then(cruddur):
    for number in range(4):
        assert cruddur("send", "@bob", f"number {number}").returncode == 0
    rows = rows_of(cruddur("messages", "@bob", "--limit", "2", "--json").stdout)
    assert [row["message"] for row in rows] == ["number 2", "number 3"]
    rows = rows_of(cruddur("messages", "@bob", "--since", "3000-01-01", "--json").stdout)
    assert rows == []
    rows = rows_of(cruddur("messages", "@bob", "--since", "9999d", "--json").stdout)
    assert [row["message"] for row in rows][-4:] == [f"number {number}" for number in range(4)]
    middle = rows[-2]["created_at"]
    rows = rows_of(cruddur("messages", "@bob", "--since", middle, "--json").stdout)
    assert [row["message"] for row in rows] == ["number 2", "number 3"]
    for wrong in (["--limit", "0"], ["--since", "yesterday-ish"]):
        assert cruddur("messages", "@bob", *wrong).returncode == 64


def test_what_comes_is_printed_as_it_comes_and_once(cruddur, following, backend):
    first = following("messages", "@bob", "--follow", "--json")
    printed = [json.loads(first.stdout.readline())["message"]]
    for number in range(3):
        backend.say("bob", f"news {number}")
        printed.append(json.loads(first.stdout.readline())["message"])
    assert printed[1:] == [f"news {number}" for number in range(3)]


def test_all_conversations_are_watched_and_what_came_meanwhile_comes_first(cruddur, following, backend):
    assert cruddur("groups").returncode == 0
    backend.say("lena", "while nobody was there")
    watch = following("watch", "--json")
    said = json.loads(watch.stdout.readline())
    assert (said["with"], said["message"], said["own"]) == ("lena", "while nobody was there", False)
    backend.say("tomasz", "now")
    said = json.loads(watch.stdout.readline())
    assert (said["with"], said["message"]) == ("tomasz", "now")
    assert cruddur("send", "@bob", "mine").returncode == 0
    said = json.loads(watch.stdout.readline())
    assert (said["with"], said["message"], said["own"]) == ("bob", "mine", True)


def test_nobody_is_asked_where_there_is_nobody(cruddur):
    assert cruddur("messages", "@bob").returncode == 0
    done = cruddur("forget", "--all", "--no-input")
    assert done.returncode == 1 and "--yes" in done.stderr
    assert cruddur("forget", "--all", "--no-input", "--yes").returncode == 0


def test_the_chat_opens_with_who_is_named(start, cruddur, backend):
    terminal = start("open", "@tomasz", "--config", cruddur.path)
    terminal.wait(lambda t: "Tomasz Example @tomasz" in t.lines[0].split("│")[-1], "the conversation")
    terminal.type("hello\r")
    terminal.wait_for_sent("hello")
    assert backend.received == [("tomasz", "hello")]

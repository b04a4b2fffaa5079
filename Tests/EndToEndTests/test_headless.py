"""Commands without a screen say what became of a message, and leave nothing behind that they do not name."""

import json
import os
import signal
import subprocess

import pytest

from hostile import Backend, closed_port
from system import eventually
from terminal import BINARY, rows_of

UNSURE = {"before it is stored": False, "after it is stored": True}


@pytest.fixture
def cruddur(folder, backend):
    """Runs a command as @me; one that does not end is a fault."""
    path = backend.configuration(folder)

    def cruddur(*arguments, input=None, config=path):
        try:
            return subprocess.run(
                [BINARY, *arguments, "--config", config], capture_output=True, text=True, timeout=120,
                **({"input": input} if input is not None else {"stdin": subprocess.DEVNULL}))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"never ended: {arguments}") from None

    return cruddur


@pytest.fixture
def lost(cruddur, backend):
    """A text to somebody that may have arrived and has not."""

    def lost(handle, text="lost?", stores=False):
        rule = backend.rule("^POST /api/messages", status=502, stores=stores, times=1)
        result = cruddur("send", handle, text)
        # On a busy machine it may be read back before the fault is told: then it has arrived.
        if stores and result.returncode == 0:
            return result
        assert result.returncode > 0 and "may or may not have arrived" in result.stderr, result.stderr
        assert rule.times == 0
        return result

    return lost


def outbox(cruddur):
    result = cruddur("outbox", "--json")
    assert result.returncode == 0, result.stderr
    return rows_of(result.stdout)


def row_of(text, rows):
    (row,) = [row for row in rows if row["message"] == text]
    return row


def line_of(text, output):
    (line,) = [line for line in output.splitlines() if text in line]
    return line


# MARK: What the server does not list


@pytest.mark.parametrize("handle", ["@bob", "@ana"], ids=["a conversation", "a new conversation"])
def test_what_may_not_have_arrived_is_printed_with_words_that_say_so(cruddur, lost, backend, handle):
    lost(handle)
    printed = cruddur("messages", handle)
    assert printed.returncode == 0, printed.stderr
    line = line_of("lost?", printed.stdout)
    assert "not have arrived" in line or "not listed" in line or "unsure" in line, line
    rows = rows_of(cruddur("messages", handle, "--json").stdout)
    assert row_of("lost?", rows)["delivery"] == "unsure"
    for row in rows:
        if row["message"] != "lost?":
            assert row.get("delivery") is None
    assert len(backend.posted) == 1


def test_what_has_arrived_all_the_same_is_found_and_not_marked(cruddur, lost, backend):
    lost("@bob", stores=True)
    line = line_of("lost?", cruddur("messages", "@bob").stdout)
    assert "not have arrived" not in line and "unsure" not in line
    rows = rows_of(cruddur("messages", "@bob", "--json").stdout)
    assert row_of("lost?", rows).get("delivery") is None
    assert outbox(cruddur) == []
    assert cruddur("send", "@bob", "next").returncode == 0
    assert backend.received == [("bob", "lost?"), ("bob", "next")]


def test_a_listed_message_has_no_delivery(cruddur):
    assert cruddur("send", "bob", "all is well").returncode == 0
    rows = rows_of(cruddur("messages", "bob", "--json").stdout)
    assert row_of("all is well", rows).get("delivery") is None
    assert all(row.get("delivery") is None for row in rows)


# MARK: What is in the way


@pytest.mark.parametrize("handle", ["@bob", "@ana"], ids=["a conversation", "a new conversation"])
def test_a_text_behind_one_that_may_have_arrived_is_refused_at_once(cruddur, lost, backend, handle):
    lost(handle)
    result = cruddur("send", handle, "next")
    assert result.returncode > 0 and result.stdout == ""
    # What is in the way, and how to clear it.
    assert "lost?" in result.stderr and "cruddur outbox" in result.stderr, result.stderr
    assert [text for _, text in backend.posted] == ["lost?"]
    # It is not in line either: when the first is out of the way, nothing goes on its own.
    assert [row["message"] for row in outbox(cruddur)] == ["lost?"]
    assert cruddur("outbox", "discard", "--all", "--yes").returncode == 0
    cruddur("messages", "@bob")
    assert [text for _, text in backend.posted] == ["lost?"]


def test_what_is_in_the_way_of_one_is_not_in_the_way_of_another(cruddur, lost, backend):
    lost("@bob")
    assert cruddur("send", "@lena", "hello").returncode == 0
    assert backend.received == [("lena", "hello")]


# MARK: The outbox


def test_the_outbox_lists_what_is_not_known_to_have_arrived(cruddur, lost):
    assert outbox(cruddur) == []
    empty = cruddur("outbox")
    assert empty.returncode == 0
    lost("@bob", "lost one")
    lost("@lena", "lost two")
    listed = cruddur("outbox")
    assert listed.returncode == 0, listed.stderr
    assert "@bob" in line_of("lost one", listed.stdout) and "@lena" in line_of("lost two", listed.stdout)
    rows = outbox(cruddur)
    assert sorted(row["message"] for row in rows) == ["lost one", "lost two"]
    assert len({str(row["id"]) for row in rows}) == 2
    assert {row["delivery"] for row in rows} == {"unsure"}
    for row in rows:
        assert str(row["id"]) in line_of(row["message"], listed.stdout)


@pytest.mark.parametrize("which", ["ID", "--all"])
@pytest.mark.parametrize("handle", ["@bob", "@ana"], ids=["a conversation", "a new conversation"])
def test_a_message_of_the_outbox_is_sent_again_when_one_says_so(cruddur, lost, backend, which, handle):
    lost(handle)
    name = str(outbox(cruddur)[0]["id"]) if which == "ID" else "--all"
    result = cruddur("outbox", "retry", name)
    assert result.returncode == 0, result.stderr
    assert backend.received == [(handle[1:], "lost?")]
    assert outbox(cruddur) == []
    assert cruddur("send", handle, "next").returncode == 0
    assert backend.received == [(handle[1:], "lost?"), (handle[1:], "next")]
    assert len([group for group in backend.groups if group.handle == handle[1:]]) == 1


def test_a_retry_that_fails_again_says_so_and_keeps_it(cruddur, lost, backend):
    lost("@bob")
    backend.rule("^POST", status=502)
    result = cruddur("outbox", "retry", "--all")
    assert result.returncode > 0 and result.stderr.strip()
    backend.calm()
    assert [row["message"] for row in outbox(cruddur)] == ["lost?"]
    assert len(backend.posted) == 2


def test_a_retry_of_what_has_arrived_meanwhile_sends_nothing(cruddur, lost, backend):
    lost("@bob", stores=True)
    cruddur("outbox", "retry", "--all")
    assert backend.received == [("bob", "lost?")]
    assert outbox(cruddur) == []


@pytest.mark.parametrize("which", ["ID", "--all"])
def test_a_message_of_the_outbox_is_discarded_when_one_says_so(cruddur, lost, backend, which):
    lost("@bob")
    name = str(outbox(cruddur)[0]["id"]) if which == "ID" else "--all"
    result = cruddur("outbox", "discard", name, "--yes")
    assert result.returncode == 0, result.stderr
    assert outbox(cruddur) == []
    assert "lost?" not in cruddur("messages", "@bob").stdout
    assert cruddur("send", "@bob", "next").returncode == 0
    assert backend.received == [("bob", "next")]


def test_nothing_is_discarded_without_a_yes(cruddur, lost):
    lost("@bob")
    result = cruddur("outbox", "discard", "--all")
    assert result.returncode > 0 and "--yes" in result.stderr
    assert [row["message"] for row in outbox(cruddur)] == ["lost?"]


@pytest.mark.parametrize("verb", ["retry", "discard"])
@pytest.mark.parametrize("name", ["999999", "-1", "nan", "99999999999999999999", "' OR 1=1"])
def test_an_id_that_is_none_is_refused(cruddur, lost, backend, verb, name):
    lost("@bob")
    result = cruddur("outbox", verb, *([] if verb == "retry" else ["--yes"]), "--", name)
    assert result.returncode > 0 and result.stderr.strip()
    assert len(backend.posted) == 1
    assert [row["message"] for row in outbox(cruddur)] == ["lost?"]


def test_what_the_outbox_says_is_safe_to_look_at(cruddur, lost):
    lost("@bob", "lost \x1b]0;owned\x07 text")
    printed = cruddur("outbox").stdout
    assert "\x1b" not in printed and "owned" in printed
    refused = cruddur("send", "@bob", "next")
    assert refused.returncode > 0 and "\x1b" not in refused.stderr
    assert row_of("lost \x1b]0;owned\x07 text", outbox(cruddur))


def test_the_chat_and_the_outbox_see_the_same(cruddur, lost, start, folder, backend):
    lost("@bob")
    terminal = start("--config", f"{folder}/config.json")
    terminal.wait(lambda t: "lost?" in t.prose and "may not have arrived" in t.prose, "the message")
    assert cruddur("outbox", "discard", "--all", "--yes").returncode == 0
    terminal.wait(lambda t: "lost?" not in t.transcript, "its end")
    assert len(backend.posted) == 1


# MARK: What commands refuse


@pytest.mark.parametrize("name", ["@me", "me"])
def test_nobody_writes_to_themselves(cruddur, backend, name):
    result = cruddur("send", name, "dear me")
    assert result.returncode > 0 and result.stdout == ""
    assert "you" in result.stderr.lower(), result.stderr
    assert backend.posted == []
    groups = rows_of(cruddur("groups", "--json").stdout)
    assert "me" not in [group["handle"] for group in groups]
    assert outbox(cruddur) == []


@pytest.mark.parametrize("name, words", [
    ("", "to whom?"), ("@", "to whom?"), (" ", "to whom?"),
    ("5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "you have no conversation with 5ae290ed"),
])
def test_a_name_that_is_nobodys_is_refused_before_the_server_is_asked_for_it(cruddur, backend, name, words):
    result = cruddur("send", name, "hello")
    assert result.returncode == (5 if "no conversation" in words else 1) and words in result.stderr, result.stderr
    assert backend.posted == [] and backend.requests("/api/users/") == []


@pytest.mark.parametrize("status", [404, 500])
def test_where_nobody_can_be_looked_up_the_flag_to_write_all_the_same_is_named(cruddur, backend, status):
    backend.rule("GET /api/users/", status=status)
    result = cruddur("send", "@ana", "hello")
    assert result.returncode == 1 and "cruddur send --unchecked @ana" in result.stderr, result.stderr
    assert backend.posted == [] and outbox(cruddur) == []
    assert cruddur("send", "--unchecked", "@ana", "hello").returncode == 0
    assert backend.received == [("ana", "hello")]


@pytest.mark.parametrize("status", [404, 500])
def test_nobody_is_nobody_where_others_are_found(cruddur, backend, status):
    backend.nobody.status = status
    result = cruddur("send", "@nobody", "hello")
    assert result.returncode == 5 and "nobody has the handle @nobody" in result.stderr
    assert backend.posted == []


def test_a_list_at_another_path_is_said_with_the_setting_to_write(cruddur, backend, folder):
    backend.rule("GET /api/message_groups", status=404)
    backend.rule("GET /api/messages/groups", status=200, body=json.dumps(backend.group_rows()).encode())
    result = cruddur("groups")
    assert result.returncode == 3 and "set paths.message_groups to that" in result.stderr, result.stderr
    assert cruddur("groups", "--set", "paths.message_groups=/api/messages/groups").returncode == 0


@pytest.mark.parametrize("command, list", [("groups", "/api/message_groups"), ("messages", "/api/messages/")])
def test_rows_that_cannot_be_read_are_left_out_and_counted_on_standard_error(cruddur, backend, command, list):
    rows = backend.group_rows() if command == "groups" else backend.message_rows(backend.group("bob").uuid)
    good = json.dumps(rows)[1:-1]
    body = f'[{{"uuid": "x", "created_at": "yesterday"}}, {good}, {{"message": NaN}}]'.encode()
    backend.rule(f"GET {list}", body=body, headers={"Content-Type": "application/json"})
    result = cruddur(command, "--json", *(["bob"] if command == "messages" else []))
    assert result.returncode == 0 and len(rows_of(result.stdout)) == len(rows)
    assert "2 rows of the server's answer cannot be read: left out" in result.stderr
    backend.calm()
    assert "left out" not in cruddur("groups").stderr


def test_a_traceback_is_no_part_of_what_is_said(cruddur, backend):
    page = b"<!doctype html><title>KeyError</title><pre>app.py</pre><!-- Traceback secret_key -->" * 1000
    for pattern in ("GET /api/message_groups", "POST /api/messages"):
        backend.rule(pattern, status=500, body=page)
        result = cruddur("send", "bob", f"hello {pattern}")
        assert result.returncode == (6 if "POST" in pattern else 3) and "500" in result.stderr
        assert not any(word in result.stderr for word in ("Traceback", "secret_key", "<", "KeyError"))
        backend.calm()


# MARK: What did not arrive for certain is not kept


def dead(folder, backend, name="dead", **changes):
    """The same history, and a server that is not there."""
    return backend.configuration(
        folder, name, backend_url=f"http://127.0.0.1:{closed_port()}", history={"path": f"{folder}/config.sqlite"}, **changes)


def test_a_text_that_could_not_leave_is_not_kept_in_line(cruddur, backend, folder):
    # The conversation is known from before.
    assert cruddur("messages", "bob").returncode == 0
    result = cruddur("send", "bob", "never left", config=dead(folder, backend))
    assert result.returncode > 0 and "refused" in result.stderr
    assert outbox(cruddur) == []
    assert cruddur("send", "bob", "later").returncode == 0
    assert backend.received == [("bob", "later")]


@pytest.mark.parametrize("fault", [
    {"status": 401}, {"status": 403}, {"status": 404}, {"status": 413}, {"status": 422, "body": b'["message_blank"]'},
    {"status": 429, "headers": {"Retry-After": "3600"}}, {"status": 302, "headers": {"Location": "/elsewhere"}},
], ids=lambda fault: str(fault["status"]))
@pytest.mark.parametrize("handle", ["bob", "ana"], ids=["a conversation", "a new conversation"])
def test_a_text_that_was_refused_is_not_kept_in_line(cruddur, backend, fault, handle):
    backend.rule("^POST /api/messages", **fault)
    result = cruddur("send", handle, "refused")
    assert result.returncode > 0 and result.stderr.strip() and "may or may not" not in result.stderr
    backend.calm()
    assert outbox(cruddur) == []
    assert cruddur("send", handle, "later").returncode == 0
    assert backend.received == [(handle, "later")]


def test_a_text_that_follows_what_a_chat_has_in_line_says_so_or_waits_its_turn(cruddur, backend, start, folder):
    """A chat that was killed offline has left a text in line, which goes first."""
    assert cruddur("messages", "bob").returncode == 0
    terminal = start("--config", dead(folder, backend), width=140)
    terminal.wait(lambda t: "bob says welcome" in t.transcript and "refused" in t.text, "the history")
    terminal.type("from the train\r")
    terminal.wait_for_outbox("from the train")
    terminal.signal(9)
    terminal.wait_for_exit()
    result = cruddur("send", "bob", "and from home")
    if result.returncode == 0:
        assert backend.texts("bob") == ["from the train", "and from home"]
    else:
        assert "from the train" in result.stderr, result.stderr
        assert "and from home" not in backend.texts("bob")
        assert "and from home" not in [row["message"] for row in outbox(cruddur)]


# MARK: Output that fails


@pytest.mark.parametrize("command", [
    ["groups"], ["groups", "--json"], ["messages", "bob"], ["messages", "bob", "--json"], ["search", "welcome"],
    ["send", "bob", "hello", "--json"], ["outbox"], ["outbox", "--json"], ["export", "bob"],
], ids=" ".join)
@pytest.mark.parametrize("output", ["/dev/full", "closed"])
def test_output_that_cannot_be_written_is_a_fault(cruddur, lost, backend, folder, command, output):
    cruddur("messages", "bob")
    # So that the outbox has something to print.
    lost("lena")
    shell = f'exec "$0" "$@" {">/dev/full" if output == "/dev/full" else ">&-"}'
    result = subprocess.run(
        ["/bin/sh", "-c", shell, BINARY, *command, "--config", f"{folder}/config.json"], capture_output=True, text=True,
        timeout=120, stdin=subprocess.DEVNULL)
    assert result.returncode == 1, f"{result.returncode}, {result.stderr!r}"
    assert result.stderr.strip()


@pytest.mark.parametrize("command", [["groups"], ["send", "bob", " "], ["messages", "nobody"]], ids=" ".join)
def test_a_closed_standard_error_stops_nothing(cruddur, folder, backend, command):
    expected = cruddur(*command).returncode
    result = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" "$@" 2>&-', BINARY, *command, "--config", f"{folder}/config.json"],
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    assert result.returncode == expected


# MARK: One history for each user


@pytest.mark.parametrize("one, two", [
    ({"handle": "日本"}, {"handle": "中国"}), ({"handle": "a.b"}, {"handle": "a-b"}), ({"handle": "A"}, {"handle": "a"}),
    ({"backend_url": "http://127.0.0.1:{0}"}, {"backend_url": "http://localhost:{0}"}),
], ids=["other scripts", "punctuation", "case", "hosts"])
def test_two_users_or_servers_have_two_histories(folder, backend, one, two):
    backend.talk("zoe", "between us")
    environment = {**os.environ, "HOME": folder, "XDG_DATA_HOME": f"{folder}/data"}
    for changes in (one, two):
        changes = {key: value.format(backend.port) for key, value in changes.items()}
        path = backend.configuration(folder, history=None, tokens={"access_token": "opaque"}, **changes)
        result = subprocess.run([BINARY, "messages", "zoe", "--config", path], env=environment, capture_output=True, text=True,
                                timeout=120, stdin=subprocess.DEVNULL)
        assert result.returncode == 0, result.stderr
    found = [name for _, _, names in os.walk(f"{folder}/data") for name in names if name.endswith(".sqlite")]
    assert len(found) == 2, found


def test_one_user_has_one_history_however_the_host_is_written(folder, backend):
    environment = {**os.environ, "HOME": folder, "XDG_DATA_HOME": f"{folder}/data"}
    for host in ("localhost", "LOCALHOST"):
        path = backend.configuration(folder, history=None, backend_url=f"http://{host}:{backend.port}")
        result = subprocess.run([BINARY, "messages", "bob", "--config", path], env=environment, capture_output=True, text=True,
                                timeout=120, stdin=subprocess.DEVNULL)
        assert result.returncode == 0, result.stderr
    found = [name for _, _, names in os.walk(f"{folder}/data") for name in names if name.endswith(".sqlite")]
    assert len(found) == 1, found


def test_a_second_server_gets_nothing_of_what_waits_for_the_first(cruddur, lost, folder, backend):
    lost("bob")
    other = Backend()
    try:
        path = other.configuration(folder, "other", history=None)
        environment = {**os.environ, "HOME": folder, "XDG_DATA_HOME": f"{folder}/data"}
        subprocess.run([BINARY, "messages", "bob", "--config", path], env=environment, capture_output=True, timeout=120,
                       stdin=subprocess.DEVNULL)
        assert other.posted == []
    finally:
        other.close()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("verb", ["retry", "discard"])
def test_what_a_command_that_was_ended_left_can_be_decided_on(cruddur, backend, folder, end, verb):
    hanging = backend.rule("^POST /api/messages", delay=3600, times=1)
    process = subprocess.Popen(
        [BINARY, "send", "@bob", "killed", "--config", f"{folder}/config.json"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    eventually(lambda: hanging.times == 0, "the POST")
    process.send_signal(end)
    process.wait(timeout=120)
    assert [row["delivery"] for row in outbox(cruddur)] == ["unsure"]
    result = cruddur("outbox", verb, "--all", *(["--yes"] if verb == "discard" else []))
    assert result.returncode == 0, result.stderr
    assert outbox(cruddur) == []
    assert cruddur("send", "@bob", "next").returncode == 0
    assert backend.received == [("bob", "killed")][:verb == "retry"] + [("bob", "next")]


def test_nothing_to_retry_is_said(cruddur):
    result = cruddur("outbox", "retry", "--all")
    assert (result.returncode, result.stdout) == (0, "There is nothing to send once more.\n")


def test_that_all_is_as_it_was_is_no_answer_where_nothing_was(cruddur, backend):
    backend.rule("GET /api/message_groups", status=304)
    result = cruddur("groups")
    assert result.returncode > 0 and "not Cruddur's" in result.stderr, result.stderr


@pytest.mark.parametrize("status", [403])
@pytest.mark.parametrize("pattern, arguments", [
    ("GET /api/message_groups", ["groups"]), ("GET /api/users/", ["send", "@ana", "hello"]),
    ("POST /api/messages", ["send", "@ana", "hello"]),
])
def test_a_refusal_is_of_a_conversation_only_where_one_was_asked_for(cruddur, backend, pattern, arguments, status):
    backend.rule(pattern, status=status)
    result = cruddur(*arguments)
    assert result.returncode > 0 and "refused" in result.stderr and "yours" not in result.stderr, result.stderr


KELVIN = "\u212aate"


def test_people_whose_handles_look_alike_are_two(cruddur, backend):
    """A kelvin sign and a K are one to who compares texts by what they mean, as Swift does, and two to a server."""
    backend.names["Kate"] = "Kate Example"
    backend.talk(KELVIN, "hello from the other one")
    assert cruddur("send", "@Kate", "to Kate").returncode == 0
    assert cruddur("send", "@" + KELVIN, "to the other").returncode == 0
    assert backend.received == [("Kate", "to Kate"), (KELVIN, "to the other")]
    assert [row["message"] for row in rows_of(cruddur("messages", "@Kate", "--json").stdout)] == ["to Kate"]


def test_who_is_called_nearly_as_you_is_somebody_else(cruddur, backend):
    backend.talk("m\u0065\u0301", "from the other", name="Another")
    backend.names["m\u00e9"] = backend.names.pop(backend.me)
    backend.me = "m\u00e9"
    rows = rows_of(cruddur("messages", "@m\u0065\u0301", "--json", "--set", "handle=m\u00e9").stdout)
    assert [row["own"] for row in rows] == [False]


@pytest.mark.parametrize("text, sent", [
    ("crlf\r\n", "crlf"), ("lf\n", "lf"), ("two\r\n\r\n", "two\r\n"), ("cr\r", "cr\r"), ("x" * 1024 + "\r\n", "x" * 1024)])
def test_the_line_break_at_the_end_is_no_part_of_the_text(cruddur, backend, text, sent):
    result = cruddur("send", "@bob", input=text)
    assert result.returncode == 0, result.stderr
    assert backend.received == [("bob", sent)]


def test_a_group_whose_time_cannot_be_read_is_there_all_the_same(cruddur, backend):
    backend.group("bob").at = "10000-01-01T00:00:00+00:00"
    count = len(backend.groups)
    result = cruddur("send", "@bob", "hello")
    assert result.returncode == 0, result.stderr
    assert backend.received == [("bob", "hello")] and len(backend.groups) == count


def test_a_log_goes_into_no_other_file(cruddur, folder, backend):
    path = backend.configuration(folder)
    before = open(path).read()
    for setting in ("log.file", "history.path"):
        result = cruddur("groups", "--set", f"{setting}={path}")
        assert result.returncode != 0 and "Error: " in result.stderr, result.stderr
        assert open(path).read() == before
    assert not [name for name in os.listdir(os.path.dirname(path)) if "damaged" in name]
    log = os.path.join(folder, "own.log")
    for _ in range(2):
        assert cruddur("groups", "--log", log).returncode == 0


def test_a_url_with_a_password_is_refused_without_it(cruddur, folder):
    result = cruddur("groups", "--set", "backend_url=http://user:sekret@127.0.0.1:1")
    assert result.returncode != 0 and "backend_url" in result.stderr
    assert "sekret" not in result.stderr + result.stdout
    asked = cruddur("init", "http://user:sekret@127.0.0.1:1", input="https://user:sekret@127.0.0.1:1\n", config=folder + "/new.json")
    assert asked.returncode != 0 and asked.stderr.count("***@127.0.0.1:1") == 2, asked.stderr
    assert "sekret" not in asked.stderr + asked.stdout


def test_why_a_file_cannot_be_sent_is_said(cruddur, folder, backend):
    for path, reason in [(folder + "/none", "no such file"), (folder, "is a directory"), ("/dev/zero", "longer than a megabyte")]:
        result = cruddur("send", "@bob", "--file", path)
        assert result.returncode == 64 and reason in result.stderr.lower() and path in result.stderr, result.stderr
    assert backend.received == []

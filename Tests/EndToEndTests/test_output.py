"""What leaves both programs as text: whole or said to be cut, and harmless whoever wrote it."""

import http.server
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

from system import OPS, eventually
from terminal import BINARY

# Escapes, an 8-bit one, controls, and what turns the direction of writing around.
HOSTILE = "\x1b]0;title\x07\x1b[31m\x9b31m\x85\x7f\x08\r\u202e\u2066\u200f<\u0338b>"
GROUP = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
ROOT = os.path.join(os.path.dirname(__file__), "../..")
USER = "e70bca3c-0d1c-4b36-a0fb-3b3e5f3f6a52"


def is_harmless(output, tabs=0):
    """`tabs`: how many stand between the fields of a line."""
    text = output.decode()
    if any(line.count("\t") > tabs for line in text.splitlines()):
        return False
    forbidden = set(range(0x20)) - {0x09, 0x0A} | set(range(0x7F, 0xA0)) | set(range(0x202A, 0x202F)) | set(range(0x2066, 0x206A))
    return not forbidden & {ord(character) for character in text}


# MARK: Servers that answer anything


class Anything:
    """An HTTP server on loopback whose answers a test makes up: `answer(method, path, headers, body)`."""

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, content_type, content = answer(self.command, self.path, self.headers, body)
                content = content if isinstance(content, bytes) else json.dumps(content).encode()
                # As bytes, and not as the library would have them.
                head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
                self.wfile.write(head.encode() + content)

            do_GET = do_POST = handle_one

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def serving():
    servers = []

    def serving(answer):
        servers.append(Anything(answer))
        return servers[-1].url

    yield serving
    for server in servers:
        server.server.shutdown()
        server.server.server_close()


def cruddur_answers(text="words", rejection=None, content_type="application/json", taken=None):
    row = {"uuid": GROUP, "handle": "mei", "display_name": f"Mei {text}", "message": text,
           "created_at": "2026-11-24T05:50:07.000001+00:00"}

    def answer(method, path, headers, body):
        if method == "POST":
            sent = {**row, "handle": "nia", "message": json.loads(body)["message"]}
            return (422, content_type, rejection) if rejection is not None else (200, content_type, taken or sent)
        if "/short" in path:
            if "@mei/" not in path:
                return 404, content_type, {}
            return 200, content_type, {"uuid": USER, "handle": "mei", "display_name": text}
        return 200, content_type, [row] if path.startswith("/api/message_groups") else [{**row, "uuid": "1"}]

    return answer


def configuration(folder, url, name="config"):
    path = f"{folder}/{name}.json"
    with open(path, "w") as file:
        json.dump({"backend_url": url, "handle": "nia", "tokens": {"access_token": "t"},
                   "history": {"path": f"{folder}/{name}.sqlite"}}, file)
    return ["--config", path]


# MARK: Streams in trouble


def run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options):
    """Runs `command`; a stream may be a file's name, "closed", or "no reader"."""
    closed = [number for number, stream in ((1, stdout), (2, stderr)) if stream == "closed"]
    opened = []

    def stream(kind):
        if kind == "no reader":
            reading, writing = os.pipe()
            os.close(reading)
            opened.append(writing)
            return writing
        if isinstance(kind, str):
            opened.append(os.open("/dev/null" if kind == "closed" else kind, os.O_WRONLY))
            return opened[-1]
        return kind

    try:
        return subprocess.run(
            command, stdout=stream(stdout), stderr=stream(stderr), stdin=subprocess.DEVNULL, timeout=120,
            preexec_fn=lambda: [os.close(number) for number in closed], **options)
    finally:
        for descriptor in opened:
            os.close(descriptor)


def hold(command, prints=True):
    """The law of both streams, for one command."""
    usual = run(command)
    assert usual.returncode == 0, usual.stderr
    assert bool(usual.stdout) == prints, command
    for stdout, code, sentence in [
        ("/dev/full", 1, b"standard output cannot be written: No space left on device"),
        ("closed", 1, b"standard output cannot be written: it is closed"), ("no reader", 141, b""),
    ]:
        done = run(command, stdout=stdout)
        assert done.returncode == (code if prints else 0), (command, stdout, done)
        if prints and sentence:
            assert done.stderr.count(sentence) == 1, (command, stdout, done.stderr)
        else:
            assert b"cannot be written" not in done.stderr
        # Nobody hears of it, but the exit code tells.
        for stderr in ("/dev/full", "closed", "no reader"):
            assert run(command, stdout=stdout, stderr=stderr).returncode == done.returncode, (command, stdout, stderr)
    for stderr in ("/dev/full", "closed", "no reader"):
        done = run(command, stderr=stderr)
        assert (done.returncode, len(done.stdout)) == (0, len(usual.stdout)), (command, stderr, done)


def fails_alike(command, code):
    """An error is an error also where nobody can be told of it."""
    usual = run(command)
    assert usual.returncode == code and usual.stderr and not usual.stdout, (command, usual)
    for stderr in ("/dev/full", "closed", "no reader"):
        assert run(command, stderr=stderr).returncode == code, (command, stderr)


@pytest.mark.parametrize("program", [BINARY, OPS])
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["help", "search" ], ["--generate-completion-script", "bash"]])
def test_help_that_cannot_be_written_is_an_error_too(program, arguments, folder):
    arguments = ["help", "scan"] if program == OPS and arguments[0] == "help" else arguments
    hold([program, *arguments])


@pytest.mark.parametrize("arguments", [
    ["groups"], ["groups", "--json"], ["messages", "mei"], ["messages", "@mei", "--json"], ["search", "words"],
    ["search", "words", "--json"], ["export", "mei"], ["export", "mei", "--format", "json"],
    ["export", "mei", "--format", "html"], ["export", "mei", "--output", "-"], ["export", "mei", "--output", "/dev/stdout"],
], ids=str)
def test_what_cruddur_cannot_print_is_an_error(serving, folder, arguments):
    config = configuration(folder, serving(cruddur_answers()))
    assert run([BINARY, "messages", "mei", *config]).returncode == 0
    hold([BINARY, *arguments, *config])


@pytest.mark.parametrize("arguments, code", [
    (["messages", "nobody"], 5), (["search", "x", "--limit", "0"], 64), (["export", "nobody"], 5), (["forget"], 64),
    (["forget", "--all"], 1), (["send", "mei", " "], 1), (["--set", "nonsense"], 64), (["groups", "--config", "/none"], 1),
    (["--no-such-option"], 64),
], ids=str)
def test_an_error_of_cruddur_is_one_without_standard_error_too(serving, folder, arguments, code):
    config = configuration(folder, serving(cruddur_answers()))
    assert run([BINARY, "messages", "mei", *config]).returncode == 0
    fails_alike([BINARY, *arguments, *([] if "--config" in arguments else config)], code)


@pytest.fixture
def table(folder):
    """A table with a conversation, in a file."""
    where = ["--embedded", f"{folder}/table.sqlite"]
    assert run([OPS, "seed", "--messages", "3", *where]).returncode == 0
    return where


def group_of(where):
    with sqlite3.connect(where[1]) as database:
        return database.execute("SELECT message_group_uuid FROM items WHERE message_group_uuid IS NOT NULL").fetchone()[0]


@pytest.mark.parametrize("arguments", [
    ["scan"], ["scan", "--limit", "1"], ["check"], ["check", "--json"], ["get-conversation", "GROUP"],
    ["get-conversation", "GROUP", "--json"], ["list-conversations", "@bayko"], ["list-conversations", "@bayko", "--json"],
    ["schema-load"], ["schema-load", "--json"], ["seed", "--messages", "3"], ["seed", "--messages", "3", "--json"],
], ids=str)
def test_what_cruddur_ops_cannot_print_is_an_error(table, arguments):
    group = group_of(table)
    hold([OPS, *(group if argument == "GROUP" else argument for argument in arguments), *table])


@pytest.mark.parametrize("arguments, code", [
    (["list-tables"], 1), (["drop", "x"], 1), (["get-conversation", "x", "--limit", "0"], 64),
    (["list-conversations", "@nobody"], 1), (["update-cognito-user-ids"], 64), (["serve"], 64), (["browse", "@nobody"], 1),
    (["seed", "--file", "/none"], 1), (["scan", "--no-such-option"], 64),
], ids=str)
def test_an_error_of_cruddur_ops_is_one_without_standard_error_too(table, arguments, code):
    fails_alike([OPS, *arguments, *table], code)


def test_a_long_scan_ends_where_its_reader_does(folder):
    where = ["--embedded", f"{folder}/table.sqlite"]
    assert run([OPS, "seed", "--messages", "2000", *where]).returncode == 0
    process = subprocess.Popen([OPS, "scan", *where], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert json.loads(process.stdout.readline())
    process.stdout.close()
    assert process.wait(timeout=120) == 141 and process.stderr.read() == b""
    done = run([OPS, "scan", *where], stdout="/dev/full")
    assert done.returncode == 1 and b"Consumed" not in done.stderr


@pytest.mark.parametrize("stdout, code", [("/dev/full", 1), ("closed", 1), ("no reader", 141)])
def test_a_stream_that_cannot_tell_what_it_did_ends(table, stdout, code):
    done = run([OPS, "stream", "--json", *table], stdout=stdout)
    assert done.returncode == code
    assert (b"standard output cannot be written" in done.stderr) == (code == 1)


@pytest.mark.parametrize("stderr", ["/dev/full", "closed", "no reader"])
def test_a_server_serves_whatever_happens_to_its_log(table, stderr):
    # Its log does not say where it listens. The port may be taken by others before it comes.
    for _ in range(5):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if serves_at(port, table, stderr):
            return
    raise AssertionError("it never listened")


def serves_at(port, table, stderr):
    """Whether it listened there; all that it does then is as it should be."""
    command = [OPS, "serve", "--port", str(port), "--user-pool-id", "us-east-1_x", "--client-id", "c", "--verbose", *table]
    reading, writing = os.pipe()
    os.close(reading)
    log = {"no reader": writing, "/dev/full": os.open("/dev/full", os.O_WRONLY)}.get(stderr)
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=log, preexec_fn=lambda: os.close(2) if stderr == "closed" else None)
    try:
        def status(path):
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20).status
            except urllib.error.HTTPError as error:
                return error.code
            except OSError:
                return process.poll() is not None and "ended"
        # Each request is a line that gets lost.
        if eventually(lambda: status("/health"), "an answer") == "ended":
            with socket.socket() as other:
                assert other.connect_ex(("127.0.0.1", port)) == 0, "it ended, and nobody else is at its port"
            return False
        assert status("/health") == 200
        assert status("/api/message_groups") == 401 and status("/health") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0
        return True
    finally:
        process.kill()
        process.wait()


# MARK: Remote text


@pytest.mark.parametrize("arguments", [
    ["groups"], ["groups", "--json"], ["messages", "mei"], ["messages", "mei", "--json"], ["search", "b"],
    ["search", "b", "--json"], ["export", "mei"], ["export", "mei", "--format", "json"], ["export", "mei", "--format", "html"],
    ["forget", "--all", "--yes"], ["messages", HOSTILE], ["export", HOSTILE], ["forget", "--conversation", HOSTILE],
    ["--set", HOSTILE], ["--" + HOSTILE], ["groups", "--backend-url", HOSTILE], ["send", HOSTILE, "x"],
], ids=repr)
def test_what_others_wrote_reaches_no_terminal_as_it_is(serving, folder, arguments):
    config = configuration(folder, serving(cruddur_answers(HOSTILE)))
    assert run([BINARY, "messages", "mei", *config]).returncode == 0
    done = run([BINARY, *arguments, *config])
    assert (done.stdout or done.stderr) and is_harmless(done.stdout, tabs(arguments)) and is_harmless(done.stderr), done


def tabs(arguments):
    """Between the fields of what a command prints into a pipe."""
    return {"groups": 4, "messages": 3, "search": 4}.get(arguments[0], 0) if "--json" not in arguments else 0


@pytest.mark.parametrize("answers", [
    dict(rejection=[HOSTILE]), dict(rejection={"errors": [HOSTILE]}), dict(rejection=HOSTILE.encode()),
    dict(content_type="text/\x9b31m\u202e", taken=b"<p>" + HOSTILE.encode()),
], ids=repr)
def test_no_refusal_reaches_a_terminal_as_it_is(serving, folder, answers):
    config = configuration(folder, serving(cruddur_answers(**answers)))
    for arguments in (["send", "mei", "x"], ["groups"], ["messages", "mei"]):
        done = run([BINARY, *arguments, *config])
        assert is_harmless(done.stdout, tabs(arguments)) and is_harmless(done.stderr), done
        if arguments[0] == "send":
            assert done.returncode != 0 and done.stderr


@pytest.fixture
def hostile_table(table):
    """Keys and attributes that an operator never wrote."""
    text = HOSTILE + "\n# second line"
    with sqlite3.connect(table[1]) as database:
        for pk, sk in [(f"MSG#{GROUP}", text), (f"MSG#{text}", "2026-01-01T00:00:00+00:00"), (f"GRP#{USER}", text),
                       (f"GRP#{text}", text), (text, text), (f"PAIR#{text}", "PAIR")]:
            attributes = {name: text for name in (
                "message", "message_uuid", "user_uuid", "user_display_name", "user_handle", "message_group_uuid",
                "group_uuid", text)}
            database.execute("INSERT INTO items (pk, sk, message_group_uuid, attributes) VALUES (?, ?, ?, ?)", (pk, sk, text, json.dumps(attributes)))
    return table


@pytest.mark.parametrize("arguments", [
    ["scan"], ["check", "--no-users"], ["check", "--json"], ["check", "--repair"], ["get-conversation", GROUP],
    ["get-conversation", GROUP, "--json"], ["list-conversations", USER], ["list-conversations", USER, "--json"],
    ["list-conversations", "@" + HOSTILE], ["get-conversation", "x", "--after", HOSTILE], ["--" + HOSTILE],
    ["seed", "--file", HOSTILE], ["seed", "--from", HOSTILE, "--messages", "1"],
], ids=repr)
def test_no_item_reaches_a_terminal_as_it_is(hostile_table, arguments):
    done = run([OPS, *arguments, *hostile_table])
    assert (done.stdout or done.stderr) and is_harmless(done.stdout) and is_harmless(done.stderr), done
    assert b"\n# second line" not in done.stdout


@pytest.mark.parametrize("fault", ["error", "status", "names"])
@pytest.mark.parametrize("arguments", [
    ["scan"], ["check", "--no-users"], ["list-tables"], ["list-tables", "--json"], ["get-conversation", GROUP],
    ["list-conversations", USER], ["schema-load"], ["drop", HOSTILE, "--yes"], ["stream"],
    ["update-cognito-user-ids", "--user-pool-id", "us-east-1_x", "--cognito-endpoint-url", "URL"],
], ids=repr)
def test_no_answer_of_aws_reaches_a_terminal_as_it_is(serving, folder, arguments, fault):
    def answer(method, path, headers, body):
        if fault == "names":
            user = {"Username": HOSTILE, "Attributes": [{"Name": "preferred_username", "Value": HOSTILE},
                                                        {"Name": "sub", "Value": HOSTILE}]}
            item = {"pk": {"S": "MSG#" + HOSTILE}, "sk": {"S": HOSTILE}, HOSTILE: {"S": HOSTILE}}
            return 200, "application/x-amz-json-1.0", {
                "TableNames": [HOSTILE], "Users": [user], "Items": [item], "Count": 1, "ScannedCount": 1,
                "Table": {"TableStatus": HOSTILE, "TableName": HOSTILE}}
        if fault == "status":
            return 400, "text/html", HOSTILE.encode()
        return 400, "application/x-amz-json-1.0", {"__type": "com.amazon#" + HOSTILE, "message": HOSTILE}

    url = serving(answer)
    command = [url if argument == "URL" else argument for argument in arguments]
    done = run([OPS, *command, "--verbose", "--endpoint-url", url, *(
        ["--users-file", f"{folder}/users.sqlite"] if "update" in arguments[0] or "list-c" in arguments[0] or arguments[0] == "check" else [])])
    assert (done.stdout or done.stderr) and is_harmless(done.stdout) and is_harmless(done.stderr), done


def test_no_source_prints_past_the_door():
    """`print` ignores errors and takes any text; `FileHandle.write` ends the program."""
    past = re.compile(
        r"(?<![.\w])(print|debugPrint|dump|puts|fputs|printf|NSLog|perror)\(|FileHandle\.standard(Output|Error)|\.standardError\b(?! = )")
    for folder, _, names in os.walk(ROOT + "/Sources"):
        # The tutorial's steps are programs of their own.
        if ".docc" in folder:
            continue
        for name in names:
            if not name.endswith(".swift"):
                continue
            for number, line in enumerate(open(f"{folder}/{name}"), 1):
                assert not past.search(line.split("//")[0]), f"{folder}/{name}:{number}: {line}"


def test_no_word_of_postgresql_reaches_a_terminal_as_it_is(folder):
    def refuse(listening):
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                fields = b"".join(name + value.encode() + b"\0" for name, value in (
                    (b"S", "FATAL"), (b"C", "28000"), (b"M", HOSTILE))) + b"\0"
                connection.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=refuse, args=(listening,), daemon=True).start()
        url = f"postgresql://u@127.0.0.1:{listening.getsockname()[1]}/d?sslmode=disable&gssencmode=disable"
        assert run([OPS, "schema-load", "--embedded", f"{folder}/table.sqlite"]).returncode == 0
        for arguments in (["list-conversations", "@x"], ["check"], ["seed"], ["browse", "@x"]):
            done = run([OPS, *arguments, "--database-url", url, "--embedded", f"{folder}/table.sqlite"])
            assert done.returncode == 1 and b"PostgreSQL" in done.stderr and is_harmless(done.stderr), done


# MARK: Exports


@pytest.fixture
def exporting(serving, folder):
    """A history, and an export of it to somewhere."""
    config = configuration(folder, serving(cruddur_answers()))
    assert run([BINARY, "messages", "mei", *config]).returncode == 0
    os.mkdir(folder + "/out")
    return lambda output, **options: run([BINARY, "export", "mei", "--output", output, *config], **options)


def test_an_export_replaces_files_only_and_leaves_nothing_else(exporting, folder):
    out = folder + "/out"
    with open(out + "/page", "w") as file:
        file.write("old")
    os.symlink(out + "/page", out + "/link")
    os.symlink(out + "/page", out + "/new.part")
    os.symlink("/dev/full", out + "/full")
    for output, said in [
        ("", "a file needs a name"), (out, "is a folder"), (out + "/link", "is a link"), (out + "/none/page", "No such file"),
        ("/dev/full", "No space left"), (out + "/full", "No space left"), ("/proc/nothing", ""),
    ]:
        done = exporting(output)
        assert done.returncode != 0 and said in done.stderr.decode(), (output, done)
    assert open(out + "/page").read() == "old" and not os.path.isfile("/dev/full")
    assert sorted(os.listdir(out)) == ["full", "link", "new.part", "page"]
    assert exporting(out + "/page").returncode == 0 and exporting(out + "/new").returncode == 0
    assert open(out + "/page").read() == open(out + "/new").read() == exporting("-").stdout.decode()
    assert "words" in open(out + "/page").read()
    assert sorted(os.listdir(out)) == ["full", "link", "new", "new.part", "page"]


def test_a_disk_that_is_full_half_way_is_said_and_the_old_file_stays(exporting, folder):
    disk = folder + "/disk"
    os.mkdir(disk)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk], capture_output=True).returncode != 0:
        pytest.skip("a small tmpfs cannot be mounted by this user")
    try:
        with open(disk + "/page", "w") as file:
            file.write("old")
        done = exporting(disk + "/page")
        assert done.returncode == 1 and b"/page cannot be written: No space left on device" in done.stderr
        assert open(disk + "/page").read() == "old" and os.listdir(disk) == ["page"]
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_half_export(serving, folder, number):
    config = configuration(folder, serving(cruddur_answers()))
    assert run([BINARY, "messages", "mei", *config]).returncode == 0
    out = folder + "/out"
    os.mkdir(out)
    known, rows, status = 1, 200_000, 0
    # Until the signal comes in the midst of it: a fast machine may be done before.
    while status == 0 and rows < 10_000_000:
        with sqlite3.connect(folder + "/config.sqlite") as database:
            database.execute(
                """WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                   INSERT INTO message (id, conversation, at, identity, uuid, text, person, merged)
                   SELECT 1000 + i, conversation, at + i, identity + i, 'u' || i, text, person, merged
                   FROM n, (SELECT * FROM message ORDER BY id LIMIT 1)""", (known + 1, rows))
        process = subprocess.Popen([BINARY, "export", "mei", "--output", out + "/page", *config], stderr=subprocess.PIPE)
        while process.poll() is None and not os.listdir(out):
            time.sleep(0.001)
        process.send_signal(number)
        status = process.wait(timeout=120)
        if status == 0:
            os.remove(out + "/page")
        known, rows = rows, 2 * rows
    assert status == -number
    assert os.listdir(out) == []

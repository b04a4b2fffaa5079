"""What callers, disks and clocks do to a server, and that it goes on. Benchmarks/abuse.py does the same at length."""

import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import urllib.request
import uuid

import pytest

from served import connect, head, open_files, processor_seconds, tag_of
from system import OPS, call, eventually, metrics_of, running
from wallclock import WallClock


def answer(connection):
    """Everything until the server closes."""
    content = b""
    try:
        while part := connection.recv(65_536):
            content += part
    except ConnectionResetError:
        pass
    return content


def hold(url, token, tag, source="127.0.0.1"):
    connection = connect(url, source)
    connection.sendall(head("/api/message_groups", token, If_None_Match=tag, Prefer="wait=50"))
    return connection


# Callers

def test_closed_polls_leave_nothing_behind(served):
    process, url = served.serve("--rate", "1000")
    tag = tag_of(url, served.tokens[0])
    before = open_files(process)
    for _ in range(6):
        polls = [hold(url, served.tokens[0], tag) for _ in range(50)]
        # One or two of those before may have been about to go.
        eventually(lambda: open_files(process) >= before + 45, "the polls")
        for poll in polls:
            poll.close()
        # They would be held for 50 s. The table's readers open their files when they are first needed.
        eventually(lambda: open_files(process) <= before + 15, "their end", timeout=40)
    status, _ = call(f"{url}/api/message_groups", served.tokens[0], headers={"If-None-Match": tag})
    assert status == 304


def test_silent_connections_lock_nobody_out(served):
    _, url = served.serve("--connections", "40")
    silent = [connect(url, f"127.0.0.{2 + i % 3}") for i in range(60)]
    # Three addresses have a quarter each, and no more; and none of them for long.
    ours = connect(url)
    ours.sendall(head("/health", Connection="close"))
    assert answer(ours).startswith(b"HTTP/1.1 200 ")
    for connection in silent:
        assert answer(connection) == b""
        connection.close()


def test_an_address_that_has_enough_connections_gets_no_more_until_one_is_closed(served):
    _, url = served.serve("--connections-per-address", "3")
    held = [connect(url, "127.0.0.2") for _ in range(3)]
    for connection in held:
        connection.sendall(head("/health"))
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert answer(connect(url, "127.0.0.2")) == b""
    held.pop().close()

    def more():
        connection = connect(url, "127.0.0.2")
        try:
            connection.sendall(head("/health", Connection="close"))
        except OSError:
            return False
        return b" 200 " in answer(connection)

    eventually(more, "a place")


@pytest.mark.parametrize("token, status", [(None, b"401"), ("good", b"413"), ("good", b"415")])
def test_after_its_answer_a_body_is_not_waited_for(served, token, status):
    _, url = served.serve()
    connection = connect(url)
    kind = "text/plain" if status == b"415" else "application/json"
    connection.sendall(head("/api/messages", token and served.tokens[0], "POST", Content_Type=kind, Content_Length=1_000_000))
    if status == b"413":
        connection.sendall(b" " * 100_000)
    ended, dripping = threading.Event(), 0

    def drip():
        nonlocal dripping
        try:
            while not ended.wait(0.05):
                connection.sendall(b" ")
                dripping += 1
        except OSError:
            pass

    thread = threading.Thread(target=drip)
    thread.start()
    got = answer(connection)
    ended.set()
    thread.join()
    assert got.startswith(b"HTTP/1.1 " + status) and b"connection: close" in got.lower()
    # A million bytes at this pace would take half a day.
    assert dripping < 100_000


def test_a_head_and_a_body_byte_by_byte_are_not_waited_for(served):
    _, url = served.serve()
    slow = connect(url)
    slow.sendall(b"GET /hea")
    body = connect(url)
    body.sendall(head("/api/messages", served.tokens[0], "POST", Content_Type="application/json", Content_Length=100) + b"{")
    ended = threading.Event()

    def drip():
        while not ended.wait(1):
            for connection in (slow, body):
                try:
                    connection.sendall(b"a")
                except OSError:
                    pass

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    assert answer(slow) == b""
    assert answer(body) == b""
    ended.set()
    thread.join()


def test_with_few_files_it_bears_what_it_can_and_rests(served):
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    process, url = served.serve(preexec_fn=few)
    assert any("fewer connections than asked for" in line for line in process.lines)
    before = processor_seconds(process), time.monotonic()
    crowd = [connect(url, f"127.0.0.{2 + i % 50}") for i in range(100)]
    time.sleep(2)
    used, passed = processor_seconds(process) - before[0], time.monotonic() - before[1]
    assert used < passed / 2
    for connection in crowd:
        connection.close()
    eventually(lambda: call(f"{url}/health")[0] == 200, "an answer", timeout=120)


def test_when_files_run_out_accepting_rests_and_goes_on(served):
    process, url = served.serve()
    inside = connect(url)
    inside.sendall(head("/health"))
    assert b" 200 " in inside.recv(1000)
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (open_files(process), resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    before = processor_seconds(process), time.monotonic()
    outside = connect(url)
    outside.sendall(head("/health", Connection="close"))

    def is_told():
        # Who says nothing for long is not kept.
        inside.sendall(head("/health"))
        return b" 200 " in inside.recv(1000) and any("no connection can be accepted" in line for line in process.lines)

    eventually(is_told, "the notice")
    time.sleep(2)
    used, passed = processor_seconds(process) - before[0], time.monotonic() - before[1]
    assert used < passed / 2
    # Who is inside is served.
    inside.sendall(head("/health"))
    assert b" 200 " in inside.recv(1000)
    inside.close()
    assert answer(outside).startswith(b"HTTP/1.1 200 ")


def test_a_bad_chunk_is_400_and_no_fault_of_the_server(served):
    process, url = served.serve()
    for chunk in (b"zz\r\n", b"5\r\n{\"mes\r\nzz\r\n\r\n"):
        connection = connect(url)
        connection.sendall(head(
            "/api/messages", served.tokens[0], "POST", Content_Type="application/json", Transfer_Encoding="chunked") + chunk)
        assert answer(connection).startswith(b"HTTP/1.1 400 ")
    gone = connect(url)
    gone.sendall(head("/api/messages", served.tokens[0], "POST", Content_Type="application/json", Content_Length=100) + b"{")
    gone.close()
    assert call(f"{url}/health")[0] == 200
    assert not [line for line in process.lines if '"level":"error"' in line]


# What stands between

def test_through_nginx_with_gzip_a_poll_is_held(served, folder):
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not nginx:
        pytest.skip("no nginx; bin/test installs it")
    server, url = served.serve("--trust-forwarded-for", "--metrics-port", "0")
    group = served.group(url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open(f"{folder}/nginx.conf", "w") as file:
        file.write(f"""
            daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{}}
            http {{
                access_log off; gzip on; gzip_types application/json; gzip_min_length 1; gzip_proxied any;
                client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
                uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
                server {{
                    listen 127.0.0.1:{port};
                    location / {{
                        proxy_pass {url}; proxy_http_version 1.1; proxy_set_header Connection "";
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_buffering off;
                    }}
                }}
            }}""")
    process = subprocess.Popen([nginx, "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf", "-p", folder])
    try:
        proxy = f"http://127.0.0.1:{port}"
        eventually(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "nginx")
        for path in ("/api/message_groups", f"/api/messages/{group}"):
            def ask(**headers):
                request = urllib.request.Request(proxy + path, headers={
                    "Authorization": f"Bearer {served.tokens[0]}", "Accept-Encoding": "gzip", **headers})
                try:
                    return urllib.request.urlopen(request, timeout=100)
                except urllib.error.HTTPError as error:
                    return error

            first = ask()
            assert first.headers["Content-Encoding"] == "gzip"
            tag = first.headers["ETag"]
            assert tag.startswith("W/")
            assert ask(**{"If-None-Match": tag}).status == 304
            nothing = ask(**{"If-None-Match": tag, "Prefer": "wait=1"})
            assert (nothing.status, nothing.headers["Preference-Applied"]) == (304, "wait=1")
            answers = []
            poll = threading.Thread(target=lambda: answers.append(ask(**{"If-None-Match": tag, "Prefer": "wait=50"})))
            poll.start()
            eventually(lambda: running(metrics_of(server)) == 1, "the held request")
            call(f"{url}/api/messages", served.tokens[1], {"message": f"news of {path}", "message_group_uuid": group})
            poll.join(timeout=100)
            assert answers[0].status == 200 and answers[0].headers["ETag"] != tag
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("mode", ["stalls", "refuses"])
def test_a_pool_whose_keys_cannot_be_had_stops_nobody_for_ever(served, mode):
    served.pool.mode = mode
    process, url = served.serve()
    groups = f"{url}/api/message_groups"
    assert call(groups, served.tokens[0])[0] == 503
    assert call(f"{url}/health")[0] == 200
    served.pool.mode = "well"
    assert call(groups, served.tokens[0])[0] == 200
    # What is known goes on serving, whoever comes with what.
    served.pool.mode = mode
    header = {"alg": "RS256", "kid": "other"}
    from served import encoded
    stranger = encoded(header) + "." + served.tokens[0].split(".", 1)[1]
    asked = served.pool.asked

    def knock():
        # Soon after it has answered, the pool is not asked for what anybody may have made up.
        eventually(lambda: call(groups, stranger) and served.pool.asked > asked, "that the pool is asked", timeout=120)

    threads = [threading.Thread(target=knock) for _ in range(5)]
    for thread in threads:
        thread.start()
    eventually(lambda: served.pool.asked > asked, "that the pool is asked for the stranger's key", timeout=120)
    assert call(groups, served.tokens[0])[0] == 200
    for thread in threads:
        thread.join()
    assert call(groups, stranger)[0] in (401, 503)


# Disks and files

def test_readiness_means_that_a_message_would_be_taken(served):
    process, url = served.serve()
    group = served.group(url)
    ready, post = f"{url}/ready", lambda: call(
        f"{url}/api/messages", served.tokens[0], {"message": "m", "message_group_uuid": group})[0]
    assert call(ready) == (200, {"table": "ok", "users": "ok"}) and post() == 200
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    # No file may grow any more: as on a full disk.
    size = max(os.path.getsize(f"{served.folder}/{name}") for name in os.listdir(served.folder) if name.startswith("table"))
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))
    assert eventually(lambda: post() == 503, "a full disk")
    assert eventually(lambda: call(ready) == (503, {"table": "unavailable", "users": "ok"}), "that it is said")
    assert call(f"{url}/api/messages/{group}", served.tokens[0])[0] == 200
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    eventually(lambda: call(ready)[0] == 200, "room")
    assert post() == 200


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
@pytest.mark.parametrize("name", ["table", "users"])
def test_nothing_is_taken_for_a_file_that_is_no_more(served, name, suffix):
    process, url = served.serve()
    group = served.group(url)
    ready, post = f"{url}/ready", lambda: call(
        f"{url}/api/messages", served.tokens[0], {"message": "m", "message_group_uuid": group})
    assert call(ready) == (200, {"table": "ok", "users": "ok"}) and post()[0] == 200
    os.unlink(f"{served.folder}/{name}.sqlite{suffix}")
    eventually(lambda: call(ready)[0] == 503, "that it is said")
    if name == "table":
        assert post()[0] == 503


def test_two_programs_on_one_table_wait_for_each_other(served):
    _, url = served.serve("--rate", "0")
    group = served.group(url)
    served.start("stream", "--json", until="following")
    seeds = [subprocess.Popen([OPS, "seed", "--from", f"u{i}", "--to", "u2", "--messages", "3000", *served.where],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for i in range(2)]
    statuses = []

    def post(user):
        number = 0
        while number < 150 or any(seed.poll() is None for seed in seeds):
            number += 1
            statuses.append(call(f"{url}/api/messages", served.tokens[user], {
                "message": f"{user} {number}", "message_group_uuid": group})[0])

    threads = [threading.Thread(target=post, args=(user,)) for user in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200}
    assert [seed.wait(timeout=600) for seed in seeds] == [0, 0]


def rights(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_tables_users_and_checkpoints_are_their_owners_also_when_they_were_not(served):
    files = [f"{served.folder}/{name}" for name in os.listdir(served.folder) if ".sqlite" in name]
    assert files and all(rights(file) == 0o600 for file in files)
    for file in files:
        os.chmod(file, 0o666)
    _, url = served.serve(umask=0)
    served.group(url)
    files = [f"{served.folder}/{name}" for name in os.listdir(served.folder) if ".sqlite" in name]
    assert len(files) > 2 and all(rights(file) == 0o600 for file in files)


@pytest.mark.parametrize("kind", ["device", "pipe", "socket", "folder"])
def test_what_is_no_file_is_refused_and_keeps_its_rights(served, kind):
    place = f"{served.folder}/{kind}"
    match kind:
        case "device":
            if os.geteuid() != 0:
                pytest.skip("devices are made by root")
            os.mknod(place, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        case "pipe":
            os.mkfifo(place)
        case "socket":
            socket.socket(socket.AF_UNIX).bind(place)
        case "folder":
            os.mkdir(place)
    os.chmod(place, 0o666)
    os.symlink(place, f"{place}-link")
    there = set(os.listdir(served.folder))
    for path in (place, f"{place}-link"):
        for command in (
            ["scan", "--embedded", path], ["check", "--embedded", path], ["schema-load", "--embedded", path],
            ["serve", "--embedded", path, "--user-pool-id", "a_b", "--client-id", "c"], ["user", "@u1", "export", *served.where, "--users-file", path],
        ):
            done = subprocess.run([OPS, *command], capture_output=True, text=True, timeout=60)
            assert done.returncode == 1 and f"{path} is a {kind}" in done.stderr, (command, done.stderr)
            assert len(done.stderr.splitlines()) == 1
    assert rights(place) == 0o666 and set(os.listdir(served.folder)) - there <= {"table.sqlite-wal", "table.sqlite-shm"}


def test_a_demos_folder_is_its_owners_also_when_it_was_not(demo, folder):
    first = demo()
    first.signal(signal.SIGTERM)
    first.wait_for_exit()
    for place, _, files in os.walk(folder):
        os.chmod(place, 0o755)
        for file in files:
            os.chmod(os.path.join(place, file), 0o644)
    demo()
    assert rights(folder) == 0o700
    open_to_others = [file for file in os.listdir(folder) if "sqlite" in file and rights(f"{folder}/{file}") != 0o600]
    assert not open_to_others


# Clocks and numbers

def test_the_order_of_a_list_is_that_of_the_answers_whatever_the_clock_does(served, folder):
    import random
    runs, wall, choice = int(os.environ.get("CLOCK_SENDS", 60)), WallClock(folder), random.Random(7)
    _, url = served.serve("--rate", "0", env={**os.environ, **wall.environment})
    group = served.group(url)
    said_at = ["first"]
    for number in range(runs):
        if choice.random() < 0.3:
            wall.step(choice.choice([-3600, 0, 3600]))
        text = f"message {number}"
        assert call(f"{url}/api/messages", served.tokens[number % 2], {"message": text, "message_group_uuid": group})[0] == 200
        said_at.append(text)
        newest = [m["message"] for m in call(f"{url}/api/messages/{group}", served.tokens[0])[1]]
        assert newest == said_at[-20:]
    eventually(lambda: call(f"{url}/api/message_groups", served.tokens[1])[1][0]["message"] == said_at[-1], "the preview")


NUMBERS = ["nan", "-nan", "inf", "-inf", "1e300", "-1", "99999999999999999999", "9223372036854775807", "0x1p4", ""]


@pytest.mark.parametrize("command, option", [
    ("serve", "--rate"), ("serve", "--port"), ("serve", "--connections"), ("serve", "--connections-per-address"),
    ("serve", "--database-connections"), ("serve", "--metrics-port"), ("seed", "--messages"), ("scan", "--limit"),
    ("get-conversation", "--limit"), ("get-conversation", "--year"), ("list-conversations", "--limit"),
    ("list-conversations", "--year"),
])
def test_a_number_that_is_none_is_a_wrong_command_line(served, command, option):
    arguments = {"get-conversation": ["g"], "list-conversations": ["@u0"]}.get(command, [])
    server = ["--user-pool-id=us-east-1_x", "--client-id=c"] if command == "serve" else []
    for number in NUMBERS:
        done = subprocess.run(
            [OPS, command, *arguments, f"{option}={number}", *server, *served.where], capture_output=True, text=True, timeout=120)
        assert done.returncode == 64, f"{option}={number}: {done.returncode} {done.stderr}"
        assert done.stderr.count("\n") < 12 and "Fatal" not in done.stderr


@pytest.fixture
def exactly_once():
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../Benchmarks"))
    import exactly_once

    return exactly_once


def test_a_keyed_message_is_there_once_however_often_the_server_is_killed(served, exactly_once):
    faults, done = exactly_once.run(served, messages=240, clients=8, every=20, seed=10, limit=600)
    # Who was in the midst of it had no answer.
    assert not faults and done["kills"] > 2 and done["cut"] > 0, f"{done}\n" + "\n".join(faults[:20])


def test_and_where_the_answers_of_dynamodb_are_lost_as_well(served, exactly_once):
    table = exactly_once.LossyTable(served, seed=10)
    try:
        faults, done = exactly_once.run(served, messages=80, clients=4, every=10, seed=10, limit=600, table=table)
    finally:
        table.close()
    assert not faults and done["kills"] > 2 and table.lost > 10, f"{done}\n" + "\n".join(faults[:20])


def test_what_is_exported_and_erased_is_one_users_whoever_had_the_handle_before(served, folder):
    served.ops("seed", "--from", "@u0", "--to", "@u1", "--messages", "2")
    fresh = str(uuid.uuid4())
    with sqlite3.connect(f"{served.folder}/users.sqlite") as database:
        database.execute("UPDATE users SET handle = 'former' WHERE handle = 'u1'")
        database.execute(
            "INSERT INTO users (uuid, display_name, email, handle, cognito_user_id) VALUES (?, 'New', '', 'u1', 'sub-new')",
            [fresh])
    database.close()
    served.ops("seed", "--from", "@u2", "--to", "@u1", "--messages", "2")
    export = json.loads(served.ops("user", fresh, "export"))
    assert [conversation["with"].lstrip("@") for conversation in export["conversations"]] == ["u2"]
    plan = folder + "/plan"
    served.ops("user", fresh, "erase", "--plan", plan)
    served.ops("user", fresh, "erase", "--apply", plan)
    assert len(json.loads(served.ops("user", "former", "export"))["conversations"]) == 1


def test_what_is_written_takes_no_pipes_or_links_place(served, folder):
    served.ops("seed", "--from", "@u0", "--to", "@u1", "--messages", "2")
    os.mkfifo(folder + "/pipe")
    os.symlink(folder + "/kept", folder + "/link")
    for arguments in (["export", "--output", "/link"], ["erase", "--plan", "/link"], ["erase", "--plan", "/pipe"]):
        served.ops("user", "@u1", *arguments[:-1], folder + arguments[-1], code=1)
    done = subprocess.run(
        [OPS, "user", "@u1", "export", "--output", "/dev/full", *served.where], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "/dev/full cannot be written" in done.stderr
    assert stat.S_ISFIFO(os.stat(folder + "/pipe").st_mode) and os.path.islink(folder + "/link")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_two_whose_handles_look_alike_may_write_to_each_other(served):
    with sqlite3.connect(f"{served.folder}/users.sqlite") as database:
        database.execute("UPDATE users SET handle = 'Kate' WHERE handle = 'u0'")
        database.execute("UPDATE users SET handle = '\u212aate' WHERE handle = 'u1'")
    database.close()
    _, url = served.serve()
    status, body = call(f"{url}/api/messages", served.tokens[0], {"message": "hello", "handle": "\u212aate"})
    assert status == 200, body
    assert [group["handle"] for group in call(f"{url}/api/message_groups", served.tokens[0])[1]] == ["\u212aate"]
    assert call(f"{url}/api/messages", served.tokens[0], {"message": "hello", "handle": "Kate"})[0] == 422


def test_a_log_whose_reader_stands_still_holds_nobody_up(served):
    """`cruddur-ops serve 2>&1 | less`: more lines than a pipe takes, and none is read."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [OPS, "serve", "--port", "0", "--rate", "0", "--user-pool-id", "us-east-1_own", "--client-id", "c", *served.where],
        stdout=subprocess.DEVNULL, stderr=writing)
    served.processes.append(process)
    os.close(writing)
    heard = b""
    while not (line := re.search(rb"listening on http://127.0.0.1:(\d+)\n", heard)):
        heard += os.read(reading, 1)
    connection = http.client.HTTPConnection("127.0.0.1", int(line[1]), timeout=60)
    for _ in range(3000):
        connection.request("GET", "/api/health-check")
        answer = connection.getresponse()
        assert answer.status == 200 and answer.read()
    # Whoever reads again has all of it.
    while heard.count(b'"message":"request"') < 3000:
        heard += os.read(reading, 1 << 16)
    process.terminate()
    assert process.wait(60) == 0
    os.close(reading)

"""What operators trust cruddur-ops with: identities, repairs that others' writes come between, addresses, silence."""

import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import uuid

import pytest

from served import Served
from system import OPS, call, eventually

needs_services = pytest.mark.skipif("TEST_AWS_URL" not in os.environ, reason="bin/test starts the servers")
RECORDED = os.path.join(os.path.dirname(__file__), "../CruddurOpsTests/Recorded")


@pytest.fixture
def served(folder):
    served = Served(users=3, folder=folder)
    yield served
    served.close()


def ops(*arguments, code=0, input="", env=None, timeout=120):
    done = subprocess.run([OPS, *arguments], capture_output=True, text=True, input=input, timeout=timeout, env=env)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def database(path):
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


# One sub, one user

@needs_services
def test_an_id_that_another_holds_is_named_and_taken_over_only_if_that_is_said(system):
    system.ops("schema-load")
    system.add("londo", "Londo")
    where = ["--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url]
    system.ops("update-cognito-user-ids", *where)
    sub = system.sql("SELECT cognito_user_id FROM public.users WHERE handle = 'londo'")
    system.sql("UPDATE public.users SET cognito_user_id = 'MOCK'")
    system.add("oldname", "Old", in_pool=False, subject=sub)
    told = system.ops("update-cognito-user-ids", *where, code=1)
    assert "@oldname" in told and "--take-over" in told and "1 that nobody in the pool claims" in told
    assert system.sql("SELECT handle FROM public.users WHERE cognito_user_id = '" + sub + "'") == "oldname"
    taken = system.ops("update-cognito-user-ids", *where, "--take-over", json_output=True)
    assert taken["taken_over"][0]["holders"] == ["oldname"] and taken["unclaimed"] == ["oldname"]
    assert system.sql("SELECT handle FROM public.users WHERE cognito_user_id = '" + sub + "'") == "londo"
    # Two that hold one nevertheless: aloud, and nobody's messages go out in another's name.
    system.sql(f"UPDATE public.users SET cognito_user_id = '{sub}'")
    server, url = system.serve()
    status, body = call(f"{url}/api/message_groups", system.tokens("londo")["AccessToken"])
    assert (status, body["code"]) == (403, "shared_identity")
    log = "".join(server.lines)
    assert "@londo and @oldname" in log and "--take-over" in log


@needs_services
def test_a_locked_users_table_holds_up_nobody_who_does_not_need_it(system):
    system.ops("schema-load")
    system.add("londo", "Londo")
    system.ops("update-cognito-user-ids", "--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url)
    _, url = system.serve("--database-connections", "8")
    token = system.tokens("londo")["AccessToken"]
    holder = subprocess.Popen(["psql", "-qAt", system.database_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    holder.stdin.write("BEGIN; LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n")
    holder.stdin.flush()
    assert holder.stdout.readline().strip() == "locked"
    from concurrent.futures import ThreadPoolExecutor
    is_over, statuses = threading.Event(), set()

    def ask():
        # Who is told that it cannot be had comes again: there are always some who wait.
        while not is_over.is_set():
            statuses.add(call(f"{url}/api/message_groups", token)[0])

    # Others' tests have databases of their own beside this one.
    waiting = """SELECT count(*) FROM pg_locks
                 WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    with ThreadPoolExecutor(12) as threads:
        try:
            asking = [threads.submit(ask) for _ in range(12)]
            eventually(lambda: int(system.sql(waiting)) >= 8, "eight who wait", timeout=60)
            # It answers while they still wait.
            assert call(f"{url}/health")[0] == 200
            assert int(system.sql(waiting)) > 0
        finally:
            holder.communicate("ROLLBACK;\n")
            is_over.set()
        for future in asking:
            future.result()
    assert statuses <= {200, 503}
    assert call(f"{url}/api/message_groups", token)[0] == 200


# Repairs

def rows(served):
    return json.loads(served.ops("list-conversations", "@u0", "--json"))["items"]


def lonely(served):
    """A group of @u0 and @u1 of which one row is lost."""
    _, url = served.serve()
    group = served.group(url)
    for process in served.processes:
        process.terminate()
        process.wait()
    with database(f"{served.folder}/table.sqlite") as table:
        keep = table.execute("SELECT pk, sk, attributes FROM items WHERE message_group_uuid = ? ORDER BY pk", (group,)).fetchall()
        table.execute("DELETE FROM items WHERE pk = ? AND sk = ?", keep[1][:2])
    return group, keep


def test_what_others_write_while_the_prompt_waits_undoes_the_repair(served):
    group, keep = lonely(served)
    check = subprocess.Popen([OPS, "check", "--repair", *served.where], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    # It has shown, through a pipe too, before it asks.
    assert check.stdout.readline().startswith("wrong_members")
    assert "put" in check.stdout.readline()
    with database(f"{served.folder}/table.sqlite") as table:
        moved = "2031-01-01T00:00:00.000000+00:00"
        table.execute("DELETE FROM items WHERE message_group_uuid = ?", (group,))
        for pk, _, attributes in keep:
            table.execute("INSERT INTO items (pk, sk, message_group_uuid, attributes) VALUES (?, ?, ?, ?)", (pk, moved, group, attributes))
    out, err = check.communicate("yes\n", timeout=60)
    assert "it has changed meanwhile; nothing was done" in out and "Do this?" in err
    assert check.returncode == 2
    with database(f"{served.folder}/table.sqlite") as table:
        assert table.execute("SELECT count(*) FROM items WHERE message_group_uuid = ?", (group,)).fetchone() == (2,)


def test_a_plan_is_reviewed_and_applied_only_if_nothing_changed(served):
    group, _ = lonely(served)
    plan = f"{served.folder}/plan.jsonl"
    ops("check", "--repair", "--json", *served.where, code=64)
    ops("check", "--resolve", "--yes", *served.where, code=64)
    ops("check", "--plan", plan, *served.where, code=64)
    told = json.loads(ops("check", "--repair", "--plan", plan, "--json", *served.where, code=2).stdout)
    assert [finding["kind"] for finding in told["findings"]] == ["wrong_members"] and told["repaired"] == []
    assert os.stat(plan).st_mode & 0o777 == 0o600
    header, entry = [json.loads(line) for line in open(plan)]
    assert header["cruddur_plan"] == 1 and entry["subject"] == group
    assert [put["message_group_uuid"]["S"] for put in entry["steps"][0]["puts"]] == [group]
    ops("check", "--apply", plan, "--embedded", f"{served.folder}/table.sqlite", "--table", "other", code=1)
    assert "1 changes made" in ops("check", "--apply", plan, *served.where).stdout
    again = ops("check", "--apply", plan, "--json", *served.where, code=1)
    assert json.loads(again.stdout) == {"applied": [], "changed": [group]}
    ops("check", *served.where)


@pytest.mark.parametrize("seed", range(int(os.environ.get("KILL_RUNS", "3"))))
def test_a_repair_that_is_killed_again_and_again_comes_to_an_end(served, seed):
    dice = random.Random(seed)
    path = f"{served.folder}/table.sqlite"
    # So many that a kill comes in the midst of it, also where others keep the machine busy.
    people = [f"00000000-0000-4000-8000-{number:012}" for number in range(24)]
    texts = set()

    def put(pk, sk, **attributes):
        group = attributes.get("message_group_uuid")
        table.execute("INSERT OR REPLACE INTO items (pk, sk, message_group_uuid, attributes) VALUES (?, ?, ?, ?)", (pk, sk, group, json.dumps(attributes)))

    with database(path) as table:
        table.execute("BEGIN")
        for one, other in [(a, b) for a in range(len(people)) for b in range(a)]:
            group = str(uuid.UUID(int=dice.getrandbits(128)))
            for number in range(dice.randrange(1, 5)):
                at = f"2026-01-{one + 1:02}T{other:02}:{number:02}:00.000000+00:00"
                texts.add(f"{group} {number}")
                put(f"MSG#{group}", at, message=f"{group} {number}", message_uuid=f"{group}{number}", user_uuid=people[one],
                    user_handle=f"h{one}", user_display_name="X")
            for owner, partner in ((one, other), (other, one)):
                if dice.random() < 0.8:
                    put(f"GRP#{people[owner]}", dice.choice([at, "2026-01-01T00:00:00.000000+00:00", "2027-01-01T00:00:00.000000+00:00", "yesterday " + group]),
                        message_group_uuid=group, message=dice.choice([f"{group} {number}", "never said"]), user_uuid=people[partner],
                        user_handle=f"h{partner}", user_display_name="X")
        table.execute("COMMIT")
    killed, table = [], database(path)
    # Each change that another program makes to the file makes it another number.
    version = lambda: table.execute("PRAGMA data_version").fetchone()[0]
    for _ in range(4):
        said = open(f"{served.folder}/said", "w+")
        process = subprocess.Popen([OPS, "check", "--repair", "--yes", "--no-users", *served.where], stdout=said)
        written, enough, last = 0, dice.randrange(0, 25), version()
        while written < enough and process.poll() is None:
            if (now := version()) != last:
                written, last = written + 1, now
        process.send_signal(signal.SIGKILL)
        killed.append(process.wait() == -signal.SIGKILL and written)
        # What it has done it has said before.
        said.seek(0)
        assert len(re.findall("(?m)^    ", said.read())) >= written
        said.close()
    table.close()
    assert any(killed), "each time it was over, or had not begun"
    done = lambda: subprocess.run([OPS, "check", "--repair", "--yes", "--json", "--no-users", *served.where], capture_output=True, text=True, timeout=120)
    done()
    second, before = json.loads(done().stdout), ops("scan", *served.where).stdout
    assert second["repaired"] == []
    assert {finding["kind"] for finding in second["findings"]} <= {"orphaned_messages", "wrong_members"}
    done()
    assert ops("scan", *served.where).stdout == before
    assert {json.loads(line)["message"]["S"] for line in before.splitlines() if '"MSG#' in line} == texts


# The seed's own scripts as a peer

def test_on_the_table_that_the_seeds_scripts_make_ours_say_the_same(served):
    with database(f"{served.folder}/table.sqlite") as table:
        for line in open(f"{RECORDED}/seed-table.jsonl"):
            item = json.loads(line)
            pk, sk = item.pop("pk"), item.pop("sk")
            table.execute("INSERT INTO items (pk, sk, message_group_uuid, attributes) VALUES (?, ?, ?, ?)", (pk, sk, item.get("message_group_uuid"), json.dumps(item)))
    recorded = [json.loads(line) for line in open(f"{RECORDED}/seed-table.jsonl")]
    lines = [json.loads(line) for line in ops("scan", "--plain", *served.where).stdout.splitlines()]
    order = lambda items: sorted(items, key=lambda item: (item["pk"], item["sk"]))
    assert order(lines) == order(recorded)
    group = next(item["message_group_uuid"] for item in recorded if "message_group_uuid" in item)
    # Newest last, and without the dots.
    theirs = [line.rstrip("\n")[:-3] for line in open(f"{RECORDED}/get-conversation.txt")][::-1]
    year = re.search(r" (\d{4})-", theirs[0]).group(1)
    ours = ops("get-conversation", group, "--year", year, "--limit", str(len(theirs)), *served.where).stdout.splitlines()
    assert [line.rstrip() for line in ours] == [line.rstrip() for line in theirs]


# One user's data

def test_a_user_is_exported_and_erased_until_nothing_but_tombstones_is_left(served, folder):
    _, url = served.serve()
    group = served.group(url)
    call(f"{url}/api/messages", served.tokens[1], {"message": "an answer <b>", "message_group_uuid": group}, headers={"Idempotency-Key": '"key"'})
    call(f"{url}/api/messages", served.tokens[0], {"message": "a secret of u0", "message_group_uuid": group}, headers={"Idempotency-Key": '"key"'})
    # The stream has moved the rows.
    eventually(lambda: subprocess.run([OPS, "check", *served.where], capture_output=True).returncode == 0, "no findings")
    for process in served.processes:
        process.terminate()
        process.wait()
    export = json.loads(ops("user", "@u0", "export", *served.where).stdout)
    assert export["profile"]["handle"] == "u0"
    assert [m["message"] for m in export["conversations"][0]["messages"]] == ["first", "an answer <b>", "a secret of u0"]
    assert [records["table"] for records in export["records"]] == ["users"]
    ops("user", "@u0", "export", "--html", "--output", f"{folder}/page.html", *served.where)
    page = open(f"{folder}/page.html").read()
    assert "a secret of u0" in page and "an answer &lt;b&gt;" in page and "<b>an" not in page
    own = export["profile"]["uuid"]
    ops("user", "@u0", "erase", *served.where, code=1, input="u1\n")
    assert "a secret of u0" in ops("scan", *served.where).stdout
    plan, audit = f"{folder}/erase.jsonl", f"{folder}/audit.jsonl"
    ops("user", "@u0", "erase", "--plan", plan, "--audit", audit, *served.where)
    told = ops("user", own, "erase", "--apply", plan, "--audit", audit, *served.where).stdout
    assert "nothing is left but" in told
    left = ops("scan", *served.where).stdout
    assert "a secret of u0" not in left and '"u0"' not in left and "User 0" not in left and "an answer <b>" in left
    for name in ("table.sqlite", "table.sqlite-wal", "users.sqlite", "users.sqlite-wal"):
        if os.path.exists(f"{folder}/{name}"):
            assert b"a secret of u0" not in open(f"{folder}/{name}", "rb").read()
    for name in ("users.sqlite", "users.sqlite-wal"):
        if os.path.exists(f"{folder}/{name}"):
            assert b"sub-0" not in open(f"{folder}/{name}", "rb").read()
    # The other still has the conversation, and nothing is out of order.
    assert "an answer" in ops("get-conversation", group, *served.where).stdout
    ops("check", *served.where)
    # Again, and there is nothing to do.
    ops("user", own, "erase", *served.where, input=own + "\n")
    lines = [json.loads(line) for line in open(audit)]
    assert [line["action"] for line in lines] == ["plan of erasing", "erase"]
    import hashlib
    first = open(audit).readline().rstrip("\n")
    assert lines[1]["previous"] == hashlib.sha256(first.encode()).hexdigest()


# Addresses, files, silence

@pytest.mark.parametrize("where, words", [
    ({}, ["scan", "--endpoint-url", "http://name:sekret@h:1"]),
    ({}, ["update-cognito-user-ids", "--cognito-endpoint-url", "http://name:sekret@h:1"]),
    ({"AWS_ENDPOINT_URL": "http://name:sekret@h:1"}, ["scan", "--prod"]),
    ({"AWS_ENDPOINT_URL_DYNAMODB": "http://name:sekret@h:1"}, ["drop", "--prod"]),
    ({"AWS_ENDPOINT_URL_DYNAMODB_STREAMS": "http://name:sekret@h:1"}, ["stream", "--prod"]),
    ({"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://name:sekret@h:1"}, ["serve", "--user-pool-id", "a_b", "--client-id", "c"]),
])
def test_an_address_with_a_password_is_refused_without_it(where, words, folder):
    environment = {"PATH": os.environ["PATH"], "HOME": folder, **where}
    result = subprocess.run([OPS, *words], env=environment, capture_output=True, text=True, timeout=60, input="")
    assert result.returncode != 0 and "***@h:1 holds more than" in result.stderr, result.stderr
    assert "sekret" not in result.stderr + result.stdout


def test_lines_are_put_behind_no_other_file(folder):
    """The record of who looked, and the file of traces."""
    other = f"{folder}/other"
    with open(other, "w") as file:
        file.write("something of a person's\n")
    table, users = f"{folder}/t.sqlite", f"{folder}/u.sqlite"
    ops("seed", "--yes", "--embedded", table, "--users-file", users)
    where = ["--embedded", table, "--users-file", users]
    for words in (["user", "@bayko", "export", "--audit", other],
                  ["serve", "--user-pool-id", "a_b", "--client-id", "c", "--port", "0", "--trace-file", other]):
        assert other in ops(*words, *where, code=1).stderr
    assert open(other).read() == "something of a person's\n"


@pytest.mark.parametrize("host", ["nohost.invalid", "", "999.1.1.1", "203.0.113.9"])
def test_where_nobody_can_listen_is_said(host, folder):
    where = ["--embedded", f"{folder}/t.sqlite", "--users-file", f"{folder}/u.sqlite", "--user-pool-id", "a_b", "--client-id", "c"]
    result = ops("serve", *where, "--host", host, "--port", "0", code=1)
    assert "is no address" in result.stderr and "SocketAddressError" not in result.stderr


@pytest.mark.parametrize("origin", ["*", "null", "https://a.example/page", "https://a\r\nX: y", "a.example", "https://u:sekret@a"])
def test_what_is_no_origin_is_refused(origin, folder):
    result = ops("serve", "--user-pool-id", "a_b", "--client-id", "c", "--allow-origin", origin, code=64)
    assert "--allow-origin" in result.stderr


@pytest.mark.parametrize("program", ["cruddur", "cruddur-ops"])
def test_too_few_files_are_said_before_anything_begins(program, folder):
    def few():
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (10, 10))
    words = {"cruddur": ["groups", "--backend-url", "http://127.0.0.1:1"], "cruddur-ops": ["scan"]}[program]
    result = subprocess.run([os.path.join(os.path.dirname(OPS), program), *words], env={"HOME": folder},
                            capture_output=True, text=True, timeout=60, preexec_fn=few)
    assert result.returncode == 1 and "10 files open" in result.stderr and "ulimit -n" in result.stderr


def test_a_seed_names_people_and_makes_nobody_in_vain(folder):
    where = ["--embedded", f"{folder}/t.sqlite", "--users-file", f"{folder}/u.sqlite"]
    for handle in ("", "@", "a b", "a\nb", "a\x7fb"):
        assert "no handle" in ops("seed", "--from", handle, *where, code=64).stderr
    ops("seed", "--from", "newcomer", "--file", f"{folder}/none", *where, code=1, input="yes\n")
    assert not os.path.exists(f"{folder}/u.sqlite") or b"newcomer" not in open(f"{folder}/u.sqlite", "rb").read()

@pytest.mark.parametrize("url, said", [
    ("mysql://u:hid%64en@h/d", "mysql://"), ("postgresql+psycopg://u:hidden@h/d", "write postgresql://"),
    ("postgresql://u:hid@den@127.0.0.1:1/d", "%40"), ("postgresql://u:hid/den@h/d", "%2F"), ("hidden", "neither a URL"),
    ("host=h password=hidden den", "cannot be read"),
])
def test_what_is_no_address_of_postgresql_is_said_and_no_part_of_a_password_is(url, said, folder):
    for how in ("option", "environment"):
        environment = {name: value for name, value in os.environ.items() if name not in ("CONNECTION_URL", "DATABASE_URL")}
        more = ["--database-url", url] if how == "option" else []
        if how == "environment":
            environment["DATABASE_URL"] = url
            # What is set to nothing says nothing.
            environment["CONNECTION_URL"] = ""
        done = ops("list-conversations", "@x", "--endpoint-url", "http://127.0.0.1:1", *more, code=64, env=environment)
        assert said in done.stderr
        # libpq would say the half that it takes for a host, or for a port.
        assert "hid" not in done.stderr and "den" not in done.stderr.replace("identity", "")


@pytest.mark.parametrize("command", [
    ["scan"], ["check"], ["check", "--repair", "--yes"], ["get-conversation", "g"], ["list-conversations", "@x"], ["browse", "@x"],
    ["user", "@x", "export"], ["stream"], ["update-cognito-user-ids", "--user-pool-id", "us-east-1_x", "--cognito-endpoint-url", "http://127.0.0.1:1"],
], ids=str)
def test_a_mistyped_file_is_said_and_none_is_made(command, folder):
    done = ops(*command, "--embedded", f"{folder}/mistyped.sqlite", code=1)
    assert "mistyped.sqlite" in done.stderr or "users.sqlite" in done.stderr or "127.0.0.1:1" in done.stderr
    assert [name for name in os.listdir(folder) if "sqlite" in name] == []


def test_a_silent_endpoint_is_told_and_given_up(folder):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        done = ops("scan", "--endpoint-url", url, "--timeout", "20", code=1)
    assert "has not answered for 5 s; it is given up after 20 s" in done.stderr and "no answer in time" in done.stderr
    ops("scan", "--timeout", "0", code=64)


def test_a_port_in_use_is_a_sentence(served):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = ops("serve", "--port", port, "--user-pool-id", "us-east-1_x", "--client-id", "c", *served.where, code=1)
    assert f"port {port} of 127.0.0.1 is in use" in done.stderr and "errno" not in done.stderr
    ops("serve", *served.where, code=64)


def test_seed_asks_at_aws_and_lists_say_that_there_are_more(served):
    environment = dict(os.environ, AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
    done = ops("seed", "--prod", code=1, input="no\n", env=environment)
    assert "Write a made-up conversation" in done.stderr and "nothing was written" in done.stderr
    for other in ("a", "b", "c"):
        ops("seed", "--to", other, "--messages", "2", *served.where)
    more = ops("list-conversations", "@andrewbrown", "--limit", "2", *served.where)
    assert "there are more than these 2" in more.stderr
    assert json.loads(ops("list-conversations", "@andrewbrown", "--limit", "2", "--json", *served.where).stdout)["has_more"] is True
    assert "more" not in ops("list-conversations", "@andrewbrown", "--limit", "3", *served.where).stderr

"""How demos begin, go on and end."""

import re
import json
import os
import signal
import sqlite3
import stat

import boto3
import pytest
from pycognito.aws_srp import AWSSRP
from pycognito.exceptions import SoftwareTokenMFAChallengeException


def test_what_was_written_is_there_the_next_time_and_gone_after_a_fresh_start(demo, run, folder):
    terminal = demo()
    terminal.type("remember this\r")
    terminal.wait_for_sent("remember this")
    terminal.type("\x11")
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 0
    again = demo()
    again.wait_for_sent("remember this")
    again.type("\x11")
    again.wait_for_exit()
    fresh = demo("--fresh")
    fresh.wait_for_polls(1)
    assert "remember this" not in fresh.text


def test_what_bin_demo_builds_is_a_chat(start, folder):
    built = os.path.join(os.path.dirname(__file__), "../../.build/debug/cruddur")
    if not os.path.exists(built):
        pytest.skip("bin/demo has built nothing here")
    with open(os.path.join(os.path.dirname(__file__), "../../bin/demo")) as script:
        assert "exec .build/debug/cruddur demo" in script.read()
    terminal = start(program=[built, "demo", "--data", folder])
    terminal.wait_for("connected")
    terminal.type("hello Mei\r")
    terminal.wait_for_sent("hello Mei")
    terminal.type("\x11")
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 0


def draft_in(history):
    with sqlite3.connect(f"file:{history}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT text FROM draft").fetchall()
    return rows[0][0] if rows else None


def test_a_draft_survives_whatever_ends_the_program(demo, folder):
    terminal = demo()
    terminal.type("half a thought 👍")
    history = folder + "/history/nia.sqlite"
    # It is on disk a moment after it was typed, and then not even SIGKILL takes it away.
    terminal.wait(lambda t: draft_in(history) == "half a thought 👍", "the file")
    terminal.signal(signal.SIGKILL)
    terminal.wait_for_exit()
    again = demo()
    again.wait_for("› half a thought")
    again.type("\x15another\x11")
    assert os.WEXITSTATUS(again.wait_for_exit()) == 0
    third = demo()
    third.wait_for("› another")
    assert "half a thought" not in third.text


def test_only_one_demo_runs_in_a_folder(demo, run, folder):
    demo()
    second = run("demo", "--data", folder)
    assert second.returncode != 0
    assert "a demo is running" in second.stderr and "--as" in second.stderr


def test_nobody_joins_what_does_not_run(run, folder):
    result = run("demo", "--data", folder, "--as", "mei")
    assert result.returncode != 0
    assert "no demo is running" in result.stderr
    unknown = run("demo", "--data", folder, "--as", "bob")
    assert unknown.returncode != 0 and "nia, mei, tomasz, lena" in unknown.stderr


def test_the_end_of_the_first_is_told_to_the_second(demo, start, folder):
    first = demo()
    second = start("demo", "--data", folder, "--as", "@mei", width=100)
    second.wait_for("connected")
    first.type("\x11")
    first.wait_for_exit()
    second.wait_for("the demo has ended in its first terminal")
    second.type("\x11")
    assert os.WEXITSTATUS(second.wait_for_exit()) == 0


def test_two_people_do_not_share_a_seat(demo, start, run, folder):
    demo()
    second = start("demo", "--data", folder, "--as", "mei")
    second.wait_for("connected")
    third = run("demo", "--data", folder, "--as", "mei")
    assert third.returncode != 0 and "in the demo as @mei already" in third.stderr


def test_tokens_are_for_their_owner_only(demo, folder):
    demo()
    assert stat.S_IMODE(os.stat(folder).st_mode) & 0o077 == 0
    for name in os.listdir(folder):
        if name.startswith("config-") or name.endswith(".pem") or name.endswith(".log"):
            assert stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) == 0o600, name


def test_the_log_has_neither_texts_nor_tokens(demo, folder):
    terminal = demo()
    terminal.type("a very secret text\r")
    terminal.wait_for_sent("a very secret text")
    log = open(folder + "/server.log").read()
    lines = [json.loads(line) for line in log.splitlines()]
    assert any(line.get("route") == "/api/messages" and line.get("status") == "200" for line in lines)
    assert "secret" not in log and "eyJ" not in log and "Bearer" not in log
    config = json.load(open(folder + "/config-nia.json"))
    for name in ["running.lock", "server.log"]:
        assert config["tokens"]["access_token"] not in open(os.path.join(folder, name)).read()


def test_a_damaged_demo_is_named_and_not_overwritten(run, start, folder):
    damaged = "this was a database once " * 100
    with open(folder + "/table.sqlite", "w") as file:
        file.write(damaged)
    result = run("demo", "--data", folder)
    assert result.returncode != 0
    assert folder in result.stderr and "--fresh" in result.stderr
    assert open(folder + "/table.sqlite").read() == damaged
    terminal = start("demo", "--data", folder, "--fresh", width=120)
    terminal.wait_for("this terminal is open")


def is_let_in_by_another_client(config, password):
    """Whether the demo's pool takes the proof of pycognito, and asks for what comes after it."""
    cognito = json.load(open(config))["cognito"]
    client = boto3.client(
        "cognito-idp", region_name="us-east-1", endpoint_url=cognito["endpoint"], aws_access_key_id="x",
        aws_secret_access_key="x")
    proof = AWSSRP("grace@cruddur.example", password, cognito["user_pool_id"], cognito["client_id"], client=client)
    with pytest.raises((SoftwareTokenMFAChallengeException, client.exceptions.NotAuthorizedException)) as outcome:
        proof.authenticate_user()
    return outcome.type is SoftwareTokenMFAChallengeException


def test_the_whole_way_in_at_the_demos_own_pool(start, folder):
    terminal = start("demo", "--sign-in", "--data", folder + "/own", width=120, height=40)
    for question, answer in [
        ("E-mail:", "grace@cruddur.example"), ("Your name, as others shall see it:", "Grace Hopper"),
        ("Your handle:", "nia"), ("New password:", "Passw0rd!"), ("The same once more:", "Passw0rd!"),
    ]:
        terminal.wait_for(question)
        terminal.type(answer + "\r")
    # The handle is somebody's already: it is asked for once more, and what was answered is remembered.
    for question, answer in [
        ("E-mail [grace@cruddur.example]:", ""), ("as others shall see it [Grace Hopper]:", ""),
        ("Your handle [nia]:", "grace"), ("New password:", "Passw0rd!"), ("The same once more:", "Passw0rd!"),
    ]:
        terminal.wait(lambda t: question in t.text.partition("@nia is somebody's already")[2], question)
        terminal.type(answer + "\r")
    terminal.wait_for("(Enter: send another):")
    code = re.search(r"\[mail to grace@cruddur.example: (\d{6}) confirms", terminal.text).group(1)
    terminal.type(code + "\r")
    terminal.wait_for("The code that it shows:")
    code = re.search(r"\[your authenticator shows (\d{6})", terminal.text).group(1)
    terminal.type(code + "\r")
    terminal.wait(lambda t: "connected · @grace" in t.lines[-1], "the chat")
    terminal.type("\x0emei\r")
    terminal.wait_for_partner("mei")
    terminal.type("hello\r")
    terminal.wait(lambda t: "✓" in t.text, "the message")
    assert b"assw0rd" not in terminal.raw
    assert is_let_in_by_another_client(folder + "/own/config-you.json", "Passw0rd!")
    assert not is_let_in_by_another_client(folder + "/own/config-you.json", "Passw0rd?")
    terminal.type("\x11")
    assert terminal.wait_for_exit() == 0


def test_the_table_is_seen_as_it_is_and_as_it_changes(demo, folder):
    """F3 in the demo, beside what the table's file holds."""
    terminal = demo(width=160, height=60)
    terminal.type("\x1bOR")
    terminal.wait_for("Table · ")
    terminal.type("a row moves\r")
    terminal.wait(lambda t: re.search(r"\+ \S+ @mei: a row moves", t.text) and re.search(r"− \S+ @mei: ", t.text), "the move")
    # The other answers, and all comes to rest.
    terminal.wait(lambda t: "a row moves" in t.text and not re.search(r"^[+−~] ", t.text, re.M), "rest")

    def items():
        with sqlite3.connect(f"file:{folder}/table.sqlite?mode=ro", uri=True) as database:
            return database.execute("SELECT pk, sk, attributes FROM items").fetchall()

    def agrees(t):
        """Each line that is shown is an item, and they are as many as it says."""
        # How the terminal shows a cluster is tested elsewhere.
        plain = lambda text: re.sub(r"[^ -~]", "", text)
        rows = {(pk, sk[5:-6] if len(sk) == 32 else sk): json.loads(attributes) for pk, sk, attributes in items()}
        partition, seen = None, 0
        for line in (line.split("│")[0].rstrip() for line in t.lines[2:-1]):
            if not line.startswith("  "):
                partition = line.split("…")[0] if line else None
            elif partition and not partition.startswith("message-group"):
                sort, _, text = line.strip().partition(" ")
                text = plain(text.split(": ", 1)[-1])
                if not any(pk.startswith(partition) and sk == sort and text in (plain(item["message"]) if "message" in item else "@" + item.get("user_handle", ""))
                           for (pk, sk), item in rows.items()):
                    return False
                seen += 1
        return seen > 10 and f"Table · {len(rows)} items" in t.text
    terminal.wait(agrees, "the table as it is")
    terminal.type("\x1bOS")
    terminal.wait_for("Items")
    terminal.type("\r")
    terminal.wait(lambda t: '"pk": {"S":"MSG#' in t.text, "an item in DynamoDB's JSON")
    terminal.type("\x1b")
    # Else it is Alt-F3.
    terminal.wait(lambda t: "An item" not in t.text, "the end of it")
    terminal.type("\x1bOR")
    terminal.wait(lambda t: "Table · " not in t.text and "@tomasz" in t.text, "the list")


def test_who_has_no_table_is_told_where_it_is(chat):
    terminal = chat()
    terminal.type("\x1bOR")
    terminal.wait_for("does not have the table")


def test_who_begins_a_conversation_is_told_who_there_is(demo):
    terminal = demo()
    terminal.type("\x0efisch")
    # Nobody has talked to her here: only the server knows her.
    terminal.wait_for("Lena Fischer @lena")
    terminal.type("\x1b[B\r")
    terminal.wait_for_partner("lena")
    terminal.type("hello lena\r")
    terminal.wait_for_sent("hello lena")

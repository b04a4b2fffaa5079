"""The calls as they happen: F2 in the chat, and what a server records."""

import base64
import collections
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request

import pytest

from system import OPS, call, eventually, metrics_of, running


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


def test_a_server_that_tells_lies_of_its_calls_neither_ends_the_chat_nor_keeps_it_busy(chat, backend):
    def span(number, **changes):
        return {"id": number, "trace_id": f"t{number}", "span_id": "s", "links": [], "name": "n", "kind": "server",
                "start_us": 0, "duration_us": 0, "attributes": {}, **changes}

    huge, low = 2**63 - 1, -2**63
    lies = [
        span(1, start_us=huge, duration_us=low), span(2, duration_us=huge), span(3, attributes={"cruddur.read_units": 1e300}),
        span(4, kind="consumer", links=[{"trace_id": "t4", "span_id": "s"}], attributes={"cruddur.stream.lag_ms": 1e300}),
        span(5, name="\x1b]0;x\x07", attributes={"url.path": "/\x00\n\u202eabc", "http.request.method": "GET\x1b[2J"}),
        span(6, attributes={"db.system.name": "x", "cruddur.writes": ["\x1b[31m"] * 5000}), {"id": "x"}, None,
        span(7, attributes={"url.path": "/the-good-one", "http.request.method": "GET"}),
    ]
    backend.rule("/api/traces", status=200, body=json.dumps({"spans": lies, "next": huge, "lost": False}).encode())
    terminal = chat(width=160)
    terminal.type("\x1bOQ")
    terminal.wait(lambda t: "GET /the-good-one" in t.groups, "the one that can be read")
    terminal.type("hello\r")
    terminal.wait_for_sent("hello")
    # The same again is no news.
    asked = len(backend.requests("/api/traces"))
    terminal.wait_for_polls(3)
    assert len(backend.requests("/api/traces")) <= asked + 6
    assert "crashed" not in terminal.text
    terminal.type("\x11")
    assert terminal.wait_for_exit() == 0


def copied(terminal):
    """What was put into the clipboard the last time, as a terminal is told."""
    found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)", terminal.raw)
    return base64.b64decode(found[-1]).decode() if found else ""


@pytest.mark.skipif("TEST_AWS_URL" not in os.environ, reason="bin/test starts the servers")
def test_what_is_copied_runs_in_the_aws_cli_and_reads_the_same(system, start, folder):
    for handle, name in (("ada", "Ada Lovelace"), ("bob", "Bob Example")):
        system.add(handle, name)
    system.ops("schema-load")
    system.ops("update-cognito-user-ids", "--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url)
    _, url = system.serve("--trace")
    tokens = system.tokens("ada")
    texts = ["hello bob", "it's me", 'with "quotes"']
    group = call(f"{url}/api/messages", tokens["AccessToken"], {"message": texts[0], "handle": "bob"})[1]["message_group_uuid"]
    for text in texts[1:]:
        call(f"{url}/api/messages", tokens["AccessToken"], {"message": text, "message_group_uuid": group})
    path = folder + "/config.json"
    with open(path, "w") as file:
        json.dump({"backend_url": url, "handle": "ada", "tokens": {
            "access_token": tokens["AccessToken"], "id_token": tokens["IdToken"]}}, file)
    terminal = start("--config", path, width=200, height=40)
    terminal.wait_for("it's me")
    terminal.type("/calls a\r")
    terminal.wait(lambda t: t.lines[0].startswith(" Calls A"), "the calls")
    # Those of before were not watched.
    call(f"{url}/api/messages", tokens["AccessToken"], {"message": "another", "message_group_uuid": group})
    terminal.wait(lambda t: "Query pk" in t.groups, "a read")

    def is_copied():
        # What a call does is told bit by bit.
        # Two that come at once would be a paste, without a key that nobody pastes.
        terminal.type("\x05/calls aws\r")
        for _ in range(5):
            terminal.read(0.1)
        return copied(terminal).startswith("aws dynamodb query") and "MSG#" in copied(terminal)

    eventually(is_copied, "the command", timeout=120)
    # Whoever asks is a member: that is read first.
    command, = (line for line in copied(terminal).splitlines() if "MSG#" in line)
    done = subprocess.run(
        ["sh", "-c", f"{command} --endpoint-url {system.aws_url} --output json"], capture_output=True, text=True, timeout=300,
        env={**system.environment, "AWS_DEFAULT_REGION": system.environment["AWS_REGION"],
             "PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"})
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    read = [item["message"]["S"] for item in json.loads(done.stdout)["Items"] if "message" in item]
    assert read == ["another", *reversed(texts)], command


def spans_of(path):
    """What a file of spans holds by now: a line may be just being written."""
    return [json.loads(line) for line in open(path) if line.endswith("\n")]


def letters_of(path):
    """How many steps there are of each pattern."""
    return collections.Counter(span["attributes"].get("cruddur.pattern") for span in spans_of(path))


def test_a_file_of_spans_is_for_its_owner_holds_no_text_and_is_refused_where_it_is_none(served, folder):
    path = f"{folder}/spans.jsonl"
    process, url = served.serve("--trace-file", path)
    group = served.group(url)
    call(f"{url}/api/messages", served.tokens[1], {"message": "a secret of u1", "message_group_uuid": group})
    eventually(lambda: letters_of(path).keys() >= {"C", "D", "E"}, "all its patterns")
    text = open(path).read()
    assert "secret" not in text and all(token not in text for token in served.tokens)
    assert os.stat(path).st_mode & 0o777 == 0o600
    # A server that is started anew goes on behind what is there.
    process.terminate()
    process.wait()
    _, url = served.serve("--trace-file", path)
    call(f"{url}/api/messages", served.tokens[1], {"message": "later", "message_group_uuid": group})
    eventually(lambda: open(path).read().startswith(text) and open(path).read().count('"process stream record"') > text.count('"process stream record"'), "more of it")
    os.mkfifo(f"{folder}/pipe")
    os.symlink(path, f"{folder}/link")
    for name, reason in (("pipe", "nobody reads"), ("link", "it is a link"), ("", "directory"), ("none/x", "No such file")):
        done = subprocess.run(
            [OPS, "serve", "--trace-file", f"{folder}/{name}", "--user-pool-id", "p_x", "--client-id", "c", "--port", "0", *served.where],
            capture_output=True, text=True, timeout=120)
        assert done.returncode == 1 and reason in done.stderr and "--trace-file" in done.stderr, done


def test_top_tells_what_the_table_is_asked_by_pattern_and_by_partition(served, folder):
    path = f"{folder}/spans.jsonl"
    _, url = served.serve("--trace-file", path)
    group = served.group(url)
    for number in range(5):
        call(f"{url}/api/messages", served.tokens[0], {"message": f"{number}", "message_group_uuid": group})
        call(f"{url}/api/messages/{group}", served.tokens[0])
    eventually(lambda: sum(span["name"] == "process stream record" for span in spans_of(path)) == 6, "the stream's part")
    eventually(lambda: letters_of(path)["A"] == letters_of(path)["C"] == 5, "all calls")
    spans = [span for span in spans_of(path) if "db.system.name" in span["attributes"]]
    with open(path, "a") as file:
        # What is no span, or none that can be, tells nothing; neither does what is cut.
        file.write('garbage\n{"id": 1}\n' + json.dumps({**spans[0], "duration_us": 10**30}) + '\n\x00\n{"id": ')
    told = lambda *more: subprocess.run([OPS, "top", path, "--once", *more], capture_output=True, text=True, timeout=120)
    report = json.loads(told("--json").stdout)
    total = lambda amount: round(amount * report["seconds"], 0)
    rows = {row["pattern"]: row for row in report["patterns"]}
    for letter in "ACDE":
        own = [span for span in spans if span["attributes"].get("cruddur.pattern") == letter]
        assert total(rows[letter]["calls_per_second"]) == len(own)
        units = sum(span["attributes"].get("cruddur.write_units", 0) for span in own)
        assert abs(rows[letter]["write_units_per_second"] * report["seconds"] - units) < 0.1 + units / 50
    assert {row["partition"]: set(row["patterns"]) for row in report["partitions"]}[f"MSG#{group}"] >= set("ACD")
    assert len(json.loads(told("--json", "--limit", "1").stdout)["partitions"]) == 1
    assert "busiest partitions" in told().stdout
    # From now on, through a file that is begun anew.
    with open(f"{folder}/told", "w") as output:
        served.processes.append(subprocess.Popen([OPS, "top", path, "--interval", "0.2", "--json"], stdout=output))
    patterns = lambda: {row["pattern"] for line in open(f"{folder}/told") for row in json.loads(line)["patterns"]}
    eventually(lambda: open(f"{folder}/told").read().count("\n") > 1, "that it has begun")
    assert patterns() == set()
    with open(path, "a") as file:
        file.write("\n" + json.dumps({**spans[0], "attributes": {**spans[0]["attributes"], "cruddur.pattern": "B"}}) + "\n")
    eventually(lambda: patterns() == {"B"}, "what came")
    with open(f"{folder}/anew", "w") as file:
        file.write(json.dumps({**spans[0], "attributes": {**spans[0]["attributes"], "cruddur.pattern": "C"}}) + "\n")
    os.replace(f"{folder}/anew", path)
    eventually(lambda: patterns() == {"B", "C"}, "what is in the new one")


def test_a_stream_of_a_file_tells_of_what_other_programs_write_into_it(served, folder):
    with open(f"{folder}/told", "w") as output:
        served.processes.append(subprocess.Popen(
            [OPS, "stream", "--watch", "--json", *served.where], stdout=output, stderr=subprocess.DEVNULL))
    for texts in (2, 3):
        served.ops("seed", "--from", "u0", "--to", "u1", "--messages", str(texts))
        # The rows stand where seed has put them: nothing is left to move.
        eventually(lambda: open(f"{folder}/told").read().count("\n") >= texts, f"{texts} messages")
    lines = [json.loads(line) for line in open(f"{folder}/told")]
    assert all(line["partition"].startswith("MSG#") and line["lag"] < 60 for line in lines)
    refused = subprocess.run([OPS, "stream", "--checkpoints", f"{folder}/c", *served.where], capture_output=True, text=True)
    assert refused.returncode == 64 and "remembers by itself" in refused.stderr and not os.path.exists(f"{folder}/c")


def test_who_waits_for_news_hears_of_what_another_server_writes_into_the_file(served):
    process, one = served.serve("--metrics-port", "0")
    _, other = served.serve()
    group = served.group(one)
    tag = dict(urllib.request.urlopen(urllib.request.Request(
        f"{one}/api/messages/{group}", headers={"Authorization": f"Bearer {served.tokens[1]}"})).headers)["ETag"]
    held = urllib.request.Request(f"{one}/api/messages/{group}", headers={
        "Authorization": f"Bearer {served.tokens[1]}", "If-None-Match": tag, "Prefer": "wait=50"})
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(urllib.request.urlopen(held).read()))
    waiting.start()
    eventually(lambda: running(metrics_of(process)) == 1, "the held request")
    call(f"{other}/api/messages", served.tokens[0], {"message": "from the other one", "message_group_uuid": group})
    waiting.join()
    # At the end of its wait it would be a 304.
    assert b"from the other one" in answers[0]

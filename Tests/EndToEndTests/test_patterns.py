"""What operators and presenters are told of a table: its patterns, what is asked of it, what does not fit."""

import http.server
import json
import os
import re
import signal
import sqlite3
import subprocess
import threading
import urllib.request

import pytest

from served import OPS, call
from system import eventually, said

ORDERS = {
    "table": "orders", "partition_key": "PK", "sort_key": "SK",
    "indexes": [{"name": "by-day", "partition_key": "day", "sort_key": "SK"}],
    "entities": [
        {"name": "customer", "partition_key": "CUSTOMER#{id}", "sort_key": "CUSTOMER#{id}"},
        {"name": "order", "partition_key": "CUSTOMER#{customer}", "sort_key": "ORDER#{number}"},
    ],
    "patterns": [
        {"letter": "P", "name": "a customer's orders", "operations": ["Query"], "entities": ["order"]},
        {"letter": "O", "name": "place an order", "operations": ["PutItem"], "entities": ["order"]},
        {"letter": "D", "name": "what was ordered on a day", "operations": ["Query"], "entities": ["order"], "index": "by-day"},
    ],
}


@pytest.fixture
def orders(folder):
    path = f"{folder}/orders.json"
    with open(path, "w") as file:
        json.dump(ORDERS, file)
    return path


def ops(*arguments, code=0):
    done = subprocess.run([OPS, *arguments], capture_output=True, text=True, timeout=300)
    assert done.returncode == code, done
    return done.stdout if code == 0 else done.stderr


def test_the_patterns_are_printed_and_what_is_printed_can_be_read(folder, orders):
    assert re.search(r"message +MSG#\{message_group_uuid\} +\{created_at\}", ops("patterns"))
    with open(f"{folder}/cruddur.json", "w") as file:
        file.write(ops("patterns", "--json"))
    assert ops("patterns", "--file", f"{folder}/cruddur.json") == ops("patterns")
    assert re.search(r"D what was ordered on a day +Query +order through by-day", ops("patterns", "--file", orders))


def test_a_file_of_patterns_that_cannot_be_used_is_refused_with_the_place_of_what_is_wrong(folder):
    broken = json.loads(json.dumps(ORDERS))
    broken["entities"][1]["sort_key"] = "{a}{b}\x1b[2J"
    for content, complaint in (
        (json.dumps(broken), r"entities\[1\]\.sort_key: .*between two names"), ("{\n  nope", "not JSON"), ("", "not JSON"),
        ("x" * (1 << 20) + "x", "longer than"),
    ):
        with open(f"{folder}/broken.json", "w") as file:
            file.write(content)
        told = ops("patterns", "--file", f"{folder}/broken.json", code=1)
        assert re.search(complaint, told) and "\x1b" not in told, told
        assert ops("scan", "--patterns", f"{folder}/broken.json", "--embedded", f"{folder}/none.sqlite", code=1) == told
    for path, reason in ((f"{folder}/none", "No such file"), (folder, "directory")):
        assert reason in ops("patterns", "--file", path, code=1)


def test_the_scan_says_what_each_item_is_and_how_many_there_are(served):
    served.ops("seed", "--from", "u0", "--to", "u1", "--messages", "30")
    items = [json.loads(line) for line in served.ops("scan").splitlines()]
    named = [json.loads(line) for line in served.ops("scan", "--entities").splitlines()]
    assert [line["item"] for line in named] == items
    for line in named:
        key = line["key"]
        made = {"message": f"MSG#{key.get('message_group_uuid')}", "message group": f"GRP#{key.get('my_user_uuid')}"}
        assert line["item"]["pk"]["S"] == made.get(line["entity"], line["item"]["pk"]["S"])
    with sqlite3.connect(f"{served.folder}/table.sqlite") as database:
        database.execute("INSERT INTO items (pk, sk, attributes) SELECT 'NOTE#1', sk, attributes FROM items LIMIT 1")
    kinds = {kind.get("entity"): kind for kind in map(json.loads, served.ops("scan", "--summary", "--json").splitlines())}
    assert kinds["message"]["items"] == 30 and kinds["message"]["partitions"] == 1
    assert kinds["message group"]["items"] == 2 == kinds["message group"]["partitions"]
    assert kinds[None]["items"] == 1 and kinds["idempotency key"]["items"] == 0
    assert re.search(r"message +30 .*MSG#\S+ \(30 items", served.ops("scan", "--summary"))


@pytest.mark.skipif("TEST_AWS_URL" not in os.environ, reason="bin/test starts the servers")
def test_another_applications_table_is_scanned_in_its_own_words(system, orders):
    key = lambda name, kind: {"AttributeName": name, "KeyType": kind}
    name = system.table + "-orders"
    system.dynamodb.create_table(
        TableName=name, KeySchema=[key("PK", "HASH"), key("SK", "RANGE")], BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")])
    for number in range(1, 1301):
        system.dynamodb.put_item(TableName=name, Item={
            "PK": {"S": f"CUSTOMER#{number % 3}"}, "SK": {"S": f"ORDER#{number}"}, "note": {"S": "x" * 1000}})
    system.dynamodb.put_item(TableName=name, Item={"PK": {"S": "CUSTOMER#1"}, "SK": {"S": "CUSTOMER#1"}, "pk": {"N": "7"}})
    system.dynamodb.put_item(TableName=name, Item={"PK": {"S": "CUSTOMER#1"}, "SK": {"S": "CUSTOMER#2"}})
    scan = ["scan", "--endpoint-url", system.aws_url, "--table", name]
    with open(orders) as file:
        named = {**json.load(file), "table": name}
    with open(orders, "w") as file:
        json.dump(named, file)
    # Without --table it is the file's.
    assert len(ops("scan", "--endpoint-url", system.aws_url, "--patterns", orders).splitlines()) == 1302
    lines = [json.loads(line) for line in ops(*scan, "--patterns", orders).splitlines()]
    assert len(lines) == 1302
    assert {"customer": "2", "number": "1298"} in [line["key"] for line in lines if line["entity"] == "order"]
    assert [line["item"]["pk"] for line in lines if line["entity"] == "customer"] == [{"N": "7"}]
    assert [line["item"]["SK"] for line in lines if line["entity"] is None] == [{"S": "CUSTOMER#2"}]
    assert re.search(r"order +1300 +\d+ +3 ", ops(*scan, "--patterns", orders, "--summary"))
    # Without its words it is what it is: no table of ours.
    assert "no pk and sk" in ops(*scan, code=1)


def test_top_speaks_of_another_application_in_its_own_words(folder, orders):
    def span(operation, **attributes):
        named = {"db.system.name": "aws.dynamodb", "db.operation.name": operation, "cruddur.read_units": 1}
        return {"id": 1, "trace_id": "t", "span_id": "s", "links": [], "name": operation, "kind": "client", "start_us": 1_000_000,
                "duration_us": 1000, "attributes": {**named, **attributes}}
    spans = [
        span("Query", **{"cruddur.key_condition": 'PK = "CUSTOMER#1" AND begins_with(SK, "ORDER#")'}),
        span("Query", **{"cruddur.key_condition": 'day = "2026-11-30"', "aws.dynamodb.index_name": "by-day"}),
        span("PutItem", **{"cruddur.writes": ["Put CUSTOMER#1 ORDER#9 a b"], "cruddur.throttled": 2}),
        span("PutItem", **{"cruddur.writes": ["Put CUSTOMER#1 CUSTOMER#1"], "cruddur.throttled": 10**12}),
        # What also writes something else is another call.
        span("PutItem", **{"cruddur.writes": ["Put CUSTOMER#1 ORDER#9", "Put AUDIT#1 x"], "cruddur.throttled": 10**12}),
    ]
    with open(f"{folder}/spans", "w") as file:
        file.writelines(json.dumps(span) + "\n" for span in spans)
    report = json.loads(ops("top", f"{folder}/spans", "--once", "--json", "--patterns", orders))
    assert {row["pattern"]: row["name"] for row in report["patterns"]} == {
        "P": "a customer's orders", "D": "what was ordered on a day", "O": "place an order", "-": "what is read beside"}
    throttled = {row["pattern"] for row in report["patterns"] if row["throttled_per_second"] > 0}
    assert throttled == {"O", "-"}
    assert {row["partition"]: set(row["patterns"]) for row in report["partitions"]} == {
        "CUSTOMER#1": set("PO-"), "AUDIT#1": {"-"}, "by-day 2026-11-30": {"D"}}


class Throttling(http.server.BaseHTTPRequestHandler):
    """DynamoDB's emulator behind a limit: it refuses every second query."""

    protocol_version = "HTTP/1.1"
    queries = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = 400, b'{"__type": "com.amazonaws#ProvisionedThroughputExceededException", "message": "slow down"}'
        if self.headers["X-Amz-Target"].endswith(".Query"):
            type(self).queries += 1
        if not self.headers["X-Amz-Target"].endswith(".Query") or self.queries % 2 == 0:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}
            try:
                status, answer = 200, urllib.request.urlopen(urllib.request.Request(self.server.behind, body, headers)).read()
            except urllib.error.HTTPError as error:
                status, answer = error.code, error.read()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


@pytest.mark.skipif("TEST_AWS_URL" not in os.environ, reason="bin/test starts the servers")
def test_what_the_table_refuses_is_told_by_the_metrics_and_by_the_traces(system, folder):
    system.ops("schema-load")
    system.add("andrewbrown", "Andrew Brown")
    system.ops("update-cognito-user-ids", "--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url)
    throttling = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Throttling)
    throttling.behind = system.aws_url
    threading.Thread(target=throttling.serve_forever, daemon=True).start()
    process, line = system.start(
        "serve", "--port", "0", "--metrics-port", "0", "--trace-file", f"{folder}/spans", "--no-follow-stream", "--rate", "0",
        "--user-pool-id", system.pool, "--client-id", system.app, "--cognito-endpoint-url", system.aws_url,
        where=["--endpoint-url", f"http://127.0.0.1:{throttling.server_port}", "--table", system.table],
        until="metrics on ")
    url = said(process, "listening on ").removeprefix("listening on ")
    metrics = line.removeprefix("metrics on ")
    with open(f"{folder}/told", "w") as output:
        top = subprocess.Popen([OPS, "top", "--metrics", metrics, "--interval", "0.2", "--json"], stdout=output)
    token = system.tokens("andrewbrown")["AccessToken"]
    try:
        eventually(lambda: open(f"{folder}/told").read().count("\n") > 0, "that it has begun")
        for _ in range(4):
            assert call(f"{url}/api/message_groups", token)[0] == 200
        rows = lambda: [row for line in open(f"{folder}/told") for row in json.loads(line)["operations"]]
        eventually(lambda: any(row["operation"] == "Query" and row["throttled_per_second"] > 0 for row in rows()), "what was refused")
    finally:
        top.send_signal(signal.SIGTERM)
        top.wait(60)
    assert 'cruddur_table_throttled{operation="Query"} 4' in urllib.request.urlopen(metrics).read().decode()
    eventually(lambda: open(f"{folder}/spans").read().count('"cruddur.throttled":1') == 4, "the traces")
    report = json.loads(ops("top", f"{folder}/spans", "--once", "--json"))
    assert [row["pattern"] for row in report["patterns"] if row["throttled_per_second"] > 0] == ["B"]
    assert "has no metrics" in ops("top", "--metrics", url, code=1)
    assert "connection refused" in ops("top", "--metrics", "http://127.0.0.1:1", code=1)


def test_a_check_that_watches_tells_what_comes_and_what_goes(served, folder):
    served.ops("seed", "--from", "u0", "--to", "u1", "--messages", "3")
    with open(f"{folder}/told", "w") as output:
        watch = subprocess.Popen(
            [OPS, "check", "--watch", "--interval", "0.1", "--metrics-port", "0", "--json", *served.where], stdout=output,
            stderr=subprocess.PIPE, text=True)
    served.processes.append(watch)
    metrics = watch.stderr.readline().strip().removeprefix("metrics on ")
    lines = lambda: [json.loads(line) for line in open(f"{folder}/told").read().splitlines() if line.endswith("}")]
    found = lambda: re.search(r'cruddur_check_findings\{kind="empty_text"\} (\d+)', urllib.request.urlopen(metrics).read().decode())
    eventually(lambda: lines() and lines()[0]["findings"] == 0, "the first look")
    with sqlite3.connect(f"{served.folder}/table.sqlite") as database:
        pk, sk, = database.execute("SELECT pk, sk FROM items WHERE pk LIKE 'MSG#%' ORDER BY sk LIMIT 1").fetchone()
        kept, = database.execute("SELECT attributes FROM items WHERE pk = ? AND sk = ?", (pk, sk)).fetchone()
        emptied = json.dumps({**json.loads(kept), "message": " "})
        database.execute("UPDATE items SET attributes = ? WHERE pk = ? AND sk = ?", (emptied, pk, sk))
    eventually(lambda: [new["kind"] for line in lines() for new in line["new"]] == ["empty_text"], "what has come")
    eventually(lambda: found() and found()[1] == "1", "its count")
    with sqlite3.connect(f"{served.folder}/table.sqlite") as database:
        database.execute("UPDATE items SET attributes = ? WHERE pk = ? AND sk = ?", (kept, pk, sk))
    eventually(lambda: [gone["subject"] for line in lines() for gone in line["gone"]] == [f"{pk} / {sk}"], "what has gone")
    eventually(lambda: found()[1] == "0", "its count")
    text = urllib.request.urlopen(metrics).read().decode()
    assert "cruddur_check_items 6" in text and "cruddur_check_failures_total 0" in text
    watch.send_signal(signal.SIGTERM)
    assert watch.wait(120) == 0
    for option in ("--repair", "--resolve", "--apply=x"):
        assert "--watch looks, and mends nothing" in ops("check", "--watch", option, *served.where, code=64)

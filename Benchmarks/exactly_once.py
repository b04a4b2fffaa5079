#!/usr/bin/env python3
"""Whether a message that was sent with an `Idempotency-Key` is there exactly once, whatever happens to the server.

    .build/python/bin/python Benchmarks/exactly_once.py [--messages 200000] [--clients 64] [--every 3000] [--dynamodb]

`cruddur-ops serve`, on an embedded table or an emulator of DynamoDB whose answers are lost (one of five), is killed
(SIGKILL) after random numbers of messages and started again on the same table, while as many clients send; each sends
its message again, with the same key, until it is answered. Then the table is read. The exit code is 1 if a message is
missing, or there twice, or if a second answer to a key was another one. A seed repeats the numbers.
"""

import argparse
import collections
import http.client
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../Tests/EndToEndTests"))

from served import Served


class EmbeddedTable:
    """The table in `served`'s own file."""

    def __init__(self, served):
        self.path = served.where[1]

    def texts(self, group):
        with sqlite3.connect(self.path) as database:
            rows = database.execute("SELECT attributes FROM items WHERE pk = ?", ["MSG#" + group]).fetchall()
        database.close()
        return [json.loads(row[0])["message"] for row in rows]

    def close(self):
        pass


class LossyTable:
    """A table at an emulator of DynamoDB, and a way there that loses answers, and now and then a request."""

    def __init__(self, served, seed):
        import boto3

        self.emulator = subprocess.Popen(
            [sys.executable, HERE + "/../scripts/emulator"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.emulator.stdout.readline())
        self.name, self.chance, self.lost = "cruddur-messages", random.Random(seed), 0
        table = self

        class Way(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 120

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                content = self.rfile.read(length)
                # Half of one, of a server that was killed, is none; the emulator would wait for its other half.
                if len(content) < length:
                    return self.lose()
                luck = table.chance.random()
                if luck < 0.02:
                    return self.lose()
                emulator = http.client.HTTPConnection("127.0.0.1", table.port, timeout=120)
                emulator.request("POST", self.path, content, dict(self.headers))
                answer = emulator.getresponse()
                body = answer.read()
                emulator.close()
                if luck < 0.2:
                    return self.lose()
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def lose(self):
                table.lost += 1
                self.close_connection = True

            def log_message(self, *arguments):
                pass

        self.way = ThreadingHTTPServer(("127.0.0.1", 0), Way)
        self.way.daemon_threads = True
        # Whoever is killed leaves in the middle.
        self.way.handle_error = lambda *_: None
        threading.Thread(target=self.way.serve_forever, daemon=True).start()
        os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_REGION="us-east-1")
        served.where = ["--endpoint-url", f"http://127.0.0.1:{self.port}", "--table", self.name]
        served.ops("schema-load")
        served.where = [
            "--endpoint-url", f"http://127.0.0.1:{self.way.server_address[1]}", "--table", self.name, "--users-file",
            served.folder + "/users.sqlite"]
        self.client = boto3.client(
            "dynamodb", endpoint_url=f"http://127.0.0.1:{self.port}", region_name="us-east-1", aws_access_key_id="test",
            aws_secret_access_key="test")

    def texts(self, group):
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name, KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": "MSG#" + group}})
        return [item["message"]["S"] for page in pages for item in page["Items"]]

    def close(self):
        self.way.shutdown()
        self.emulator.kill()
        self.emulator.wait()


class Server:
    """One server after the other, all at one port and on one table."""

    def __init__(self, served, *options):
        self.served, self.options, self.kills = served, options, 0
        self.process, self.url = served.serve(*options)
        self.port = int(self.url.rsplit(":", 1)[1])

    def restart(self):
        """Killed, whatever it does, and started again."""
        self.process.kill()
        self.process.wait()
        self.kills += 1
        # As whoever supervises it would: with answers that are lost, or its port in others' hands for a moment, it may
        # give up at first.
        for _ in range(20):
            self.process, told = self.served.serve("--port", str(self.port), *self.options)
            if self.process.poll() is None:
                return
        raise AssertionError(f"it does not start: {told}")


class Progress:
    """How many messages have been answered, and how many clients still send. Whoever kills waits here."""

    def __init__(self, clients):
        self.changed, self.answered, self.sending = threading.Condition(), 0, clients

    def answer(self):
        with self.changed:
            self.answered += 1
            self.changed.notify_all()

    def end(self):
        with self.changed:
            self.sending -= 1
            self.changed.notify_all()

    def is_past(self, count):
        """Waits until more than so many have been answered; false if nobody sends any more."""
        with self.changed:
            self.changed.wait_for(lambda: self.answered > count or self.sending == 0)
            return self.sending > 0


class Client(threading.Thread):
    """Sends its messages one after the other, each until there is an answer."""

    def __init__(self, port, token, group, texts, end, progress):
        super().__init__(daemon=True)
        self.port, self.token, self.group, self.texts, self.end = port, token, group, texts, end
        self.answers, self.requests, self.cut, self.faults = {}, 0, 0, []
        self.progress = progress

    def run(self):
        try:
            self.send_all()
        finally:
            self.progress.end()

    def send_all(self):
        connection = None
        for text in self.texts:
            while text not in self.answers and time.monotonic() < self.end:
                self.requests += 1
                is_sent = False
                try:
                    connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                    connection.request(
                        "POST", "/api/messages", json.dumps({"message": text, "message_group_uuid": self.group}),
                        {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
                         "Idempotency-Key": f'"{text}"'})
                    is_sent = True
                    answer = connection.getresponse()
                    body = answer.read()
                    if answer.status == 200:
                        self.answers[text] = json.loads(body)
                        self.progress.answer()
                    elif answer.status not in (409, 429, 500, 502, 503, 504):
                        self.faults.append(f"{text}: {answer.status} {body[:200]!r}")
                        return
                except (OSError, http.client.HTTPException):
                    self.cut += is_sent
                    connection = connection and connection.close()
                    # Nobody is there yet: a moment, or the machine does nothing but knock.
                    time.sleep(0.05)


def begin(served, server):
    """A group of two. Its answer may be lost too: asked for again with the same key until it is there."""
    key, body = str(uuid.uuid4()), json.dumps({"message": "first", "handle": "u1"})
    while True:
        request = urllib.request.Request(
            f"{server.url}/api/messages", body.encode(), {
                "Authorization": f"Bearer {served.tokens[0]}", "Content-Type": "application/json",
                "Idempotency-Key": f'"{key}"'})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["message_group_uuid"]
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 409:
                raise
            time.sleep(0.2)


def run(served, messages, clients, every, seed, limit=3600, table=None):
    """Sends, kills, and counts.

    - `table`: where the messages are read in the end; `served`'s own if there is none.
    - `every`: messages that are answered between two kills, on average. Not seconds: on a fast machine all would be
      over before the first one.
    - `limit`: seconds after which nobody sends any more.
    - Returns: faults, in words; and what was done.
    """
    table = table or EmbeddedTable(served)
    chance = random.Random(seed)
    server = Server(served, "--rate", "0")
    group = begin(served, server)
    share = [[f"c{client}-{number}" for number in range(client, messages, clients)] for client in range(clients)]
    started = time.monotonic()
    progress = Progress(clients)
    crowd = [
        Client(server.port, served.tokens[number % 2], group, texts, started + limit, progress)
        for number, texts in enumerate(share)]
    for client in crowd:
        client.start()
    while progress.is_past(progress.answered + chance.randrange(2 * every)):
        server.restart()
    seconds = time.monotonic() - started
    server.process.kill()
    server.process.wait()
    found = collections.Counter(table.texts(group))
    answered = {text: answer for client in crowd for text, answer in client.answers.items()}
    faults = [fault for client in crowd for fault in client.faults]
    faults += [f"{text} was answered, and is there {found[text]} times" for text in answered if found[text] != 1]
    faults += [f"{text} is there {count} times" for text, count in found.items() if count > 1 and text not in answered]
    if len(answered) < messages:
        faults.append(f"{messages - len(answered)} of {messages} messages were never answered")
    times = collections.Counter(answer["created_at"] for answer in answered.values())
    faults += [f"{at} was answered to {count} messages" for at, count in times.items() if count > 1]
    done = {
        "messages": len(answered), "requests": sum(client.requests for client in crowd), "kills": server.kills,
        "cut": sum(client.cut for client in crowd), "seconds": round(seconds, 1)}
    return faults, done


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--every", type=int, default=3000, help="messages between two kills, on average")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--limit", type=float, default=3600, help="seconds after which nobody sends any more")
    parser.add_argument("--dynamodb", action="store_true", help="on an emulator of DynamoDB whose answers are lost")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    served = Served()
    table = LossyTable(served, options.seed) if options.dynamodb else EmbeddedTable(served)
    try:
        faults, done = run(
            served, options.messages, options.clients, options.every, options.seed, options.limit, table)
        if options.dynamodb:
            done["lost"] = table.lost
    finally:
        served.close()
        table.close()
        shutil.rmtree(served.folder)
    print(json.dumps(done))
    print("\n".join(faults[:50]) or "every message exactly once")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

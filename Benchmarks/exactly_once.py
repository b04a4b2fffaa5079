#!/usr/bin/env python3
"""Whether a message that was sent with an `Idempotency-Key` is there exactly once, whatever happens to the server.

    .build/python/bin/python Benchmarks/exactly_once.py [--messages 200000] [--clients 64] [--pause 3]

`cruddur-ops serve --embedded` is killed (SIGKILL) at random moments and started again on the same table, while as many
clients send; each sends its message again, with the same key, until it is answered. Then the table is read. The exit code
is 1 if a message is missing, or there twice, or if a second answer to a key was another one. A seed repeats the moments.
"""

import argparse
import collections
import http.client
import json
import os
import random
import shutil
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Tests/EndToEndTests"))

from served import Served


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
        self.process, _ = self.served.serve("--port", str(self.port), *self.options)


class Client(threading.Thread):
    """Sends its messages one after the other, each until there is an answer."""

    def __init__(self, port, token, group, texts, end):
        super().__init__(daemon=True)
        self.port, self.token, self.group, self.texts, self.end = port, token, group, texts, end
        self.answers, self.requests, self.faults = {}, 0, []

    def run(self):
        connection = None
        for text in self.texts:
            while text not in self.answers and time.monotonic() < self.end:
                self.requests += 1
                try:
                    connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                    connection.request(
                        "POST", "/api/messages", json.dumps({"message": text, "message_group_uuid": self.group}),
                        {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
                         "Idempotency-Key": f'"{text}"'})
                    answer = connection.getresponse()
                    body = answer.read()
                    if answer.status == 200:
                        self.answers[text] = json.loads(body)
                    elif answer.status not in (409, 429, 500, 502, 503, 504):
                        self.faults.append(f"{text}: {answer.status} {body[:200]!r}")
                        return
                except (OSError, http.client.HTTPException):
                    connection = connection and connection.close()
                    # Nobody is there yet: a moment, or the machine does nothing but knock.
                    time.sleep(0.05)


def run(served, messages, clients, pause, seed, limit=3600):
    """Sends, kills, and counts.

    - `pause`: seconds between two kills, on average.
    - `limit`: seconds after which nobody sends any more.
    - Returns: faults, in words; and what was done.
    """
    chance = random.Random(seed)
    server = Server(served, "--rate", "0")
    group = served.group(server.url)
    share = [[f"c{client}-{number}" for number in range(client, messages, clients)] for client in range(clients)]
    started = time.monotonic()
    crowd = [
        Client(server.port, served.tokens[number % 2], group, texts, started + limit) for number, texts in enumerate(share)]
    for client in crowd:
        client.start()
    while any(client.is_alive() for client in crowd):
        next(client for client in crowd if client.is_alive() or client is crowd[-1]).join(chance.uniform(0, 2 * pause))
        if any(client.is_alive() for client in crowd):
            server.restart()
    seconds = time.monotonic() - started
    server.process.kill()
    server.process.wait()
    with sqlite3.connect(served.where[1]) as database:
        rows = database.execute("SELECT attributes FROM items WHERE pk = ?", ["MSG#" + group]).fetchall()
    database.close()
    found = collections.Counter(json.loads(row[0])["message"] for row in rows)
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
        "seconds": round(seconds, 1)}
    return faults, done


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between two kills, on average")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--limit", type=float, default=3600, help="seconds after which nobody sends any more")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    served = Served()
    try:
        faults, done = run(served, options.messages, options.clients, options.pause, options.seed, options.limit)
    finally:
        served.close()
        shutil.rmtree(served.folder)
    print(json.dumps(done))
    print("\n".join(faults[:50]) or "every message exactly once")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

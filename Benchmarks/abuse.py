#!/usr/bin/env python3
"""What `cruddur-ops serve` bears: each kind of abuse in turn, and how somebody who only chats fares meanwhile.

    scripts/build-release cruddur-ops
    .build/python/bin/python Benchmarks/abuse.py [--seconds 10]

| column | what it is |
|---|---|
| done | how often it was tried |
| files, RSS | the most that the server had open and in memory |
| answers | of who only chats, one at a time from another address: how many, how long the slowest one in a hundred took |
| refused | of these, not answered with 200 |
| afterwards | files open, seconds after the last of it, and whether a message can be sent |

The exit code is 1 if somebody who only chats was refused, or a message could not be sent afterwards.
"""

import argparse
import os
import shutil
import sys
import threading
import time
import urllib.request

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, ROOT + "/Tests/EndToEndTests")
os.environ.setdefault("CRUDDUR_OPS", os.environ.get("RELEASE", ROOT + "/.build/release") + "/cruddur-ops")

from served import Served, connect, head, open_files, resident_megabytes, tag_of
from system import call, eventually


class Abuse:
    """What one does to a server until `over` is set; `done` counts."""

    def __init__(self, served, url):
        self.served, self.url, self.over, self.done = served, url, threading.Event(), 0
        self.tag = tag_of(url, served.tokens[1])

    def exchange(self, content, source, reads=True):
        try:
            with connect(self.url, source) as connection:
                connection.sendall(content)
                if reads:
                    connection.recv(65_536)
        except OSError:
            pass
        self.done += 1

    # One of each kind, called again and again by several threads; `n` is the thread's number.

    def closed_polls(self, n):
        self.exchange(head(
            "/api/message_groups", self.served.tokens[1], If_None_Match=self.tag, Prefer="wait=50"), source(n), reads=False)

    def held_polls(self, n):
        held = []
        try:
            while not self.over.is_set() and len(held) < 100:
                connection = connect(self.url, source(n))
                connection.sendall(head(
                    "/api/message_groups", self.served.tokens[1], If_None_Match=self.tag, Prefer="wait=50"))
                held.append(connection)
                self.done += 1
            self.over.wait()
        except OSError:
            pass
        for connection in held:
            connection.close()

    def silent_connections(self, n):
        held = []
        try:
            while not self.over.is_set() and len(held) < 200:
                held.append(connect(self.url, source(n)))
                self.done += 1
        except OSError:
            pass
        self.over.wait()
        for connection in held:
            connection.close()

    def slow_bodies(self, n):
        try:
            with connect(self.url, source(n)) as connection:
                connection.sendall(head(
                    "/api/messages", self.served.tokens[1], "POST", Content_Type="application/json", Content_Length=1000))
                self.done += 1
                while not self.over.wait(0.5):
                    connection.sendall(b" ")
        except OSError:
            pass

    def strangers(self, n):
        self.exchange(head("/api/message_groups", "e30.e30.e30", Connection="close"), source(n))

    def forged_keys(self, n):
        token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ." + self.served.tokens[1].split(".", 1)[1]
        self.exchange(head("/api/message_groups", token, Connection="close"), source(n))

    def one_user_who_asks_without_end(self, n):
        self.exchange(head("/api/message_groups", self.served.tokens[1], Connection="close"), source(n))

    def bad_requests(self, n):
        bad = [b"GET / HTTP/9.9\r\n\r\n", b"\0" * 100, b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
               head("/api/messages", self.served.tokens[1], "POST", Content_Type="application/json",
                    Transfer_Encoding="chunked") + b"zz\r\n\r\n", b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n"]
        self.exchange(bad[self.done % len(bad)], source(n))


KINDS = ["closed_polls", "held_polls", "silent_connections", "slow_bodies", "strangers", "forged_keys",
         "one_user_who_asks_without_end", "bad_requests"]
THREADS = 8


def source(n):
    return f"127.0.0.{10 + n}"


def chat(url, token, over, times, refused):
    """Somebody who polls, five times a second at most."""
    while not over.is_set():
        start = time.monotonic()
        try:
            request = urllib.request.Request(f"{url}/api/message_groups", headers={"Authorization": f"Bearer {token}"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()
        except OSError as error:
            refused.append(str(error))
        times.append(time.monotonic() - start)
        over.wait(0.2)


def measure(kind, seconds):
    served = Served()
    try:
        process, url = served.serve("--connections", "2000", "--connections-per-address", "150")
        group = served.group(url)
        abuse, times, refused = Abuse(served, url), [], []
        files, memory = 0, 0

        def go(n):
            while not abuse.over.is_set():
                getattr(abuse, kind)(n)

        threads = [threading.Thread(target=go, args=(n,), daemon=True) for n in range(THREADS)]
        threads.append(threading.Thread(target=chat, args=(url, served.tokens[0], abuse.over, times, refused), daemon=True))
        for thread in threads:
            thread.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            files, memory = max(files, open_files(process)), max(memory, resident_megabytes(process))
            time.sleep(0.1)
        abuse.over.set()
        for thread in threads:
            thread.join(timeout=60)
        time.sleep(2)
        after = open_files(process)
        sent = eventually(lambda: call(f"{url}/api/messages", served.tokens[0], {
            "message": "still here", "message_group_uuid": group})[0] == 200, "a message", timeout=60)
        slowest = sorted(times)[max(0, len(times) * 99 // 100 - 1)] * 1000
        print(f"{kind.replace('_', ' '):32}{abuse.done:>8}{files:>7}{memory:>8.0f}{len(times):>9}{slowest:>9.0f} ms"
              f"{len(refused):>9}{after:>7} files, {'sent' if sent else 'NOT SENT'}", flush=True)
        return not refused and bool(sent)
    finally:
        served.close()
        shutil.rmtree(served.folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    print(f"{'abuse':32}{'done':>8}{'files':>7}{'RSS MB':>8}{'answers':>9}{'p99':>12}{'refused':>9}  afterwards")
    return 0 if all([measure(kind, options.seconds) for kind in KINDS]) else 1


sys.exit(main())

"""A network that fails as a plan says: a loopback proxy in front of a real server."""

import collections
import http.client
import json
import random
import re
import select
import socket
import socketserver
import threading
import time
import urllib.parse
from datetime import datetime, timedelta

from hostile import read_request

# What may happen to a POST. "before": the server never sees it; "after": it has stored the message.
POST_FAULTS = [
    "none", "none", "none", "none", "delay", "cut before", "cut within", "cut after", "hang",
    "500 before", "502 before", "503 before", "429 before", "500 after", "502 after",
]
# Where a kill may strike.
KILLS = ["posted", "stored", "answered"]
GET_FAULTS = ["none"] * 12 + ["delay", "cut before", "cut within", "500", "503", "429", "doubled", "shuffled"]


class Dates:
    """Dates the rows of each writer by a clock of their own: the same row always alike, wherever it is listed.

    `off`: seconds ahead, by handle. `fetch(group)`: that group's messages, as they are.
    """

    def __init__(self, off, fetch):
        self.off, self.fetch = off, fetch
        self.shifted = {}
        self.original = {}

    def message(self, row):
        """A message, or the echo of one."""
        at = row["created_at"]
        if at not in self.shifted:
            moved = datetime.fromisoformat(at) + timedelta(seconds=self.off.get(row["handle"], 0))
            self.shifted[at] = moved.isoformat(timespec="microseconds")
            self.original[self.shifted[at]] = at
        return dict(row, created_at=self.shifted[at])

    def group(self, row):
        """A group has its last message's time, but not its writer."""
        if row["created_at"] not in self.shifted:
            for message in self.fetch(row["uuid"]):
                self.message(message)
        return dict(row, created_at=self.shifted.get(row["created_at"], row["created_at"]))

    def answer(self, target, content):
        value = json.loads(content)
        if isinstance(value, dict):
            return json.dumps(self.message(value) if "created_at" in value else value).encode()
        is_groups = "/message_groups" in target
        rows = [self.group(row) if is_groups else self.message(row) for row in value]
        rows.sort(key=lambda row: datetime.fromisoformat(row["created_at"]), reverse=is_groups)
        return json.dumps(rows).encode()

    def question(self, target):
        """Where a client asks for what is older than a row, the row is meant."""
        def back(match):
            at = urllib.parse.unquote(match[1])
            wanted = datetime.fromisoformat(at)
            known = next((o for s, o in self.original.items() if datetime.fromisoformat(s) == wanted), at)
            return "before=" + urllib.parse.quote(known)

        return re.sub("before=([^&]*)", back, target)


class Proxy:
    """Forwards to `backend` (host, port). `fault(kind, number)` says what goes wrong; `killed(phase)` is called
    where a plan wants the client dead."""

    def __init__(self, backend):
        self.backend = backend
        self.posts = 0
        self.gets = 0
        # Whole answers, by path.
        self.answered = collections.Counter()
        self.plan = None
        self.gave_500 = False
        self.dated = None
        self.lock = threading.Lock()
        proxy = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 120

            def handle(self):
                try:
                    while proxy.exchange(self):
                        pass
                except (OSError, http.client.HTTPException, ValueError):
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def exchange(self, connection):
        asked = read_request(connection.rfile)
        if not asked:
            return False
        method, target, headers, body = asked
        if method == "POST" and target.startswith("/api/messages"):
            return self.post(connection, target, headers, body)
        return self.get(connection, method, target, headers, body)

    def forward(self, method, target, headers, body):
        upstream = http.client.HTTPConnection(*self.backend, timeout=70)
        passed = {name: value for name, value in headers.items() if name not in ("host", "connection")}
        upstream.request(method, target, body or None, passed)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        return answer.status, dict(answer.getheaders()), content

    def answer(self, connection, status, headers, content, cut=False):
        kept = {k: v for k, v in headers.items() if k.lower() not in ("content-length", "transfer-encoding", "connection")}
        if getattr(self.plan, "weakens", False):
            # As proxies do that compress.
            kept = {k: f"W/{v}" if k.lower() == "etag" and not v.startswith("W/") else v for k, v in kept.items()}
        lines = [f"HTTP/1.1 {status} -"] + [f"{k}: {v}" for k, v in kept.items()]
        # 304 and 204 have no body.
        if status not in (304, 204):
            lines.append(f"Content-Length: {len(content)}")
        data = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + content
        connection.wfile.write(data[: len(data) - max(1, len(content) // 2)] if cut else data)
        connection.wfile.flush()

    def dates(self, headers):
        """How the plan dates rows, if it does."""
        if not getattr(self.plan, "off", None):
            return None
        if self.dated is None:
            passed = {"authorization": headers.get("authorization", "")}
            self.dated = Dates(
                self.plan.off, lambda group: json.loads(self.forward("GET", f"/api/messages/{group}", passed, b"")[2]))
        return self.dated

    def stall(self, connection, status, headers, content):
        """Half of an answer, and then nothing until the client has had enough, or for as long as the plan says."""
        self.answer(connection, status, headers, content, cut=True)
        end = time.monotonic() + self.plan.silence()
        while time.monotonic() < end and not self.plan.calm:
            ready, _, _ = select.select([connection.connection], [], [], 0.05)
            if ready and not connection.connection.recv(1, socket.MSG_PEEK):
                break
        return False

    def page(self, connection, status):
        # What stands between says 502, 503 or 504; a 500 is one of a server that says nothing of keys.
        self.gave_500 |= status == 500
        self.answer(connection, status, {"Content-Type": "text/html"}, b"<!doctype html><title>Error</title>")
        return True

    def post(self, connection, target, headers, body):
        with self.lock:
            number, self.posts = self.posts, self.posts + 1
        fault, kill = self.plan.post(number) if self.plan else ("none", None)

        def strike(phase):
            if kill == phase:
                self.plan.kill()
                return True
            return False

        if strike("posted") or fault in ("cut before",):
            return False
        dates = self.dates(headers)
        if fault == "delay":
            time.sleep(0.1)
        if fault.endswith("before"):
            return self.page(connection, int(fault[:3]))
        status, answered, content = self.forward("POST", target, headers, body)
        if dates and status == 200:
            content = dates.answer(target, content)
        if strike("stored") or fault == "hang" and time.sleep(0.5) is None:
            return False
        if fault.endswith("after") and fault[0] == "5":
            return self.page(connection, int(fault[:3]))
        if fault == "stall":
            return self.stall(connection, status, answered, content)
        self.answer(connection, status, answered, content, cut=fault == "cut within")
        strike("answered")
        return fault not in ("cut within", "cut after")

    def get(self, connection, method, target, headers, body):
        with self.lock:
            number, self.gets = self.gets, self.gets + 1
        fault, waits = self.plan.get(number) if self.plan else ("none", True)
        if not waits:
            # A server that knows nothing of conditional and long polls.
            headers = {k: v for k, v in headers.items() if k not in ("if-none-match", "prefer")}
        if fault == "cut before":
            return False
        if fault == "delay":
            time.sleep(0.05)
        if fault.isdigit():
            return self.page(connection, int(fault))
        dates = self.dates(headers)
        status, answered, content = self.forward(method, dates.question(target) if dates else target, headers, body)
        if dates and status == 200 and content.startswith(b"["):
            content = dates.answer(target, content)
        if fault == "stall" and status == 200:
            return self.stall(connection, status, answered, content)
        if not waits:
            answered = {k: v for k, v in answered.items() if k.lower() not in ("etag", "preference-applied")}
        if status == 200 and fault in ("doubled", "shuffled") and content.startswith(b"["):
            rows = json.loads(content)
            rows = rows + rows if fault == "doubled" else random.Random(number).sample(rows, len(rows))
            content = json.dumps(rows).encode()
            # It is not what the server has tagged.
            answered = {k: v for k, v in answered.items() if k.lower() != "etag"}
        self.answer(connection, status, answered, content, cut=fault == "cut within")
        with self.lock:
            self.answered[target.partition("?")[0]] += fault != "cut within"
        return fault != "cut within"

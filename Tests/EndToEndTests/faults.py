"""A network that fails as a plan says: a loopback proxy in front of a real server."""

import http.client
import json
import random
import socketserver
import threading
import time

# What may happen to a POST. "before": the server never sees it; "after": it has stored the message.
POST_FAULTS = [
    "none", "none", "none", "none", "delay", "cut before", "cut within", "cut after", "hang",
    "500 before", "502 before", "503 before", "429 before", "500 after", "502 after",
]
# Where a kill may strike.
KILLS = ["posted", "stored", "answered"]
GET_FAULTS = ["none"] * 12 + ["delay", "cut before", "cut within", "500", "503", "429", "doubled", "shuffled"]


class Proxy:
    """Forwards to `backend` (host, port). `fault(kind, number)` says what goes wrong; `killed(phase)` is called
    where a plan wants the client dead."""

    def __init__(self, backend):
        self.backend = backend
        self.posts = 0
        self.gets = 0
        self.plan = None
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
        line = connection.rfile.readline().decode("latin-1")
        if not line.strip():
            return False
        method, target, _ = line.split(" ", 2)
        headers = {}
        while (line := connection.rfile.readline().decode("latin-1").strip()):
            name, value = line.split(":", 1)
            headers[name.strip().lower()] = value.strip()
        body = connection.rfile.read(int(headers.get("content-length", 0)))
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
        lines = [f"HTTP/1.1 {status} -"] + [f"{k}: {v}" for k, v in kept.items()]
        # 304 and 204 have no body.
        if status not in (304, 204):
            lines.append(f"Content-Length: {len(content)}")
        data = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + content
        connection.wfile.write(data[: len(data) - max(1, len(content) // 2)] if cut else data)
        connection.wfile.flush()

    def page(self, connection, status):
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
        if fault == "delay":
            time.sleep(0.1)
        if fault.endswith("before"):
            return self.page(connection, int(fault[:3]))
        status, answered, content = self.forward("POST", target, headers, body)
        if strike("stored") or fault == "hang" and time.sleep(0.5) is None:
            return False
        if fault.endswith("after") and fault[0] == "5":
            return self.page(connection, int(fault[:3]))
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
        status, answered, content = self.forward(method, target, headers, body)
        if not waits:
            answered = {k: v for k, v in answered.items() if k.lower() not in ("etag", "preference-applied")}
        if status == 200 and fault in ("doubled", "shuffled") and content.startswith(b"["):
            rows = json.loads(content)
            rows = rows + rows if fault == "doubled" else random.Random(number).sample(rows, len(rows))
            content = json.dumps(rows).encode()
            # It is not what the server has tagged.
            answered = {k: v for k, v in answered.items() if k.lower() != "etag"}
        self.answer(connection, status, answered, content, cut=fault == "cut within")
        return fault != "cut within"

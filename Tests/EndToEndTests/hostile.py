"""A small Cruddur backend in memory, which does what deployments do and, where a test says so, what hurts.

    backend = Backend()                          # @me talks with @bob, @lena and @tomasz; @ana exists
    backend.say("bob", "hello", off=7200)        # bob writes, and his clock is two hours ahead
    backend.rule("POST /api/messages", status=502, stores=True, times=1)
    path = backend.configuration(folder)
    ...
    assert backend.received == [("bob", "my answer")]
"""

import base64
import json
import os
import re
import select
import socket
import socketserver
import ssl
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, unquote, urlsplit

HTML = b"<!doctype html>\n<title>Error</title>\n<h1>Something is wrong</h1>\n"


def token(**claims):
    """A JWT that nobody has signed: what the client reads of it are the claims."""
    def part(value):
        return base64.urlsafe_b64encode(value if isinstance(value, bytes) else value.encode()).rstrip(b"=").decode()

    header = {"alg": "RS256", "typ": "JWT", "kid": "k"}
    return ".".join([part(json.dumps(header)), part(json.dumps(claims)), part(b"signature")])


# Bound for as long as the tests run: nobody else is given such a port meanwhile.
CLOSED = []


def closed_port():
    """A port on which nobody listens."""
    CLOSED.append(socket.socket())
    CLOSED[-1].bind(("127.0.0.1", 0))
    return CLOSED[-1].getsockname()[1]


def moment(text):
    """A `created_at` as deployments write it; a naive one is UTC."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)


@dataclass
class Request:
    """One request, as the backend has seen it."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes
    at: float
    # Seconds of the monotonic clock; None while it is being answered.
    ended: float | None = None
    status: int | None = None

    @property
    def line(self):
        return f"{self.method} {self.path}"

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Rule:
    """What goes wrong with the requests whose "METHOD /path" it matches."""

    pattern: str
    # Requests that it still holds for; None: all.
    times: int | None = None
    status: int | None = None
    # With a status of its own: whether the request is carried out all the same.
    stores: bool = False
    headers: dict = field(default_factory=dict)
    body: bytes | None = None
    # Seconds before the answer.
    delay: float = 0
    # What has to have happened before the answer.
    until: threading.Event | None = None
    # Bytes of the body after which there is silence until the client goes.
    stall: int | None = None
    # Seconds between two bytes of the body.
    drip: float = 0
    # The connection ends instead of an answer.
    cut: bool = False


@dataclass
class Message:
    uuid: str
    handle: str
    text: str
    at: str


@dataclass
class Group:
    uuid: str
    handle: str
    messages: list = field(default_factory=list)
    # The row that the stream keeps: it may be behind.
    preview: str = ""
    at: str = ""
    is_listed: bool = True


@dataclass
class Answer:
    status: int
    body: bytes
    headers: dict = field(default_factory=dict)


def read_request(stream):
    """Method, target, headers by their names in small letters, body; `None` at the end."""
    line = stream.readline().decode("latin-1")
    if not line.strip():
        return None
    method, target, _ = line.split(" ", 2)
    headers = {}
    while (line := stream.readline().decode("latin-1").strip()):
        name, value = line.split(":", 1)
        headers[name.strip().lower()] = value.strip()
    return method, target, headers, stream.read(int(headers.get("content-length", 0)))


class Backend:
    """Listens on loopback until `close`. Knobs may be turned at any time.

    - `off`: seconds by which a writer's row is dated ahead, by handle.
    - `rows`: how many groups and messages a list shows.
    - `is_naive`: times after a group's first have no offset.
    - `tags`: "none"; "strong": ETag, 304 and answers held on `Prefer: wait`; "quick": ETag and 304, nothing held;
      "deaf": ETag and `Preference-Applied` with 200 at once, whatever was asked; "weakened": as "strong" behind a proxy
      that makes tags weak, so that they never match.
    - `notices_departures`: whether a held answer ends when its client goes; few servers notice.
    - `stream_works`: whether group rows move with new messages.
    - `since`: rows dated before are not listed, as at the turn of a year.
    - `nobody`: what `short` answers for an unknown handle.
    - `tls`: the files of a certificate and of its key, to serve https.
    """

    def __init__(self, me="me", people=("bob", "lena", "tomasz"), others=("ana",), port=0, tls=None):
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            tls = context
        self.scheme = "https" if tls else "http"
        self.me = me
        self.names = {name: f"{name.capitalize()} Example" for name in (me, *people, *others)}
        self.groups = []
        self.rules = []
        self.log = []
        self.received = []
        self.off = {}
        self.rows = 20
        self.is_naive = False
        self.tags = "none"
        self.notices_departures = True
        self.stream_works = True
        self.since = None
        self.nobody = Answer(404, b"{}")
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.clock = datetime.now(timezone.utc) - timedelta(hours=1)
        # So that the first of `people` is the newest.
        for name in reversed(people):
            self.talk(name, f"{name} says welcome")
        self.clock = None
        backend = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 120

            def handle(self):
                try:
                    while backend.exchange(self):
                        pass
                except (OSError, ValueError):
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 128

            def get_request(self):
                connection, address = super().get_request()
                # The handshake is the connection's own matter: nobody else waits for it.
                return (tls.wrap_socket(connection, True, do_handshake_on_connect=False) if tls else connection), address

            def handle_error(self, request, client_address):
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.is_closed = False
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.is_closed = True
        with self.changed:
            self.changed.notify_all()
        self.server.shutdown()
        self.server.server_close()

    # What a test does

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def configuration(self, folder, name="config", **changes):
        """The path of a configuration for @me, with a history of its own."""
        settings = {
            "backend_url": self.url,
            "cognito": {"region": "eu-west-1", "client_id": "client", "endpoint": self.url},
            "tokens": {
                "access_token": token(sub="me-uuid", username="me", token_use="access", exp=int(time.time()) + 86_400),
                "id_token": token(sub="me-uuid", preferred_username=self.me, name=self.names[self.me]),
            },
            "polling": {"open_conversation_seconds": 0.2, "groups_seconds": 0.2},
            "history": {"path": f"{folder}/{name}.sqlite"},
        }
        settings.update(changes)
        settings = {key: value for key, value in settings.items() if value is not None}
        path = f"{folder}/{name}.json"
        with open(path, "w") as file:
            json.dump(settings, file)
        os.chmod(path, 0o600)
        return path

    def rule(self, pattern, **options):
        rule = Rule(pattern, **options)
        with self.lock:
            self.rules.append(rule)
        return rule

    def calm(self):
        """From now on nothing goes wrong."""
        with self.lock:
            self.rules.clear()

    def talk(self, handle, *texts, name=None):
        """A group with somebody, who has written `texts`."""
        if name or handle not in self.names:
            self.names[handle] = name or f"{handle.capitalize()} Example"
        with self.lock:
            group = Group(str(uuid.uuid4()), handle)
            self.groups.append(group)
            for text in texts:
                self.say(handle, text)
        return group

    def say(self, handle, text, off=None):
        """Somebody writes to @me."""
        with self.changed:
            self.append(self.group(handle), handle, text, off)
            self.changed.notify_all()

    def group(self, handle):
        return next(group for group in self.groups if group.handle == handle)

    def requests(self, pattern):
        with self.lock:
            return [request for request in self.log if re.search(pattern, request.line)]

    def opened(self, pattern=""):
        """Requests that are being answered."""
        return [request for request in self.requests(pattern) if request.ended is None]

    def texts(self, handle):
        """What @me has written to somebody, in order, as it is stored."""
        with self.lock:
            return [text for to, text in self.received if to == handle]

    @property
    def posted(self):
        """Every POST of a message: to whom, and what, whether it was stored or not."""
        found = []
        for request in self.requests("^POST /api/messages"):
            to = request.json.get("handle") or next(
                (group.handle for group in self.groups if group.uuid == request.json.get("message_group_uuid")), None)
            found.append((to, request.json.get("message")))
        return found

    # What a server does

    def append(self, group, handle, text, off=None):
        seconds = self.off.get(handle, 0) if off is None else off
        at = (self.clock or datetime.now(timezone.utc)) + timedelta(seconds=seconds)
        if self.clock:
            self.clock += timedelta(seconds=60)
        taken = {message.at[:26] for message in group.messages}
        while at.isoformat(timespec="microseconds")[:26] in taken:
            at += timedelta(microseconds=1)
        written = at.isoformat(timespec="microseconds")
        if self.is_naive and group.messages:
            written = written[:26]
        group.messages.append(Message(str(uuid.uuid4()), handle, text, written))
        if self.stream_works or not group.at:
            group.preview, group.at = text, written
        return group.messages[-1]

    def exchange(self, connection):
        asked = read_request(connection.rfile)
        if not asked:
            return False
        method, target, headers, body = asked
        parts = urlsplit(target)
        request = Request(method, unquote(parts.path), parse_qs(parts.query), headers, body, time.monotonic())
        with self.lock:
            self.log.append(request)
            rule = self.matching(request)
        try:
            return self.serve(connection, request, rule)
        finally:
            request.ended = time.monotonic()

    def matching(self, request):
        for rule in self.rules:
            if re.search(rule.pattern, request.line) and rule.times != 0:
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return Rule("")

    def serve(self, connection, request, rule):
        if rule.delay and not self.wait_with(connection, rule.delay):
            return False
        while rule.until and not rule.until.is_set():
            if not self.wait_with(connection, 0.05):
                return False
        refused = rule.status is not None and not rule.stores
        answer = Answer(rule.status, HTML) if refused else self.route(connection, request)
        if answer is None or rule.cut:
            return False
        if rule.status is not None:
            answer = Answer(rule.status, HTML, {"Content-Type": "text/html"})
        if rule.body is not None:
            answer.body = rule.body
        answer.headers = {"Content-Type": "application/json", **answer.headers, **rule.headers}
        request.status = answer.status
        return self.write(connection, answer, rule)

    def write(self, connection, answer, rule):
        lines = [f"HTTP/1.1 {answer.status} -"] + [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status not in (204, 304):
            lines.append(f"Content-Length: {max(len(answer.body), 1000 if rule.stall is not None else 0)}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        if rule.stall is not None:
            connection.wfile.write(head + answer.body[:rule.stall])
            connection.wfile.flush()
            self.wait_with(connection, 3600)
            return False
        if rule.drip:
            connection.wfile.write(head)
            for position in range(len(answer.body)):
                connection.wfile.write(answer.body[position:position + 1])
                connection.wfile.flush()
                if not self.wait_with(connection, rule.drip):
                    return False
            return True
        connection.wfile.write(head + (b"" if answer.status in (204, 304) else answer.body))
        connection.wfile.flush()
        return True

    def wait_with(self, connection, seconds):
        """False if the client has gone meanwhile."""
        end = time.monotonic() + seconds
        while not self.is_closed and (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([connection.connection], [], [], min(left, 0.05))
            if ready and not connection.connection.recv(1, socket.MSG_PEEK):
                return False
            if ready:
                time.sleep(0.02)
        return not self.is_closed

    def route(self, connection, request):
        if request.line == "GET /api/message_groups":
            return self.list(connection, request, self.group_rows)
        if match := re.fullmatch("GET /api/messages/(.+)", request.line):
            before = request.query.get("before", [None])[0]
            if before:
                # It knows nothing of older pages: as most do.
                return Answer(200, json.dumps(self.message_rows(match[1])).encode())
            return self.list(connection, request, lambda: self.message_rows(match[1]))
        if match := re.fullmatch("GET /api/users/@?(.+)/short", request.line):
            return self.short(match[1])
        if request.line == "POST /api/messages":
            return self.post(request)
        if request.line == "POST /":
            return self.cognito(request)
        if request.line == "GET /api/health-check":
            return Answer(200, b'{"success": true}')
        return Answer(404, HTML, {"Content-Type": "text/html"})

    def list(self, connection, request, rows):
        with self.lock:
            found = rows()
        tag = self.tag(found)
        if self.tags == "none":
            return Answer(200, json.dumps(found).encode())
        waits = re.search(r"wait=(\d+)", request.headers.get("prefer", ""))
        applied = {"Preference-Applied": "wait=50"} if waits and self.tags != "quick" else {}
        matches = request.headers.get("if-none-match") == tag
        if self.tags == "deaf":
            return Answer(200, json.dumps(found).encode(), {"ETag": tag, "Preference-Applied": "wait=50"})
        if self.tags == "weakened":
            return Answer(200, json.dumps(found).encode(), {"ETag": f"W/{tag}", **applied})
        if matches and waits and self.tags == "strong":
            end = time.monotonic() + int(waits[1])
            while self.tag(found) == tag and time.monotonic() < end and not self.is_closed:
                if not self.notices_departures:
                    time.sleep(0.1)
                elif not self.wait_with(connection, 0.1):
                    return None
                with self.lock:
                    found = rows()
            matches = self.tag(found) == tag
            tag = self.tag(found)
        if matches:
            return Answer(304, b"", {"ETag": tag, **applied})
        return Answer(200, json.dumps(found).encode(), {"ETag": tag, **applied})

    @staticmethod
    def tag(rows):
        return f'"{uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(rows)).hex}"'

    def is_of_this_year(self, at):
        return self.since is None or moment(at) >= self.since

    def group_rows(self):
        listed = [group for group in self.groups if group.is_listed and self.is_of_this_year(group.at)]
        listed.sort(key=lambda group: group.at, reverse=True)
        return [
            {"uuid": group.uuid, "handle": group.handle, "display_name": self.names[group.handle],
             "message": group.preview, "created_at": group.at}
            for group in listed[:self.rows]
        ]

    def message_rows(self, identity):
        messages = [message for group in self.groups if group.uuid == identity for message in group.messages]
        messages = sorted((m for m in messages if self.is_of_this_year(m.at)), key=lambda message: message.at)
        return [
            {"uuid": message.uuid, "handle": message.handle, "display_name": self.names[message.handle],
             "message": message.text, "created_at": message.at}
            for message in messages[-self.rows:]
        ]

    def short(self, handle):
        if handle not in self.names:
            return Answer(self.nobody.status, self.nobody.body, dict(self.nobody.headers))
        row = {"uuid": f"{handle}-uuid", "handle": handle, "display_name": self.names[handle]}
        return Answer(200, json.dumps(row).encode())

    def post(self, request):
        body = request.json
        text, handle = body.get("message") or "", body.get("handle")
        if not text.strip() or len(text) > 1024 or handle == self.me:
            return Answer(500, HTML, {"Content-Type": "text/html"})
        with self.changed:
            if handle is not None:
                if handle not in self.names:
                    return Answer(500, HTML, {"Content-Type": "text/html"})
                # As the seed does: a second group, if there is one already.
                group = Group(str(uuid.uuid4()), handle)
                self.groups.append(group)
            else:
                group = next((group for group in self.groups if group.uuid == body["message_group_uuid"]), None)
            if group is None:
                return Answer(200, b"{}")
            message = self.append(group, self.me, text)
            self.received.append((group.handle, text))
            self.changed.notify_all()
        if handle is not None:
            return Answer(200, json.dumps({"message_group_uuid": group.uuid}).encode())
        echo = {
            # The sender's, as in most deployments.
            "uuid": f"{self.me}-uuid", "handle": self.me, "display_name": self.names[self.me], "message": text,
            "message_group_uuid": group.uuid, "created_at": message.at,
        }
        return Answer(200, json.dumps(echo).encode())

    def cognito(self, request):
        action = request.headers.get("x-amz-target", "").rpartition(".")[2]
        if action == "GetUser":
            attributes = [{"Name": "preferred_username", "Value": self.me}]
            return Answer(200, json.dumps({"Username": "me-uuid", "UserAttributes": attributes}).encode())
        if action == "InitiateAuth":
            access = token(sub="me-uuid", username="me", token_use="access", exp=int(time.time()) + 86_400)
            return Answer(200, json.dumps({"AuthenticationResult": {"AccessToken": access}}).encode())
        return Answer(400, json.dumps({"__type": "InvalidParameterException"}).encode())

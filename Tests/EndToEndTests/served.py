"""A server on an embedded table with a user pool of its own: it needs nothing but this machine."""

import base64
import json
import os
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from system import OPS, call, said

ISSUER = "https://issuer.example"
CLIENT = "client"


def encoded(part):
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Pool:
    """A user pool: its keys over HTTP, and the tokens that they sign. `mode` says how it answers."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.mode, self.asked = "well", 0
        numbers = self.key.public_key().public_numbers()
        body = json.dumps({"keys": [{
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k", "e": "AQAB",
            "n": encoded(numbers.n.to_bytes(256, "big"))}]}).encode()
        pool = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self):
                pool.asked += 1
                mode = pool.mode
                if mode == "refuses":
                    return self.send_error(500)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if mode == "stalls":
                    self.wfile.write(body[:10])
                    self.wfile.flush()
                    while pool.mode == "stalls":
                        time.sleep(0.05)
                else:
                    self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def token(self, subject, **more):
        claims = {"sub": subject, "iss": ISSUER, "exp": int(time.time()) + 86_400, "token_use": "access", "client_id": CLIENT}
        text = encoded({"alg": "RS256", "kid": "k"}) + "." + encoded({**claims, **more})
        return text + "." + encoded(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))

    def close(self):
        self.mode = "well"
        self.server.shutdown()
        self.server.server_close()


class Lines:
    """Those of a file, each time that they are asked for."""

    def __init__(self, path):
        self.path = path

    def __iter__(self):
        with open(self.path) as file:
            return iter(file.readlines())


class Served:
    """Users @u0, @u1, ... and a table in a folder; servers and other programs on it."""

    def __init__(self, users=3, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="cruddur-served-")
        self.pool, self.processes = Pool(), []
        self.where = ["--embedded", f"{self.folder}/table.sqlite"]
        # Makes the files as the program makes them.
        self.ops("schema-load")
        with sqlite3.connect(f"{self.folder}/users.sqlite") as database:
            database.executemany(
                "INSERT INTO users (uuid, display_name, email, handle, cognito_user_id) VALUES (?, ?, '', ?, ?)",
                [(str(uuid.uuid4()), f"User {i}", f"u{i}", f"sub-{i}") for i in range(users)])
        database.close()
        self.tokens = [self.pool.token(f"sub-{i}") for i in range(users)]

    def ops(self, *arguments, code=0, **options):
        done = subprocess.run([OPS, *arguments, *self.where], capture_output=True, text=True, timeout=600, **options)
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, command, *arguments, until, log=None, **options):
        """Its standard error is read as it comes; `log`: it goes to this file, as a server's does."""
        process = subprocess.Popen(
            [OPS, command, *arguments, *self.where], stdout=subprocess.DEVNULL, text=True,
            stderr=open(log, "w") if log else subprocess.PIPE, **options)
        self.processes.append(process)
        if log:
            process.lines = Lines(log)
            return process, said(process, until)
        process.lines = []
        threading.Thread(target=lambda: process.lines.extend(iter(process.stderr.readline, "")), daemon=True).start()
        return process, said(process, until)

    def serve(self, *arguments, **options):
        """The process, and its URL."""
        process, line = self.start(
            "serve", "--port", "0", "--user-pool-id", "us-east-1_own", "--client-id", CLIENT, "--issuer", ISSUER,
            "--cognito-endpoint-url", self.pool.url, *arguments, until="listening on ", **options)
        return process, line.removeprefix("listening on ")

    def group(self, url, one=0, other=1):
        """A group of these two with a message."""
        return call(f"{url}/api/messages", self.tokens[one], {"message": "first", "handle": f"u{other}"})[1]["message_group_uuid"]

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.pool.close()


def connect(url, source="127.0.0.1"):
    """A connection from one of this machine's own addresses."""
    host, port = url.split("//")[1].split(":")
    return socket.create_connection((host, int(port)), timeout=60, source_address=(source, 0))


def head(path, token=None, method="GET", **headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: x"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return ("\r\n".join(lines + [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]) + "\r\n\r\n").encode()


def tag_of(url, token, path="/api/message_groups"):
    request = urllib.request.Request(url + path, headers={"Authorization": f"Bearer {token}"})
    return urllib.request.urlopen(request, timeout=60).headers["ETag"]


def open_files(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def processor_seconds(process):
    fields = open(f"/proc/{process.pid}/stat").read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(process):
    return int(open(f"/proc/{process.pid}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

#!/usr/bin/env python3
"""What a connection of `cruddur-ops serve` takes of memory: silent, after a list, and while its answer is held.

    bin/test once, for what it installs
    scripts/build-release cruddur-ops
    .build/python/bin/python Benchmarks/waiters.py [--connections 1000]
"""

import argparse
import os
import re
import resource
import shutil
import socket
import sys
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, ROOT + "/Tests/EndToEndTests")
os.environ["CRUDDUR_OPS"] = os.environ.get("RELEASE", ROOT + "/.build/release") + "/cruddur-ops"

from served import Served


def rss(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


def answer(connection):
    """A whole answer of HTTP/1.1 with a length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, body = data.split(b"\r\n\r\n", 1)
    length = int((re.search(rb"(?i)content-length: (\d+)", head) or [0, 0])[1])
    while len(body) < length:
        body += connection.recv(65536)
    return head.decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--connections", type=int, default=1000)
    count = parser.parse_args().connections
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, max(count + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    served = Served(users=max(3, count // 50 + 1))
    try:
        process, url = served.serve("--rate", "0", "--connections-per-address", str(count + 10), log=f"{served.folder}/log")
        served.group(url)
        host, port = url.split("//")[1].split(":")
        ask = lambda token, more="": (
            f"GET /api/message_groups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{more}\r\n".encode())

        def told(name, before):
            time.sleep(2)
            now = rss(process.pid)
            print(f"{name:40}{now / 1024:>8.1f} MB{(now - before) / count:>10.1f} kB each", flush=True)
            return now

        first = rss(process.pid)
        start = told("no connection", first)
        connections = [socket.create_connection((host, int(port))) for _ in range(count)]
        silent = told(f"{count} connections, silent", start)
        tokens = served.tokens
        tags = []
        for number, connection in enumerate(connections):
            connection.sendall(ask(tokens[number % len(tokens)]))
            tags.append(re.search(r"(?i)etag: (\S+)", answer(connection))[1])
        listed = told("after a list", silent)
        for number, connection in enumerate(connections):
            connection.sendall(ask(tokens[number % len(tokens)], f"If-None-Match: {tags[number]}\r\nPrefer: wait=50\r\n"))
        held = told("while their answers are held", listed)
        print(f"1,000 that wait: {(held - listed) / count / 1024 * 1000:.1f} MB more than 1,000 that do not")
    finally:
        served.close()
        shutil.rmtree(served.folder)


main()

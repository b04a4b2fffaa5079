#!/usr/bin/env python3
"""How `cruddur-ops serve` bears a load: requests a second, latency and memory at 1, 16 and 256 connections.

    bin/test once, for what it installs; apt-get install wrk
    swift build -c release --static-swift-stdlib --product cruddur-ops
    swift build -c release --static-swift-stdlib --product TableStub
    .build/python/bin/python Benchmarks/load.py [--seconds 10] [--million]

All of it is on this machine, wrk among it: they share its cores.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, ROOT + "/Tests/EndToEndTests")
RELEASE = os.environ.get("RELEASE", ROOT + "/.build/release")
os.environ["CRUDDUR_OPS"] = RELEASE + "/cruddur-ops"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def rss(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024


def wrk(url, token, connections, seconds, path):
    done = subprocess.run(
        ["wrk", "-t", "1" if connections < 2 else "2", "-c", str(connections), "-d", f"{seconds}s", "--latency",
         "-H", f"Authorization: Bearer {token}", url + path], capture_output=True, text=True, check=True).stdout
    find = lambda pattern: (re.search(pattern, done) or [None, "-"])[1]
    errors = find(r"Non-2xx or 3xx responses: (\d+)"), find(r"Socket errors: (.*)")
    return (float(find(r"Requests/sec:\s+([\d.]+)")), find(r"(?m)^\s+50%\s+(\S+)"), find(r"(?m)^\s+99%\s+(\S+)"),
            "none" if errors == ("-", "-") else str(errors))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--million", action="store_true")
    options = parser.parse_args()
    port = free_port()
    moto = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while socket.socket().connect_ex(("127.0.0.1", port)):
        time.sleep(0.1)
    os.environ["TEST_AWS_URL"] = f"http://127.0.0.1:{port}"
    from system import System

    class Local(System):
        """Without PostgreSQL: users are embedded."""

        def __init__(self):
            self.aws_url = os.environ["TEST_AWS_URL"]
            self.table, self.database_url, self.processes = "t", "", []
            self.cognito = self.client("cognito-idp")
            self.pool = self.cognito.create_user_pool(PoolName="p")["UserPool"]["Id"]
            self.app = self.cognito.create_user_pool_client(
                UserPoolId=self.pool, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["UserPoolClient"]["ClientId"]

    folder = tempfile.mkdtemp()
    system = Local()
    stub = None
    try:
        where = ["--embedded", folder + "/table.sqlite"]
        system.ops("seed", where=where)
        system.sign_up("bayko", "bayko")
        pool = ["--user-pool-id", system.pool, "--cognito-endpoint-url", system.aws_url]
        system.ops("update-cognito-user-ids", *pool, where=where)
        token = system.tokens("bayko")["AccessToken"]
        item = system.ops("list-conversations", "@bayko", json_output=True, where=where)["items"][0]
        group, user = item["message_group_uuid"], item["pk"].removeprefix("GRP#")
        stub = subprocess.Popen([RELEASE + "/TableStub", user], stdout=subprocess.PIPE, text=True)
        stub_url = f"http://127.0.0.1:{stub.stdout.readline().strip()}"
        print(f"{'table':12}{'route':16}{'connections':>12}{'requests/s':>12}{'p50':>10}{'p99':>10}{'RSS MB':>8}  errors")
        for name, place in (("embedded", where), ("stub", ["--endpoint-url", stub_url, "--users-file", folder + "/users.sqlite", "--no-follow-stream"])):
            process, url = system.serve(where=place)
            uuid = group if name == "embedded" else "g"
            for route, path in (("messages", f"/api/messages/{uuid}"), ("groups", "/api/message_groups")):
                for connections in (1, 16, 256):
                    rate, p50, p99, errors = wrk(url, token, connections, options.seconds, path)
                    print(f"{name:12}{route:16}{connections:>12}{rate:>12.0f}{p50:>10}{p99:>10}{rss(process.pid):>8.0f}  {errors}", flush=True)
            if options.million and name == "embedded":
                done, sizes = 0, []
                while done < 1_000_000:
                    rate, _, _, errors = wrk(url, token, 64, 20, f"/api/messages/{uuid}")
                    done += int(rate * 20)
                    sizes.append(f"{done / 1e6:.2f}M: {rss(process.pid):.0f} MB" + ("" if errors == "none" else f" {errors}"))
                print("growth:", ", ".join(sizes))
            process.terminate()
            process.wait()
    finally:
        system.close()
        moto.kill()
        if stub:
            stub.kill()
        shutil.rmtree(folder)


main()

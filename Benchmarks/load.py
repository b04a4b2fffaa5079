#!/usr/bin/env python3
"""How `cruddur-ops serve` bears a load: requests a second, latency and memory at 1, 16 and 256 connections.

    bin/test once, for what it installs; apt-get install wrk
    scripts/build-release cruddur-ops
    scripts/build-release TableStub
    .build/python/bin/python Benchmarks/load.py [--seconds 10] [--million]

All of it is on this machine, wrk among it: they share its cores.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, ROOT + "/Tests/EndToEndTests")
RELEASE = os.environ.get("RELEASE", ROOT + "/.build/release")
os.environ["CRUDDUR_OPS"] = RELEASE + "/cruddur-ops"

from served import Served
from system import call


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
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--million", action="store_true")
    options = parser.parse_args()
    served = Served()
    stub = None
    try:
        process, url = served.serve("--rate", "0", log=f"{served.folder}/log")
        group = served.group(url)
        for number in range(19):
            call(f"{url}/api/messages", served.tokens[0], {"message": f"message {number} of about as many letters", "message_group_uuid": group})
        user = uuid_of_first(url)
        stub = subprocess.Popen([RELEASE + "/TableStub", user], stdout=subprocess.PIPE, text=True)
        stub_url = f"http://127.0.0.1:{stub.stdout.readline().strip()}"
        page = urllib.request.urlopen(urllib.request.Request(
            f"{url}/api/messages/{group}", headers={"Authorization": f"Bearer {served.tokens[0]}"})).read()
        urllib.request.urlopen(urllib.request.Request(f"{stub_url}/memory", data=page, method="PUT"))
        print(f"{'table':12}{'route':16}{'connections':>12}{'requests/s':>12}{'p50':>10}{'p99':>10}{'RSS MB':>8}  errors")

        def measure(name, route, url, path, pid, counts=(1, 16, 256)):
            rates = {}
            for connections in counts:
                rates[connections], p50, p99, errors = wrk(url, served.tokens[0], connections, options.seconds, path)
                print(f"{name:12}{route:16}{connections:>12}{rates[connections]:>12.0f}{p50:>10}{p99:>10}{rss(pid):>8.0f}  {errors}", flush=True)
            return rates

        best = measure("none", "from memory", stub_url, "/memory", stub.pid)
        ours = measure("embedded", "messages", url, f"/api/messages/{group}", process.pid)
        measure("embedded", "groups", url, "/api/message_groups", process.pid)
        print(f"messages at 16 connections: 1 / {best[16] / ours[16]:.2f} of what the library does from memory")
        if options.million:
            done, sizes = 0, []
            while done < 1_000_000:
                rate, _, _, errors = wrk(url, served.tokens[0], 64, 20, f"/api/messages/{group}")
                done += int(rate * 20)
                sizes.append(f"{done / 1e6:.2f}M: {rss(process.pid):.0f} MB" + ("" if errors == "none" else f" {errors}"))
            print("growth:", ", ".join(sizes))
        process.terminate()
        process.wait()
        served.where = ["--endpoint-url", stub_url, "--users-file", served.folder + "/users.sqlite", "--no-follow-stream"]
        process, url = served.serve("--rate", "0")
        measure("stub", "messages", url, "/api/messages/g", process.pid)
        measure("stub", "groups", url, "/api/message_groups", process.pid)
    finally:
        served.close()
        if stub:
            stub.kill()
        shutil.rmtree(served.folder)


def uuid_of_first(url):
    """The uuid of the first user: the stub has them in every group."""
    return call(f"{url}/api/users/@u0/short")[1]["uuid"]


main()

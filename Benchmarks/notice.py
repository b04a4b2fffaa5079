#!/usr/bin/env python3
"""How soon a message written by one person is on the other's screen, and what that costs in requests.

    bin/test once, for what it installs
    scripts/build-release cruddur
    .build/python/bin/python Benchmarks/notice.py [--messages 40]

Two clients in pseudo-terminals on the demo's server; requests are counted by a proxy before the reader.
"plain" is a server that knows neither conditional nor long polls. For the poll at a fixed pace the reader's
clock is all that differs: see Benchmarks/PollingBenchmark, which simulates hours of it.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, ROOT + "/Tests/EndToEndTests")
os.environ.setdefault("CRUDDUR", ROOT + "/.build/release/cruddur")
from faults import Proxy  # noqa: E402
from terminal import Terminal  # noqa: E402


class Kind:
    """What the server can."""

    def __init__(self, waits):
        self.waits = waits

    def post(self, number):
        return "none", None

    def get(self, number):
        return "none", self.waits


def until(terminal, text, limit=60):
    end = time.monotonic() + limit
    while text.encode() not in terminal.raw:
        assert time.monotonic() < end, f"{text} never came"
        terminal.read(0.005)
    return time.monotonic()


def measure(folder, waits, count, gap):
    settings = json.load(open(f"{folder}/config-mei.json"))
    host, port = settings["backend_url"].removeprefix("http://").split(":")
    proxy = Proxy((host, int(port)))
    proxy.plan = Kind(waits)
    config = tempfile.mktemp(dir=folder)
    with open(config, "w") as file:
        json.dump(dict(settings, backend_url=f"http://127.0.0.1:{proxy.port}", history={"enabled": False}), file)
    reader = Terminal("--config", config, width=100)
    writer = Terminal("--config", f"{folder}/config-nia.json", width=100)
    for terminal in (reader, writer):
        terminal.wait(lambda t: "connected" in t.text, "connected")
    for terminal in (reader, writer):
        terminal.type("\x06" + ("nia" if terminal is reader else "mei") + "\r")
        terminal.wait_for_quiet(1)
    dice, delays = random.Random(1), []
    begin, asked = time.monotonic(), proxy.gets
    for number in range(count):
        pause = time.monotonic() + gap(dice)
        while time.monotonic() < pause:
            reader.read(0.02)
            writer.read(0)
        text = f"notice {waits} {number:03}."
        writer.type(text)
        until(writer, text[-4:])
        sent = time.monotonic()
        writer.type("\r")
        delays.append(until(reader, text) - sent)
    hours = (time.monotonic() - begin) / 3600
    requests = (proxy.gets - asked) / hours
    for terminal in (reader, writer):
        terminal.close()
    proxy.close()
    return delays, requests


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=40)
    options = parser.parse_args()
    folder = tempfile.mkdtemp()
    os.environ["CRUDDUR_TEST_HOME"] = folder
    demo = Terminal("demo", "--data", folder, width=120)
    demo.wait_for("this terminal is open")
    print(f"{'server':12}{'messages':>10}{'median ms':>12}{'p95 ms':>10}{'requests/h':>12}")
    for name, waits in (("long poll", True), ("plain", False)):
        # Answers follow each other in seconds: log-normal, median 3 s.
        delays, requests = measure(folder, waits, options.messages, lambda dice: min(20, dice.lognormvariate(1.1, 0.8)))
        delays.sort()
        print(f"{name:12}{len(delays):>10}{statistics.median(delays) * 1000:>12.0f}"
              f"{delays[int(len(delays) * 0.95)] * 1000:>10.0f}{requests:>12.0f}", flush=True)
    demo.close()


main()

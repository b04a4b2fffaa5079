#!/usr/bin/env python3
"""Whether anything becomes slower as an embedded table grows: what each thing costs in tables of three sizes.

    scripts/build-release cruddur-ops
    .build/python/bin/python Benchmarks/growth.py [--sizes 1000,100000,1000000] [--times 300]

| column | what it is |
|---|---|
| POST | the server's processor time for a message with a key, and for moving its group (pattern E) |
| list | the same for the newest 20 messages, right after each of these messages |
| move | from a message's answer until both lists show it, median |
| follow | `stream`, which begins at the oldest record: time for each record |
| check | `check`: time for each item |

Every column is to stay as it is, however large the table. All in milliseconds. The exit code is 1 if
the largest table costs more than `--bound` times what the smallest does, and half a millisecond more.
"""

import argparse
import os
import shutil
import statistics
import sys
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, ROOT + "/Tests/EndToEndTests")
os.environ.setdefault("CRUDDUR_OPS", os.environ.get("RELEASE", ROOT + "/.build/release") + "/cruddur-ops")

from served import Served, processor_seconds
from system import call, eventually


def measure(size, times):
    served = Served()
    try:
        served.ops("seed", "--from", "@u0", "--to", "@u1", "--messages", str(size))
        start = time.monotonic()
        follow(served, size)
        followed = time.monotonic() - start
        process, url = served.serve("--rate", "0")
        group = call(f"{url}/api/message_groups", served.tokens[0])[1][0]["uuid"]

        def post(number):
            status, body = call(
                f"{url}/api/messages", served.tokens[0], {"message": f"m{number}", "message_group_uuid": group},
                {"Idempotency-Key": f'"{size}-{number}"'})
            assert status == 200, body

        def moved(number):
            return all(call(f"{url}/api/message_groups", token)[1][0]["message"] == f"m{number}" for token in served.tokens[:2])

        moves = []
        for number in range(20):
            post(number)
            began = time.monotonic()
            eventually(lambda: moved(number), "the list")
            moves.append(time.monotonic() - began)
        began = processor_seconds(process)
        for number in range(times):
            post(1000 + number)
        eventually(lambda: moved(1000 + times - 1), "the list")
        posts = processor_seconds(process) - began
        began = processor_seconds(process)
        for number in range(times):
            post(9000 + number)
            assert len(call(f"{url}/api/messages/{group}", served.tokens[0])[1]) == min(20, size)
        eventually(lambda: moved(9000 + times - 1), "the list")
        lists = processor_seconds(process) - began - posts
        process.terminate()
        process.wait()
        start = time.monotonic()
        served.ops("check")
        checked = time.monotonic() - start
        return {
            "POST": posts / times * 1000, "list": max(0, lists) / times * 1000, "move": statistics.median(moves) * 1000,
            "follow": followed / size * 1000, "check": checked / size * 1000}
    finally:
        served.close()
        shutil.rmtree(served.folder)


def follow(served, size):
    """Until `stream` has come to the end."""
    import sqlite3

    process, _ = served.start("stream", until="following")
    with sqlite3.connect(served.where[1], timeout=60) as database:
        eventually(lambda: database.execute(
            "SELECT max(c.sequence) >= (SELECT max(sequence) FROM stream) FROM checkpoints c").fetchone()[0], "its end", timeout=3600)
    database.close()
    process.terminate()
    process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="1000,100000,1000000")
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--bound", type=float, default=2.0)
    options = parser.parse_args()
    results = {}
    for size in map(int, options.sizes.split(",")):
        results[size] = measure(size, options.times)
        if len(results) == 1:
            print(f"{'messages':>10}" + "".join(f"{name:>10}" for name in results[size]))
        print(f"{size:>10}" + "".join(f"{cost:>10.3f}" for cost in results[size].values()), flush=True)
    first, last = (results[size] for size in (min(results), max(results)))
    grown = [name for name in first if last[name] > first[name] * options.bound + 0.5]
    print(f"grown: {', '.join(grown)}" if grown else "nothing has grown")
    return 1 if grown else 0


sys.exit(main())

#!/usr/bin/env python3
"""How long `check` takes for a large table, and how much memory.

    scripts/build-release cruddur-ops
    Benchmarks/check.py [--conversations 250000] [--users 5000] [--damaged 0]

A table of that many conversations, of four items each (a message, two rows, the pair), is written into a file; then
`check` reads it. Its budget: a million items in 60 seconds and 100 MB. The exit code is 1 where that is missed, or where
it does not find what was damaged.
"""

import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
OPS = os.environ.get("CRUDDUR_OPS", ROOT + "/.build/release/cruddur-ops")
MINUTE, MEGABYTES = 60, 100
JUNE = 1_781_000_000


def time_of(number):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00", time.gmtime(JUNE + number))


def uuids(count, choice):
    return [str(uuid.UUID(int=choice.getrandbits(128), version=4)) for _ in range(count)]


def rows(conversations, users, damaged, choice):
    """Of the items table; of one in so many conversations the second row is missing."""
    pairs = set()
    while len(pairs) < conversations:
        one, other = sorted(choice.sample(range(len(users)), 2))
        pairs.add((one, other))
    groups = uuids(conversations, choice)
    for number, ((one, other), group) in enumerate(zip(sorted(pairs), groups)):
        at, text = time_of(number % 1_000_000), f"message {number}, of some length, as people write them"
        sender = {"user_uuid": users[one], "user_display_name": f"User {one}", "user_handle": f"u{one}"}

        def row(owner, partner):
            attributes = {
                "message": text, "message_group_uuid": group, "user_uuid": users[partner],
                "user_display_name": f"User {partner}", "user_handle": f"u{partner}"}
            return f"GRP#{users[owner]}", at, group, json.dumps(attributes)

        yield row(one, other)
        if not damaged or number % damaged:
            yield row(other, one)
        yield f"MSG#{group}", at, None, json.dumps({"message": text, "message_uuid": group, **sender})
        first, second = sorted((users[one], users[other]))
        yield f"PAIR#{first}#{second}", "PAIR", None, json.dumps({"group_uuid": group})


def fill(folder, options):
    choice = random.Random(7)
    users = uuids(options.users, choice)
    where = ["--embedded", folder + "/table.sqlite"]
    subprocess.run([OPS, "schema-load", *where], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with sqlite3.connect(folder + "/users.sqlite") as database:
        database.executemany(
            "INSERT INTO users (uuid, display_name, email, handle, cognito_user_id) VALUES (?, ?, '', ?, ?)",
            [(one, f"User {number}", f"u{number}", f"sub-{number}") for number, one in enumerate(users)])
    database.close()
    with sqlite3.connect(folder + "/table.sqlite") as database:
        database.execute("PRAGMA synchronous = OFF")
        database.executemany(
            "INSERT INTO items (pk, sk, message_group_uuid, attributes) VALUES (?, ?, ?, ?)",
            rows(options.conversations, users, options.damaged, choice))
        count = database.execute("SELECT count(*) FROM items").fetchone()[0]
    database.close()
    return where, count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--conversations", type=int, default=250_000)
    parser.add_argument("--users", type=int, default=5_000)
    parser.add_argument("--damaged", type=int, default=0, help="in each so-manieth conversation a row is missing; 0: none")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="cruddur-check-")
    try:
        where, count = fill(folder, options)
        start = time.monotonic()
        process = subprocess.Popen([OPS, "check", *where, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        findings = len(json.loads(process.stdout.read())["findings"])
        _, status, usage = os.wait4(process.pid, 0)
        took, memory = time.monotonic() - start, usage.ru_maxrss / 1000
        print(f"{count} items, {options.conversations} conversations: {took:.1f} s, {memory:.0f} MB, {findings} findings")
        lost = options.conversations // options.damaged + (options.conversations % options.damaged > 0) if options.damaged else 0
        isWell = findings == lost and os.waitstatus_to_exitcode(status) == (2 if lost else 0)
        return 0 if isWell and took < MINUTE and memory < MEGABYTES else 1
    finally:
        shutil.rmtree(folder)


sys.exit(main())

#!/usr/bin/env python3
"""What tracing costs a server: requests a second with and without --trace, in turns, so that a machine's moods hit both.

    as Benchmarks/load.py; then
    .build/python/bin/python Benchmarks/traced.py [--seconds 4] [--rounds 5] [--other PROGRAM]

--other is another cruddur-ops, such as one built before there were traces; it runs without --trace.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, ROOT + "/Tests/EndToEndTests")
OWN = os.environ.get("RELEASE", ROOT + "/.build/release") + "/cruddur-ops"
os.environ["CRUDDUR_OPS"] = OWN

import served as services
from system import call

CONNECTIONS = 16


def rate(program, options, seconds):
    services.OPS = program
    served = services.Served()
    try:
        _, url = served.serve("--rate", "0", *options, log=f"{served.folder}/log")
        group = served.group(url)
        for number in range(19):
            call(f"{url}/api/messages", served.tokens[0], {"message": f"message {number}", "message_group_uuid": group})
        done = subprocess.run(
            ["wrk", "-t", "2", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "-H", f"Authorization: Bearer {served.tokens[0]}",
             f"{url}/api/messages/{group}"], capture_output=True, text=True, check=True).stdout
        return float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])
    finally:
        served.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--other")
    options = parser.parse_args()
    kinds = {"without": (OWN, []), "with --trace": (OWN, ["--trace"])}
    if options.other:
        kinds["the other"] = (options.other, [])
    rates = {name: [] for name in kinds}
    for _ in range(options.rounds):
        for name, (program, more) in kinds.items():
            rates[name].append(rate(program, more, options.seconds))
    for name, values in rates.items():
        print(f"{name:14}{statistics.median(values):>10.0f} requests a second ({min(values):.0f} to {max(values):.0f})")


main()

#!/usr/bin/env python3
"""Whether clients that share a sign-in ever lose it.

    .build/python/bin/python Benchmarks/sign_in.py [--pairs 50] [--seconds 60] [--kills]

Pairs of `cruddur watch`, each pair with one sign-in, at a pool of ours whose access tokens are over after 5 seconds and
whose refresh tokens are replaced each time. Without `--kills` a replaced one is refused at once: whoever of a pair loses
one is signed out. With `--kills` both of a pair are killed (SIGKILL) at random moments and started again, and a
replaced one is taken for 20 seconds more: else what a pool has replaced and nobody has read would be the pool's doing.
The exit code is 1 if anybody is signed out. A seed repeats the moments.
"""

import argparse
import base64
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../Tests/EndToEndTests"))

from hostile import Answer, Backend, token
from terminal import BINARY, kept_under

POOL = os.environ.get("POOL_STUB", os.path.join(HERE, "../.build/debug/PoolStub"))
LIFE = 5


def claims_of(token):
    """What a token says of itself, if it is one."""
    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}


class Strict(Backend):
    """It takes no token that is over, and knows whose came when."""

    def __init__(self):
        super().__init__()
        self.refused, self.seen = 0, {}

    def route(self, connection, request):
        claims = claims_of(request.headers.get("authorization", "").removeprefix("Bearer "))
        if claims.get("exp", 0) <= time.time():
            self.refused += 1
            return Answer(401, b"{}")
        self.seen[claims["sub"]] = time.monotonic()
        return super().route(connection, request)


class Client:
    """One process after the other."""

    def __init__(self, config, home, side):
        self.config, self.home, self.side, self.starts, self.said = config, home, side, 0, []
        self.process = None
        self.start()

    def start(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.starts += 1
        self.process = subprocess.Popen(
            [BINARY, "watch", "--config", self.config, "--set", f"history.path={self.config}.{self.side}"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, env={**os.environ, "HOME": self.home})
        errors = self.process.stderr
        threading.Thread(target=lambda: self.said.extend(iter(errors.readline, "")), daemon=True).start()


def run(pairs=50, seconds=60, kills=False, seed=None):
    """What was counted, by name; `signed_out` must be 0."""
    seed = random.randrange(1 << 32) if seed is None else seed
    dice = random.Random(seed)
    home = tempfile.mkdtemp(prefix="cruddur-pairs-")
    backend = Strict()
    pool = subprocess.Popen([POOL, str(LIFE), "20" if kills else "0", str(pairs)], stdout=subprocess.PIPE, text=True)
    clients = []
    try:
        url = f"http://127.0.0.1:{pool.stdout.readline().strip()}"
        cognito = {"user_pool_id": "us-east-1_a1B2c3D4e", "client_id": "client", "endpoint": url}
        for number in range(pairs):
            over = token(sub=f"me-{number}", iat=1000, exp=1000 + LIFE, preferred_username="me")
            refresh = pool.stdout.readline().strip()
            config = backend.configuration(
                home, f"pair{number}", cognito=cognito,
                # An answer is held for as long as a token is good.
                polling={"open_conversation_seconds": 1, "groups_seconds": 1},
                tokens={"access_token": over, "refresh_token": refresh})
            clients += [Client(config, home, side) for side in "ab"]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(dice.uniform(0, 0.4) if kills else 0.5)
            if kills:
                dice.choice(clients).start()
        # Long enough for everybody to have come again, with tokens that were not there before.
        quiet = time.monotonic() + LIFE
        time.sleep(6 * LIFE)
        silent = sum(backend.seen.get(f"me-{number}", 0) < quiet for number in range(pairs))
        ended = sum(client.process.poll() is not None for client in clients)
        kept = [json.load(open(path)) for path in kept_under(home) if path.endswith(".json")]
        words = collections.Counter(line.strip().replace(home, "~") for client in clients for line in client.said)
        return {
            "seed": seed, "pairs": pairs, "starts": sum(client.starts for client in clients),
            "requests": len(backend.log), "refused": backend.refused, "ended": ended, "silent pairs": silent,
            "sign-ins kept": len(kept), "signed out": ended + silent + pairs - len(kept), "said": words.most_common(8)}
    finally:
        for client in clients:
            client.process.kill()
            client.process.wait()
        pool.kill()
        pool.wait()
        backend.close()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", action="store_true")
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    counted = run(arguments.pairs, arguments.seconds, arguments.kills, arguments.seed)
    print(json.dumps(counted, indent=1))
    sys.exit(counted["signed out"] > 0)

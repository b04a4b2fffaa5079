"""Writes pycognito.json beside this: what PyPI's pycognito makes of the same values. `pip install pycognito==2024.5.1`
`make.py 1000 FILE` writes as many into another file, for SRP_VECTORS.

Among them: public values, salts, hashes and secrets that begin with a zero byte, or with a high bit.
"""

import base64
import datetime
import hashlib
import hmac
import json
import os
import random
import sys

from pycognito import aws_srp as srp

dice = random.Random(3072)
NAMES = ["ada@cruddur.example", "6c1f0d1e-0000-4000-8000-000000000000", "日本", "a:b"]
PASSWORDS = ["Passw0rd!", "Pa:ss wörd", "密码", " spaces ", "x" * 300]


def vector(a, b, salt, name, password):
    client = srp.AWSSRP(name, password, "us-east-1_8cVfCoqbv", "client", client=object())
    client.small_a_value, client.large_a_value = a, pow(client.val_g, a, client.big_n)
    key = client.get_password_authentication_key(name, password, b, salt)
    block, time = dice.randbytes(32), f"Tue Nov {dice.randint(1, 28)} 05:50:07 UTC 2026"
    message = b"8cVfCoqbv" + name.encode() + block + time.encode()
    signature = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    u = srp.calculate_u(client.large_a_value, b)
    x = srp.hex_to_long(srp.hex_hash(srp.pad_hex(salt) + srp.hash_sha256(f"8cVfCoqbv{name}:{password}".encode())))
    s = pow(b - client.val_k * pow(client.val_g, x, client.big_n), a + u * x, client.big_n)
    zeros = {"A": client.large_a_value >> 3064, "B": b >> 3064, "u": u >> 248, "x": x >> 248, "S": s >> 3064}
    return dict(
        a=f"{a:x}", A=f"{client.large_a_value:x}", B=f"{b:x}", salt=salt, name=name, password=password,
        block=base64.b64encode(block).decode(), time=time, signature=signature,
        zero=sorted(key for key, top in zeros.items() if top == 0))


def one(salt=None, b_bits=3071):
    return vector(
        dice.getrandbits(256) | 1, dice.getrandbits(b_bits) | 1, salt or f"{dice.getrandbits(128):x}", dice.choice(NAMES),
        dice.choice(PASSWORDS))


# Few: in a debug build each takes seconds.
found = [one(salt="00" + "ab" * 15), one(salt="abc", b_bits=8)]
wanted = {"A", "u", "x", "S"}
count, *place = sys.argv[1:] or [0]
while wanted or len(found) < int(count):
    candidate = one()
    if wanted & set(candidate["zero"]) or len(found) < int(count):
        wanted -= set(candidate["zero"])
        found.append(candidate)
path = place[0] if place else os.path.join(os.path.dirname(os.path.abspath(__file__)), "pycognito.json")
json.dump(found, open(path, "w"), indent=1, ensure_ascii=False)

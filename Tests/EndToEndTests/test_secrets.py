"""That no token and no password is anywhere but where it belongs."""

import json
import os
import re
import subprocess
import sys

import pytest

from hostile import Backend, token
from system import eventually
from terminal import BINARY, kept_under

OPS = os.path.join(os.path.dirname(BINARY), "cruddur-ops")
PASSWORD = "Passw0rd!-of-the-tests"
ACCESS = token(sub="me-uuid", username="me", token_use="access", exp=4_000_000_000, jti="access-secret")
IDENTITY = token(sub="me-uuid", preferred_username="me", jti="identity-secret")
REFRESH = "refresh-secret-" + "r" * 40
SECRETS = [PASSWORD, REFRESH, *ACCESS.split(".")[1:2], *IDENTITY.split(".")[1:2]]


def secrets_in(text):
    return [secret for secret in SECRETS if secret in text]


@pytest.fixture
def pool(backend):
    """A backend whose pool lets anybody in with these tokens, and shows nothing of them."""
    backend.rule("^POST /$", body=json.dumps({"AuthenticationResult": {
        "AccessToken": ACCESS, "IdToken": IDENTITY, "RefreshToken": REFRESH, "ExpiresIn": 3600}}).encode())
    return backend


def settings_at(backend, folder, **changes):
    changes = {"tokens": None, **changes}
    return backend.configuration(folder, cognito={
        "user_pool_id": "us-east-1_a1B2c3D4e", "client_id": "c", "endpoint": backend.url}, **changes)


def everything_below(folder):
    """What is in files, but those of sign-ins and the configuration."""
    own = set(kept_under(folder)) | {folder + "/config.json"}
    for place, _, names in os.walk(folder):
        for path in (os.path.join(place, name) for name in names):
            if path not in own and os.path.isfile(path):
                with open(path, "rb") as file:
                    yield path, file.read().decode("latin-1")


def test_no_answer_log_or_file_holds_one(pool, folder):
    config = settings_at(pool, folder)
    log = ["--config", config, "--log", folder + "/all.log", "--set", "log.level=debug"]
    login = ["login", "--username", "me", "--flow", "password"]
    calls = [
        (login, PASSWORD + "\n", None), (["whoami"], "", None), (["whoami", "--json"], "", None), (["groups"], "", None),
        (["messages", "bob", "--json"], "", None), (["send", "bob", "hello"], "", None), (["doctor"], "", None),
        (["doctor", "--json"], "", None), (["profiles"], "", None), (["export", "bob"], "", None),
        # Answers that quote what they were asked with.
        (["groups"], "", {"pattern": "message_groups", "status": 500, "body": f"token {ACCESS} is bad".encode()}),
        (["send", "bob", "x"], "", {"pattern": "^POST /api", "status": 422, "body": json.dumps([ACCESS, PASSWORD]).encode()}),
        (login, PASSWORD + "\n", {"pattern": "^POST /$", "status": 400, "body": json.dumps(
            {"__type": "NotAuthorizedException", "message": f"{PASSWORD} of {REFRESH}"}).encode()}),
        (["logout"], "", None), (["groups"], "", None), (login + ["--password-command", f"echo {PASSWORD}; exit 3"], "", None),
    ]
    seen = []
    for arguments, words, rule in calls:
        # The newest rule is to be the first that fits.
        if rule:
            pool.rules.insert(0, type(pool.rules[0])(times=1, **rule))
        done = subprocess.run(
            [BINARY, *arguments, *log], input=words, capture_output=True, text=True, timeout=300)
        seen += arguments
        # This pool revokes nothing, which is said.
        assert rule or done.returncode == 0 or "logout" in seen, f"{arguments}: {done.stderr}"
        found = secrets_in(done.stdout + done.stderr)
        assert not found, f"{arguments}: {found}\n{done.stdout}\n{done.stderr}"
        for path, content in everything_below(folder):
            assert not secrets_in(content), f"{arguments}: {path}"
    assert "/api/message_groups" in open(folder + "/all.log").read()


SNOOP = """#!/bin/sh
tr '\\0' '\\n' < /proc/self/environ > {0}.environ
tr '\\0' ' ' < /proc/self/cmdline > {0}.cmdline
ls -l /proc/self/fd > {0}.files
ps -eo args > {0}.ps
: > {0}.done
{1}
"""


def snoop(folder, name, then=""):
    """A program that notes all that it can see, and where."""
    path = f"{folder}/bin/{name}"
    os.makedirs(folder + "/bin", exist_ok=True)
    with open(path, "w") as file:
        file.write(SNOOP.format(path, then))
    os.chmod(path, 0o755)
    return path


def seen_by(path):
    return [open(f"{path}.{kind}").read() for kind in ("environ", "cmdline", "ps")]


def secret_environment(folder):
    return {
        **os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}", "CRUDDUR_PASSWORD": PASSWORD,
        "CRUDDUR_TOKENS_ID_TOKEN": IDENTITY, "CRUDDUR_TOKENS_REFRESH_TOKEN": REFRESH,
        "CRUDDUR_COGNITO_CLIENT_SECRET": PASSWORD}


def test_no_child_sees_one(backend, folder, start):
    printed = snoop(folder, "tokens", f"echo {ACCESS}")
    asked = snoop(folder, "password", f"echo {PASSWORD}")
    opener = snoop(folder, "xdg-open")
    environment = secret_environment(folder)
    for name in ("ID_TOKEN", "REFRESH_TOKEN"):
        del environment["CRUDDUR_TOKENS_" + name]
    config = settings_at(backend, folder, tokens={"command": printed}, handle="me")
    done = subprocess.run(
        [BINARY, "groups", "--config", config], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    backend.say("bob", "look at https://cruddur.example/page")
    config = settings_at(backend, folder, tokens={"access_token": ACCESS})
    subprocess.run(
        [BINARY, "login", "--config", config, "--username", "me", "--flow", "password", "--password-command", asked],
        env=secret_environment(folder), capture_output=True, text=True, timeout=300)
    terminal = start("--config", config, width=120, env=secret_environment(folder))
    terminal.wait(lambda t: "cruddur.example/page" in t.transcript, "the link")
    terminal.type("\x1b[1;3A\x1bo")
    terminal.wait_for("Enter")
    terminal.type("\r")
    eventually(lambda: os.path.exists(opener + ".done"), "the browser, and all that it has seen")
    for path in (printed, asked, opener):
        # The streams, and what ls looks into.
        files = re.findall(r" (\d+) -> (.*)", open(f"{path}.files").read())
        assert [name for number, name in files if int(number) > 2 and not name.startswith("/proc/")] == []
        for text in seen_by(path):
            assert not secrets_in(text.replace(f"echo {PASSWORD}", "").replace(f"echo {ACCESS}", "")), path


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("arguments", [
    [BINARY, "login", "--username", "me", "--config"], [OPS, "serve", "--embedded"]])
def test_nobody_else_looks_into_a_process_and_no_core_is_left(backend, folder, arguments):
    """A process that gives no core dump is root's in /proc, whoever runs it."""
    os.chmod(folder, 0o777)
    config = settings_at(backend, folder)
    os.chmod(config, 0o644)
    if arguments[1] == "serve":
        last = [folder + "/own/table.sqlite", "--user-pool-id", "us-east-1_x", "--client-id", "c", "--port", "0"]
        os.mkdir(folder + "/own", 0o777)
        os.chmod(folder + "/own", 0o777)
    else:
        last = [config]
    process = subprocess.Popen(
        [*arguments, *last], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, user=65534,
        env={**os.environ, "HOME": folder})
    try:
        eventually(lambda: process.poll() is None and os.stat(f"/proc/{process.pid}/environ").st_uid == 0
                   and re.search("cruddur", os.readlink(f"/proc/{process.pid}/exe")), "a process that is not to be read")
    finally:
        process.kill()
        process.wait()

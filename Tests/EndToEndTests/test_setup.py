"""From nothing to a chat that works, on the real parts: users in PostgreSQL, a pool at Cognito, cruddur-ops serve."""

import json
import os
import subprocess

import pytest

from hostile import Backend
from system import System, call, with_people
from terminal import BINARY

pytestmark = pytest.mark.skipif("TEST_AWS_URL" not in os.environ, reason="bin/test starts the servers")


@pytest.fixture(scope="module")
def system():
    yield from with_people()


@pytest.fixture(scope="module")
def url(system):
    return system.serve()[1]


@pytest.fixture
def page(system, url):
    """The web page of that deployment."""
    site = Backend()
    script = f'{{userPoolId:"{system.pool}",userPoolWebClientId:"{system.app}"}};a=`{url}/api/message_groups`'
    site.rule("^GET /(health|api/health-check)$", status=404)
    site.rule("^GET /$", status=200, body=b'<html><script src="/main.js"></script></html>')
    site.rule("^GET /main.js$", status=200, body=script.encode())
    yield site.url
    site.close()


def test_init_finds_the_deployment_and_the_doctor_says_that_it_is_well(system, url, page, run, folder):
    made = subprocess.run(
        [BINARY, "init", page, "--profile", "real", "--production", "--set", f"cognito.endpoint={system.aws_url}"],
        input="y\ny\n", capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stderr
    assert f"user pool {system.pool}: its keys are there" in made.stderr and "it is well" in made.stderr
    assert "you are not signed in" in made.stdout
    path = folder + "/.config/cruddur/config.json"
    profile = json.load(open(path))["profiles"]["real"]
    assert profile["backend_url"] == url and profile["cognito"]["client_id"] == system.app and profile["production"]

    tokens = system.tokens("ada")
    env = {**os.environ, "CRUDDUR_TOKENS_ACCESS_TOKEN": tokens["AccessToken"], "CRUDDUR_TOKENS_ID_TOKEN": tokens["IdToken"],
           "CRUDDUR_TOKENS_REFRESH_TOKEN": tokens["RefreshToken"]}
    assert call(f"{url}/api/messages", tokens["AccessToken"], {"message": "a private text", "handle": "bob"})[0] == 200
    done = run("doctor", "--strict", env=env)
    assert done.returncode == 0, done.stdout
    for line in [f"of the pool {system.pool}", "it can be refreshed", "1 group", "as the backend's",
                 "holds answers until there is news", "errors not in HTML"]:
        assert line in done.stdout, done.stdout
    # Not a word of whose it is.
    for secret in ["ada", "Ada", "bob", "Bob", "cruddur.example", "private", "eyJ", tokens["RefreshToken"][:12], folder,
                   *call(f"{url}/api/message_groups", tokens["AccessToken"])[1][0]["uuid"].split()]:
        assert secret not in done.stdout + done.stderr, secret
    # And it is one that the chat can use.
    assert "@bob" in run("groups", env=env).stdout


def test_a_token_of_another_pool_is_told_from_a_wrong_one(system, url, run, folder):
    other = System()
    try:
        other.add("ada", "Ada", in_pool=True)
        path = folder + "/c.json"
        json.dump({
            "backend_url": url, "tokens": {"access_token": other.tokens("ada")["AccessToken"]},
            "cognito": {"user_pool_id": system.pool, "client_id": system.app, "endpoint": system.aws_url},
        }, open(path, "w"))
        os.chmod(path, 0o600)
        told = {check["area"]: check for check in json.loads(run("doctor", "--json", "--config", path).stdout)["checks"]}
        assert told["token"]["verdict"] == "problem"
        assert f"it is of the pool {other.pool}, and cognito.user_pool_id is {system.pool}" in told["token"]["text"]
        assert told["groups"]["verdict"] == "problem" and "cruddur login" in told["groups"]["advice"]
    finally:
        other.close()

"""Signing in and out, as a person at a terminal and as a script, at a user pool."""

import json
import os
import signal
import stat
import subprocess
import termios

import pytest

from system import with_people
from terminal import BINARY, kept_under
from test_every_key import keys, sent, try_edits

pytestmark = pytest.mark.skipif("TEST_AWS_URL" not in os.environ, reason="bin/test starts the servers")
PASSWORD = "Passw0rd!"


@pytest.fixture(scope="module")
def system():
    yield from with_people()


@pytest.fixture(scope="module")
def url(system):
    return system.serve()[1]


@pytest.fixture
def config(system, url, folder):
    path = folder + "/config.json"
    with open(path, "w") as file:
        json.dump({
            # Whoever signs in counts, not who is expected to.
            "backend_url": url, "handle": "bob",
            "cognito": {"user_pool_id": system.pool, "client_id": system.app, "endpoint": system.aws_url}}, file)
    return path


@pytest.fixture
def cruddur(config):
    def cruddur(*arguments, input="", **environment):
        return subprocess.run(
            [BINARY, *arguments, "--config", config], input=input, capture_output=True, text=True, timeout=120,
            env={**os.environ, **environment})

    return cruddur


def kept(folder):
    return [path for path in kept_under(folder) if path.endswith(".json")]


@pytest.mark.parametrize("flow", ["srp", "password"])
def test_from_signed_out_to_the_first_message_and_out_again(cruddur, folder, flow):
    before = cruddur("groups")
    assert before.returncode == 1 and "cruddur login" in before.stderr
    done = cruddur("login", "--username", "ada", "--flow", flow, input=PASSWORD + "\n")
    assert done.returncode == 0, done.stderr
    assert "Signed in as @ada" in done.stdout and PASSWORD not in done.stdout + done.stderr
    path, = kept(folder)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
    tokens = json.load(open(path))
    who = cruddur("whoami", "--json")
    said = json.loads(who.stdout)
    assert said["handle"] == "ada" and said["can_refresh"] and said["user_pool"].startswith("us-east-1_")
    assert not any(token in who.stdout for token in (tokens["access_token"], tokens["id_token"], tokens["refresh_token"]))
    sent = cruddur("send", "@bob", f"hello by {flow}")
    assert sent.returncode == 0, sent.stderr
    out = cruddur("logout")
    assert "Signed out" in out.stdout, out.stderr
    assert kept(folder) == []
    after = cruddur("groups")
    assert after.returncode == 1 and "cruddur login" in after.stderr
    assert "signed out already" in cruddur("logout").stdout


def test_the_password_comes_from_where_it_is_said_and_goes_to_nobody_else(cruddur, folder):
    seen = folder + "/environment"
    command = f"env > {seen}; printf '{PASSWORD}\\nsecond line\\n'"
    done = cruddur(
        "login", "--username", "ada", "--flow", "password", "--password-command", command, CRUDDUR_PASSWORD="another")
    assert done.returncode == 0, done.stderr
    assert "another" not in open(seen).read()
    assert cruddur("login", "--username", "ada", "--flow", "password", CRUDDUR_PASSWORD=PASSWORD).returncode == 0


@pytest.mark.parametrize("arguments, input, words", [
    (["--username", "ada"], "wrong\n", "no user of that name has that password"),
    (["--username", "nobody"], PASSWORD + "\n", "no user of that name has that password"),
    (["--username", "ada\x1b[31m"], PASSWORD + "\n", "no user of that name has that password"),
    (["--username", "ada"], "", "a password is needed"), (["--username", "ada"], "\n", "a password is needed"),
    (["--username", "ada", "--password-command", "exit 3"], "", "the password command failed (3)"),
    (["--username", "ada", "--password-command", "true"], "", "a password is needed"),
    (["--username", "ada", "--set", "cognito.client_id=nobodys"], PASSWORD + "\n", "cognito.client_id"),
    (["--username", "ada", "--set", "cognito.endpoint=http://127.0.0.1:1"], PASSWORD + "\n", "cannot reach Cognito"),
])
def test_what_is_wrong_is_said_and_nothing_is_kept(cruddur, folder, arguments, input, words):
    done = cruddur("login", "--flow", "password", *arguments, input=input)
    assert done.returncode == 1 and words in done.stderr, done.stderr
    assert "\x1b" not in done.stderr and PASSWORD not in done.stderr
    assert kept(folder) == []


ECHO = 3


@pytest.fixture
def asked(start, config):
    """A terminal in which the password is asked for."""
    terminal = start("login", "--config", config, "--flow", "password")
    before = termios.tcgetattr(terminal.fd)
    terminal.wait_for("E-mail or user name:")
    terminal.type("ada\r")
    terminal.wait_for("Password:")
    return terminal, before


def is_shown(terminal):
    """Whether the terminal shows what is typed."""
    return bool(terminal.modes[ECHO] & termios.ECHO)


def test_nothing_is_shown_before_anything_is_asked(start, config):
    # The terminal stands still before there is anybody who could ask.
    program = ["/bin/sh", "-c", 'read -r go; exec "$@"', "sh", BINARY]
    terminal = start(program=[*program, "login", "--config", config, "--flow", "password", "--username", "ada"])
    terminal.type("\x13")
    terminal.type("\r")
    terminal.wait(lambda t: not is_shown(t), "no echo")
    assert "Password:" not in terminal.text
    terminal.type("Passw0rd!\r\x11")
    terminal.wait_for("Signed in as @ada")
    assert b"w0rd" not in terminal.raw


def test_a_new_password_may_be_typed_twice_at_once(start, config):
    terminal = start("sign-up", "--config", config)
    for question, answer in [("E-mail:", "bea@cruddur.example"), ("Your name", "Bea"), ("Your handle:", "bea")]:
        terminal.wait_for(question)
        terminal.type(answer + "\r")
    terminal.wait_for("New password:")
    terminal.type("Passw0rd!\rPassw0rd?\rPassw0rd!\rPassw0rd!\r")
    terminal.wait_for("The account is made")
    assert "The two passwords are not the same." in terminal.text
    assert b"w0rd" not in terminal.raw


def test_a_password_is_not_seen_and_may_be_corrected(asked):
    terminal, before = asked
    terminal.type("all wrong\x15Passw\u00fc\x7f0rd?\x7f!\r")
    terminal.wait_for("Signed in as @ada")
    assert terminal.wait_for_exit() == 0
    assert b"w0rd" not in terminal.raw and b"wrong" not in terminal.raw
    assert termios.tcgetattr(terminal.fd)[ECHO] == before[ECHO]


@pytest.mark.parametrize("end", ["\x03", "\x04", signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_whatever_ends_the_question_the_terminal_is_as_it_was_and_nothing_is_kept(asked, folder, end):
    terminal, before = asked
    if isinstance(end, str):
        terminal.type(end)
    else:
        terminal.signal(end)
    assert terminal.wait_for_exit() != 0
    assert termios.tcgetattr(terminal.fd)[ECHO] == before[ECHO]
    assert kept(folder) == []


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_question_however_early_it_comes(start, config, end):
    for _ in range(8):
        terminal = start("login", "--config", config, "--flow", "password", "--username", "ada")
        terminal.wait(lambda t: not is_shown(t), "no echo")
        terminal.signal(end)
        assert terminal.wait_for_exit() != 0
        assert is_shown(terminal)


def test_from_nobody_to_the_first_sign_in_and_a_forgotten_password(cruddur, system, folder):
    email = "grace@cruddur.example"
    made = cruddur(
        "sign-up", "--email", email, "--name", "Grace Hopper", "--handle", "@grace", "--flow", "password",
        input="short\n" + PASSWORD + "\n")
    # The pool says what a password must be; without a code at hand, it may be confirmed later.
    assert made.returncode == 0, made.stderr
    assert "does not take that password" in made.stderr and f"cruddur confirm --username {email}" in made.stdout
    user = system.cognito.admin_get_user(UserPoolId=system.pool, Username=email)
    attributes = {a["Name"]: a["Value"] for a in user["UserAttributes"]}
    assert attributes["preferred_username"] == "grace" and attributes["name"] == "Grace Hopper"
    again = cruddur("sign-up", "--email", email, "--name", "G", "--handle", "g", CRUDDUR_PASSWORD=PASSWORD)
    assert again.returncode == 1 and "cruddur recover" in again.stderr

    # Who is not confirmed is led there, and is in afterwards.
    login = ["login", "--username", email, "--flow", "password"]
    early = cruddur(*login, input=PASSWORD + "\n")
    assert early.returncode == 1 and "cruddur confirm" in early.stderr and kept(folder) == []
    done = cruddur(*login, input=PASSWORD + "\n123456\n")
    assert done.returncode == 0 and "Signed in as @grace" in done.stdout, done.stderr
    assert json.loads(cruddur("whoami", "--json").stdout)["handle"] == "grace"

    forgotten = cruddur("recover", "--username", email, "--flow", "password", input="123456\nN3w-Passw0rd!\n")
    assert forgotten.returncode == 0 and "Signed in as @grace" in forgotten.stdout, forgotten.stderr
    assert cruddur(*login, input=PASSWORD + "\n").returncode == 1
    assert cruddur(*login, input="N3w-Passw0rd!\n").returncode == 0
    for run in (made, again, early, done, forgotten):
        assert "assw0rd" not in run.stdout + run.stderr


@pytest.mark.parametrize("arguments, words", [
    (["sign-up", "--email", "nobody", "--name", "N", "--handle", "n"], '--email "nobody" is no e-mail address'),
    (["sign-up", "--email", "n@e", "--name", "N", "--handle", "a b"], '--handle "a b" is no handle'),
    (["confirm", "--username", "n", "--code", "1", "--resend"], "--resend"),
])
def test_what_cannot_be_is_refused_before_anybody_is_asked(cruddur, arguments, words):
    done = cruddur(*arguments, "--set", "cognito.endpoint=http://127.0.0.1:1", CRUDDUR_PASSWORD=PASSWORD)
    assert done.returncode == 64 and words in done.stderr, done.stderr


@pytest.fixture
def ended(cruddur, config, folder, system):
    """Ada has signed in, has talked with Bob, and her tokens are good no more."""
    assert cruddur("login", "--username", "ada", "--flow", "password", input=PASSWORD + "\n").returncode == 0
    assert cruddur("send", "@bob", "before the end").returncode == 0
    path, = kept(folder)
    content = json.load(open(path))
    content["access_token"] = content["access_token"][:-4] + "AAAA"
    content["refresh_token"] = "spent"
    with open(path, "w") as file:
        json.dump(content, file)
    return config


def test_signed_out_is_a_form_in_front_of_the_chat_and_all_that_was_written_stays(start, ended, cruddur):
    terminal = start("--config", ended, width=120)
    terminal.wait_for("Sign in")
    terminal.wait_for("before the end")
    terminal.type("\x1b")
    terminal.wait(lambda t: "Password:" not in t.text, "the chat")
    terminal.type("written while signed out\r")
    terminal.wait_for("1 message waits")
    terminal.type("\x0f")
    terminal.wait_for("Password:")
    assert "ada" in terminal.text
    terminal.type(PASSWORD + "\r")
    terminal.wait(lambda t: "Password:" not in t.text and "waits" not in t.text and "connected" in t.lines[-1], "the message", 180)
    assert b"w0rd" not in terminal.raw
    terminal.type("\x11")
    assert terminal.wait_for_exit() == 0
    told = cruddur("messages", "@bob")
    assert "written while signed out" in told.stdout, told.stderr


def test_every_key_of_the_form(start, ended):
    terminal = start("--config", ended, width=120)
    terminal.wait_for("Password:")
    row = terminal.screen.cursor.y
    for key, command in keys("form"):
        if command == "choice-up":
            terminal.type(sent(key))
            terminal.wait(lambda t: t.screen.cursor.y < row, f"{key} goes up")
            terminal.type("\x1b[B")
            terminal.wait(lambda t: t.screen.cursor.y == row, "down again")
    terminal.type("\x1b[A\x15")
    terminal.wait(lambda t: t.screen.cursor.y < row, "the name")
    try_edits(terminal, "form", ": ")
    terminal.type("\x1b[B")
    for key, command in keys("form"):
        if command == "close":
            terminal.wait_for("Password:")
            terminal.type(sent(key))
            terminal.wait(lambda t: "Password:" not in t.text, f"{key} closes it")
            terminal.type("\x0f")


def test_a_running_chat_takes_up_what_login_keeps_in_another_terminal(start, ended, cruddur):
    terminal = start("--config", ended, width=120)
    terminal.wait_for("Password:")
    terminal.type("half a passw")
    assert cruddur("login", "--username", "ada", "--flow", "password", input=PASSWORD + "\n").returncode == 0
    terminal.wait_for("You are signed in again")
    terminal.type("ord\r")
    terminal.wait(lambda t: "Sign in" not in t.text and "connected" in t.lines[-1], "the chat")
    assert "ord" not in terminal.lines[-2]


def test_somebody_elses_tokens_are_not_taken_up(start, ended, cruddur):
    terminal = start("--config", ended, width=120)
    terminal.wait_for("Password:")
    assert cruddur("login", "--username", "bob", "--flow", "password", input=PASSWORD + "\n").returncode == 0
    terminal.type("\x1b")
    terminal.wait_for("@bob has signed in here")
    assert "@ada" in terminal.lines[-1]


def test_without_a_token_the_chat_asks_before_its_first_screen(start, config):
    terminal = start("--config", config, width=120)
    terminal.wait_for("You are signed out, at")
    terminal.wait_for("E-mail or user name:")
    terminal.type("ada\r")
    terminal.wait_for("Password:")
    terminal.type(PASSWORD + "\r")
    terminal.wait(lambda t: "connected" in t.lines[-1], "the chat", 180)


def test_tokens_that_others_can_read_are_warned_of_and_a_command_may_print_them(cruddur, config, system, folder):
    settings = json.load(open(config))
    tokens = system.tokens("ada")
    with open(folder + "/token", "w") as file:
        file.write(tokens["AccessToken"])
    settings["tokens"] = {"command": f"cat {folder}/token"}
    with open(config, "w") as file:
        json.dump(settings, file)
    os.chmod(config, 0o644)
    plain = cruddur("groups")
    assert plain.returncode == 0 and "chmod" not in plain.stderr, plain.stderr
    assert "tokens.command" in cruddur("login", "--username", "ada", input=PASSWORD + "\n").stderr
    settings["tokens"] = {"access_token": tokens["AccessToken"]}
    with open(config, "w") as file:
        json.dump(settings, file)
    warned = cruddur("groups")
    assert warned.returncode == 0 and "chmod 600 ~/config.json" in warned.stderr

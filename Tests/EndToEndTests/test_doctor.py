"""cruddur doctor: what is wrong, in a line each, and nothing that names anybody."""

import email.utils
import json
import os
import threading
import time

import pytest

from hostile import HTML, closed_port, token

AREAS = ["config", "permissions", "proxy", "dns", "tls", "backend", "clock", "token", "identity", "groups", "messages",
         "traps", "stream", "terminal"]


@pytest.fixture
def doctor(run, folder, backend):
    """What it says of each area; `done` is how it ended."""

    def doctor(*arguments, env=None, **changes):
        path = backend.configuration(folder, **changes)
        os.chmod(path, 0o600)
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        done = run("doctor", "--json", "--config", path, *arguments, env={**environment, **(env or {})})
        assert done.stdout, done.stderr
        told = json.loads(done.stdout)
        assert [check["area"] for check in told["checks"]] == AREAS
        for check in told["checks"]:
            assert check["verdict"] in ("ok", "warning", "problem", "skipped")
            if check["verdict"] in ("warning", "problem"):
                assert check["advice"], check
        doctor.done = done
        return {check["area"]: check for check in told["checks"]}

    return doctor


def test_a_backend_that_is_well_has_nothing_but_ok(doctor, backend):
    date = {"Date": email.utils.formatdate(usegmt=True)}
    backend.rule("health-check", headers=date)
    told = doctor()
    assert {check["verdict"] for area, check in told.items() if area != "terminal"} == {"ok"}
    assert doctor.done.returncode == 0
    assert told["groups"]["text"] == "3 groups" and told["messages"]["text"] == "3 messages in the newest 3 conversations"
    # Nothing was written anywhere.
    assert not backend.requests("^POST /api")


def test_it_names_nobody_and_shows_no_token(doctor, backend, folder):
    backend.say("bob", "a text that is private")
    access = token(sub="secret-sub", username="londo@cruddur.example", email="londo@cruddur.example", token_use="access",
                   exp=4_000_000_000)
    identity = token(sub="secret-sub", preferred_username="secrethandle", email="londo@cruddur.example")
    told = doctor(tokens={"access_token": access, "id_token": identity, "refresh_token": "secret-refresh"},
                  env={"HTTPS_PROXY": "http://user:secret-password@proxy.example:3128"})
    assert told["identity"]["verdict"] == "ok"
    said = doctor.done.stdout + doctor.done.stderr
    for secret in ["secret", "eyJ", "londo", "private", "bob", "lena", "tomasz", "Example", "welcome", folder,
                   *[group.uuid for group in backend.groups]]:
        assert secret not in said, secret


@pytest.mark.parametrize("fault, area, words", [
    (dict(pattern="GET /", status=502), "backend", "answers 502"),
    (dict(pattern="GET /", status=503), "backend", "answers 503"),
    (dict(pattern="message_groups$", status=401), "groups", "does not accept your access token"),
    (dict(pattern="message_groups$", status=404), "groups", "404"),
    (dict(pattern="message_groups$", status=500), "groups", "(500)"),
    (dict(pattern="message_groups$", status=302, headers={"Location": "/login"}), "groups", "sends us elsewhere"),
    (dict(pattern="message_groups$", body=b"<html>"), "groups", "HTML"),
    (dict(pattern="/api/messages/", status=500), "messages", "(500)"),
])
def test_each_fault_is_a_problem_in_its_line_and_the_code_says_so(doctor, backend, fault, area, words):
    backend.rule(**fault)
    told = doctor()
    assert told[area]["verdict"] == "problem" and words in told[area]["text"], told[area]
    assert doctor.done.returncode == 2
    assert "Traceback" not in doctor.done.stderr


def test_a_backend_that_is_not_there_is_said_once_and_the_rest_is_skipped(doctor):
    told = doctor(backend_url=f"http://127.0.0.1:{closed_port()}")
    assert told["backend"]["verdict"] == "problem" and "connection refused" in told["backend"]["text"]
    assert {told[area]["verdict"] for area in AREAS[6:13]} == {"skipped"}
    assert doctor.done.returncode == 2


def test_a_name_without_an_address_is_said(doctor):
    told = doctor(backend_url="https://nowhere.invalid")
    assert told["dns"]["verdict"] == "problem" and "nowhere.invalid has no address" in told["dns"]["text"]


@pytest.mark.parametrize("ahead, verdict", [(0, "ok"), (90, "warning"), (7200, "problem")])
def test_a_clock_that_is_off_is_told_by_how_much(doctor, backend, ahead, verdict):
    backend.rule("health-check", headers={"Date": email.utils.formatdate(time.time() - ahead, usegmt=True)})
    told = doctor()
    assert told["clock"]["verdict"] == verdict
    assert verdict == "ok" or "ahead of the backend's" in told["clock"]["text"]


def test_warnings_are_an_error_only_if_one_says_so(doctor, backend):
    backend.rule("health-check", headers={"Date": "Sun, 99 Nov 1994 08:49:37 GMT"})
    told = doctor(handle=None, tokens={"access_token": "no-jwt"})
    assert told["token"]["verdict"] == "warning" and doctor.done.returncode == 0
    doctor("--strict", tokens={"access_token": "no-jwt"})
    assert doctor.done.returncode == 1


def test_the_traps_of_a_backend_are_told(doctor, backend):
    backend.is_naive = True
    for number in range(30):
        backend.say("bob", f"message {number}")
    told = doctor()["traps"]["text"]
    for trap in ["times with and without offset", "lists the newest 20 messages", "no long poll", "no ETag", "errors in HTML",
                 "an unknown handle is answered with 404"]:
        assert trap in told, told
    backend.rows, backend.tags, backend.is_naive = 50, "strong", False
    for number in range(50):
        backend.say("lena", f"message {number}")
    told = doctor()["traps"]["text"]
    assert "lists the newest 50 messages" in told and "holds answers until there is news" in told and "no ETag" not in told


def test_people_who_cannot_be_looked_up_are_a_warning(doctor, backend):
    backend.rule("/short", status=500)
    told = doctor()["traps"]
    assert told["verdict"] == "warning" and "people cannot be looked up (500)" in told["text"]


def test_a_stream_that_has_failed_is_told(doctor, backend):
    backend.stream_works = False
    backend.say("bob", "the row does not move", off=60)
    told = doctor()["stream"]
    assert told["verdict"] == "warning" and "1 of the newest 3 conversations" in told["text"]


def test_rows_that_cannot_be_read_are_a_warning(doctor, backend):
    backend.rule("message_groups$", body=b'[{"uuid": 1}, 2, null]')
    assert doctor()["groups"]["text"] == "0 groups, and 3 rows that cannot be read"


def test_a_file_that_others_can_read_is_named_with_what_mends_it(run, folder, backend):
    path = backend.configuration(folder)
    os.chmod(path, 0o644)
    done = run("doctor", "--config", path)
    assert "warning  permissions  ~/config.json can be read or written by others (644)" in done.stdout
    assert "-> chmod 600 ~/config.json" in done.stdout


def test_whoever_is_not_signed_in_is_told_how(run, folder, backend):
    path = folder + "/c.json"
    json.dump({"backend_url": backend.url}, open(path, "w"))
    os.chmod(path, 0o600)
    done = run("doctor", "--config", path)
    assert done.returncode == 2
    assert "PROBLEM  token" in done.stdout and "cruddur login" in done.stdout and "skipped  groups       no token" in done.stdout


@pytest.mark.parametrize("content, words", [
    ("{ broken", "is not JSON"), ('{"backend": 1}', "there is no setting backend"), ('{"backend_url": "a\\u001b\\u202e"}', "URL"),
    ('{"profiles": {"a": {}, "b": {}}}', "no profile is chosen"), ("", "is not JSON"),
])
def test_a_wrong_configuration_is_the_first_line_and_the_rest_is_skipped(run, folder, content, words):
    path = folder + "/c.json"
    open(path, "w").write(content)
    os.chmod(path, 0o600)
    done = run("doctor", "--config", path)
    assert done.returncode == 2 and words in done.stdout.splitlines()[0]
    assert "skipped  backend      no configuration" in done.stdout
    assert "\x1b" not in done.stdout and "\u202e" not in done.stdout


@pytest.mark.parametrize("content", [
    '{"backend_url": "https://londo:secret@x.example"}', '{"backend_url": "eyJ%s"}' % ("x" * 300),
    '{"eyJ%s-secret": 1}' % ("x" * 300), '{"eyJ%s-secret" 1}' % ("x" * 300), '{"profile": "eyJ%s-secret", "profiles": {}}' % ("x" * 300),
    '{"tokens": {"access_token": "eyJ secret"}, "backend_url": "https://x.example"}', '{"handle": "secret" "eyJ"}',
])
def test_what_was_put_into_a_wrong_place_is_not_repeated(run, folder, content):
    path = folder + "/c.json"
    open(path, "w").write(content)
    done = run("doctor", "--config", path)
    assert done.returncode == 2 and "PROBLEM  config" in done.stdout
    assert "secret" not in done.stdout and "x" * 100 not in done.stdout and "londo" not in done.stdout


def test_a_pipe_that_nobody_writes_into_does_not_hold_it_up(run, folder):
    os.mkfifo(folder + "/pipe")
    done = run("doctor", "--config", folder + "/pipe")
    assert done.returncode == 2 and "nobody has written into it" in done.stdout


def test_a_pipe_with_a_configuration_is_read(run, folder, backend):
    os.mkfifo(folder + "/pipe")
    content = open(backend.configuration(folder)).read()
    threading.Thread(target=lambda: open(folder + "/pipe", "w").write(content), daemon=True).start()
    assert "3 groups" in run("doctor", "--config", folder + "/pipe").stdout


def test_a_backend_that_is_silent_does_not_hold_it_up(run, folder, backend):
    backend.rule("message_groups$", stall=3)
    path = backend.configuration(folder)
    done = run("doctor", "--config", path)
    assert done.returncode == 2 and "PROBLEM  groups" in done.stdout and "skipped  stream" in done.stdout


def test_on_a_terminal_it_says_what_the_terminal_is_and_leaves_it_as_it_was(start, folder, backend):
    path = backend.configuration(folder)
    os.chmod(path, 0o600)
    terminal = start("doctor", "--config", path, width=120, height=40)
    modes = terminal.modes
    terminal.wait_for("terminal")
    terminal.wait_for_exit()
    line = next(line for line in terminal.lines if " terminal " in line)
    assert "screen-256color, 120x40, 256 colours, UTF-8" in line, line
    assert "kinds of emoji as wide as planned" in line
    assert "waiting" not in terminal.text
    assert terminal.modes[:4] == modes[:4]
    other = start("doctor", "--config", path, width=120, env={"TERM": "nonsense"})
    other.wait_for("is not known here")
    assert os.WEXITSTATUS(other.wait_for_exit()) == 2


def test_the_demo_is_well(demo, run, folder):
    demo()
    done = run("doctor", "--config", folder + "/config-nia.json")
    assert done.returncode == 0, done.stdout
    assert "holds answers until there is news" in done.stdout and "PROBLEM" not in done.stdout
    assert "nia" not in done.stdout.replace("config-nia.json", "")


def test_it_is_logged_as_well_and_a_log_that_cannot_be_is_a_problem(run, folder, backend):
    path = backend.configuration(folder)
    assert run("doctor", "--config", path, "--log", folder + "/doctor.log").returncode == 0
    asked = [json.loads(line)["path"] for line in open(folder + "/doctor.log")]
    assert "/api/health-check" in asked and "/api/message_groups" in asked
    done = run("doctor", "--config", path, "--log", folder)
    assert done.returncode == 2 and "cannot be written: it is a folder" in done.stdout.splitlines()[0]

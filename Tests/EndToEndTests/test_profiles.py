"""Several backends in one configuration, and the log."""

import json
import os
import stat

import pytest

from hostile import Backend, token
from terminal import BINARY, kept_under


@pytest.fixture
def two(folder):
    """Two backends; @me talks with other people on each."""
    backends = {"local": Backend(people=("bob",)), "prod": Backend(people=("lena",))}
    yield backends
    for backend in backends.values():
        backend.close()


def profile(backend, **changes):
    return {
        "backend_url": backend.url,
        "tokens": {
            "access_token": token(sub=f"me-{backend.port}", token_use="access", exp=4_000_000_000),
            "id_token": token(sub=f"me-{backend.port}", preferred_username="me"),
        },
        **changes,
    }


def write(folder, settings, name="config.json"):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(settings if isinstance(settings, str) else json.dumps(settings, indent=1))
    os.chmod(path, 0o600)
    return path


@pytest.fixture
def config(folder, two):
    return write(folder, {"profile": "local", "profiles": {
        "local": profile(two["local"]), "prod": profile(two["prod"], production=True), "out": {"backend_url": "https://x.example"},
    }})


def test_each_profile_has_its_own_backend_history_and_tokens(run, two, config, folder):
    assert "bob says welcome" in run("groups", "--config", config).stdout
    assert "lena says welcome" in run("groups", "--config", config, "--profile", "prod").stdout
    chosen = run("groups", "--config", config, env={**os.environ, "CRUDDUR_PROFILE": "prod"})
    assert "lena says welcome" in chosen.stdout and "bob" not in chosen.stdout
    # What one has kept the other does not find.
    assert run("search", "welcome", "--config", config, "--profile", "prod").stdout.count("lena") >= 0
    assert "bob" not in run("search", "welcome", "--config", config, "--profile", "prod").stdout
    histories = [name for name in os.listdir(folder + "/.local/share/cruddur/history") if name.endswith(".sqlite")]
    assert len(histories) == 2
    # No token has been anywhere but at home.
    for name, backend in two.items():
        tokens = {request.headers.get("authorization") for request in backend.requests("/api/message")}
        assert len(tokens) == 1
    assert {r.headers.get("authorization") for r in two["local"].requests("/api/message")}.isdisjoint(
        {r.headers.get("authorization") for r in two["prod"].requests("/api/message")})


def test_profiles_are_listed_for_people_and_for_scripts(run, config, two):
    lines = run("profiles", "--config", config).stdout.splitlines()
    assert lines[0].startswith("* local") and two["local"].url in lines[0] and "@me" in lines[0] and "signed in" in lines[0]
    assert lines[1].startswith("  prod") and "PRODUCTION" in lines[1]
    assert "signed out" in lines[2]
    listed = json.loads(run("profiles", "--json", "--config", config).stdout)
    assert [(p["name"], p["default"], p["production"], p["signed_in"]) for p in listed] == [
        ("local", True, False, True), ("prod", False, True, True), ("out", False, False, False)]
    assert "eyJ" not in json.dumps(listed)


def test_the_chat_names_its_profile_and_production_by_a_word(start, config):
    terminal = start("--config", config, "--profile", "prod", width=120)
    terminal.wait(lambda t: "PRODUCTION · connected · prod · @me" in t.lines[-1], "the status line")
    other = start("--config", config, width=120)
    other.wait(lambda t: "connected · local · @me" in t.lines[-1], "the status line")
    assert "PRODUCTION" not in other.text


@pytest.mark.parametrize("content, complaint", [
    ('{"profiles": {"a": }', "line 1, column 20"),
    ('{"profiles": {"a": {"backend": 1}}}', "there is no setting profiles.a.backend"),
    ('{"profiles": {"a\\u0000b": {}}}', "is no name for a profile"),
    ('{"profiles": {"a\\u001b[31mb": {}}}', "is no name for a profile"),
    ('{"profiles": {"a\\u202eb": {}}}', "is no name for a profile"),
    ('{"profiles": {"a": 1}}', "profiles.a has a value of the wrong type"),
    ('{"profiles": {"a": {}, "a": {}}}', "profiles.a is set a second time"),
    ('{"profile": "b", "profiles": {"a": {}}}', "there is no profile b in"),
    ('{"profiles": {"a": {}, "b": {}}}', "no profile is chosen"),
    ("\xff\x00", "is not JSON"),
])
@pytest.mark.parametrize("command", [["groups"], ["profiles"], ["doctor"]])
def test_what_is_wrong_is_said_with_its_place(run, folder, content, complaint, command):
    path = write(folder, content)
    done = run(*command, "--config", path)
    said = done.stderr + done.stdout
    if command == ["profiles"] and complaint == "no profile is chosen":
        assert done.returncode == 0 and "cannot be used: backend_url is not set" in said
    else:
        assert done.returncode in (1, 2), said
        assert complaint in said
    assert all(character == "\n" or character >= " " for character in said) and "\u202e" not in said
    assert open(path).read() == content


def test_an_unknown_profile_names_those_there_are(run, config):
    for command in ["groups", "profiles", "search"]:
        done = run(command, *(["x"] if command == "search" else []), "--config", config, "--profile", "stagin")
        assert done.returncode == 1
        assert "--profile: there is no profile stagin in" in done.stderr and "There are: local, prod, out." in done.stderr
    hostile = run("groups", "--config", config, "--profile", "a\x1b[31m\u202eb")
    assert hostile.returncode == 1 and "is no name for a profile" in hostile.stderr
    assert "\x1b" not in hostile.stderr and "\u202e" not in hostile.stderr


def test_two_thousand_profiles_are_read(run, folder, two):
    profiles = {f"p{number}": {"backend_url": f"https://p{number}.example"} for number in range(2000)}
    path = write(folder, {"profile": "last", "profiles": {**profiles, "last": profile(two["prod"])}})
    assert "lena" in run("groups", "--config", path).stdout
    assert len(run("profiles", "--config", path).stdout.splitlines()) == 2001
    unknown = run("groups", "--config", path, "--profile", "p")
    assert "and 1981 more; cruddur profiles lists them" in unknown.stderr


def test_a_value_of_set_is_refused_by_the_name_under_which_it_was_given(run, config):
    for option, complaint in [
        ("polling.idle_seconds=soon", "--set polling.idle_seconds: polling.idle_seconds \"soon\" is not a number"),
        ("log.level=loud", "--set log.level: log.level \"loud\" is no level: there are debug, info, warning, error"),
        ("log.file=relative", "--log: log.file"),
    ]:
        done = run("groups", "--config", config, "--set", option)
        assert done.returncode == 1 and complaint in done.stderr, done.stderr


def test_a_configuration_without_permission_is_said(run, config, folder):
    os.chmod(config, 0)
    os.chmod(folder, 0o777)
    # root reads everything.
    somebody = {"user": 65534} if os.geteuid() == 0 else {}
    for command in ["profiles", "groups", "doctor", "init"]:
        done = run(command, "--config", config, **somebody)
        said = done.stdout + done.stderr
        assert done.returncode in (1, 2) and "cannot be read: you may not read it" in said, said


# The log


def lines(path):
    return [json.loads(line) for line in open(path)]


def test_the_log_tells_what_was_asked_and_sent_and_no_text_or_token(run, config, folder, two):
    path = folder + "/logs.log"
    sent = run("send", "bob", "a secret text", "--config", config, "--log", path, "--set", "log.level=debug")
    assert sent.returncode == 0, sent.stderr
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    written = lines(path)
    assert written[0]["message"] == "command begins" and written[0]["version"] and written[0]["profile"] == "local"
    assert written[-1]["message"] == "command ends"
    post = next(line for line in written if line.get("method") == "POST")
    assert post["path"] == "/api/messages" and post["status"] == "200" and int(post["bytes"]) > 0 and float(post["seconds"]) >= 0
    states = [line["message"] for line in written if line["message"].startswith("message ")]
    assert states == ["message sending", "message sent"]
    assert any(line["message"] == "poll" and line["level"] == "debug" for line in written)
    text = open(path).read()
    assert "secret" not in text and "welcome" not in text and "eyJ" not in text and "Bearer" not in text


def test_a_log_without_a_name_is_in_the_state_folder_and_goes_on(run, config, folder):
    for _ in range(2):
        assert run("groups", "--config", config, "--log").returncode == 0
    path = folder + "/.local/state/cruddur/cruddur.log"
    assert [line["message"] for line in lines(path)].count("command begins") == 2
    assert not any(line["message"] == "poll" for line in lines(path))
    assert stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
    # From the configuration as well.
    settings = json.load(open(config))
    settings["log"] = {"file": "~/own.log", "level": "error"}
    assert run("groups", "--config", write(folder, settings)).returncode == 0
    assert lines(folder + "/own.log") == []


def test_a_refreshed_and_a_refused_token_are_logged_and_not_shown(run, folder, two):
    backend = two["local"]
    tokens = {"access_token": token(sub="me", exp=1000), "refresh_token": "secret-refresh-token"}
    path = write(folder, profile(
        backend, tokens=tokens, history={"path": folder + "/h.sqlite"}, cognito={"client_id": "c", "endpoint": backend.url}))
    log = folder + "/tokens.log"
    assert run("groups", "--config", path, "--log", log, "--set", "log.level=debug").returncode == 0
    written = lines(log)
    assert any(line["message"] == "token refreshed" for line in written)
    assert any(line.get("action") == "InitiateAuth" and line["status"] == "200" for line in written)
    for kept in kept_under(folder):
        os.unlink(kept)
    backend.rule("^POST /$", status=400, body=b'{"__type": "NotAuthorizedException", "message": "secret words"}')
    run("groups", "--config", path, "--log", log, "--set", "log.level=debug")
    assert any(line["message"] == "token not refreshed" and line["level"] == "warning" for line in lines(log))
    said = open(log).read()
    assert "secret" not in said and "eyJ" not in said


def test_faults_are_logged_without_what_the_server_wrote(run, config, folder, two):
    two["local"].rule("message_groups", status=422, body=b'["my secret text came back"]')
    path = folder + "/faults.log"
    assert run("groups", "--config", config, "--log", path, "--set", "log.level=debug").returncode == 3
    assert any(line.get("status") == "422" and line["level"] == "warning" for line in lines(path))
    assert any("rejected" in line.get("outcome", "") for line in lines(path))
    assert lines(path)[-1]["message"] == "command ends with an error"
    assert "secret" not in open(path).read()


@pytest.mark.parametrize("place, complaint", [
    ("folder", "it is a folder"), ("pipe", "it is no file"), ("link", "it is a link"), ("none/x.log", "there is no such folder"),
])
def test_what_can_be_no_log_is_said_before_anything_begins(run, config, folder, two, place, complaint):
    os.mkdir(folder + "/folder")
    os.mkfifo(folder + "/pipe")
    os.symlink(folder + "/target", folder + "/link")
    done = run("groups", "--config", config, "--log", f"{folder}/{place}")
    assert done.returncode == 1 and complaint in done.stderr and "log.file" in done.stderr
    assert not two["local"].requests("message_groups")
    assert not os.path.exists(folder + "/target")


def test_a_full_disk_under_the_log_ends_nothing(run, config, start, small_disk):
    with open(small_disk + "/filler", "wb") as filler:
        try:
            while True:
                filler.write(b"x" * 65_536)
                filler.flush()
        except OSError:
            pass
    path = small_disk + "/cruddur.log"
    assert "bob" in run("groups", "--config", config, "--log", path).stdout
    terminal = start("--config", config, "--log", path, "--set", "log.level=debug", width=120)
    terminal.wait(lambda t: "connected" in t.lines[-1], "the chat")
    terminal.wait_for_polls(2)
    # When there is room again, it says what is missing.
    os.unlink(small_disk + "/filler")
    terminal.wait_for_polls(2)
    terminal.wait(lambda _: "log lines could not be written" in open(path).read(), "the notice")


def test_a_command_behind_log_is_not_taken_for_its_file(run, config, folder):
    done = run("--log", "groups", "--config", config, cwd=folder)
    assert done.returncode == 64 and "a file of that name is ./groups" in done.stderr
    assert not os.path.exists(folder + "/groups")
    assert run("groups", "--config", config, "--log", "./groups", cwd=folder).returncode == 0
    assert os.path.exists(folder + "/groups")

"""cruddur against a backend of one's own: settings, faults, scripts."""

import json
import os

from hostile import closed_port
from terminal import kept_under, rows_of


def write(folder, settings):
    path = os.path.join(folder, "config.json")
    with open(path, "w") as file:
        json.dump(settings, file)
    return path


def test_the_first_start_says_what_is_missing_and_where(run, folder):
    result = run(env={"HOME": folder, "PATH": os.environ["PATH"]})
    assert result.returncode != 0
    assert "backend_url is not set" in result.stderr
    assert folder + "/.config/cruddur/config.json" in result.stderr
    assert "cruddur demo" in result.stderr


def test_a_server_that_is_not_there_is_said_with_the_next_try_and_nothing_typed_is_lost(start, folder):
    path = write(folder, {"backend_url": f"http://127.0.0.1:{closed_port()}", "tokens": {"access_token": "t"}})
    terminal = start("--config", path, width=140)
    terminal.wait_for("offline since")
    assert "connection refused" in terminal.text and "next try" in terminal.text
    terminal.type("typed while offline")
    terminal.wait_for("typed while offline")
    terminal.type("\r")
    terminal.wait_for("No conversation is open")
    assert "typed while offline" in terminal.text


def test_an_expired_token_is_said_in_words(demo, start, folder):
    demo()
    settings = json.load(open(folder + "/config-nia.json"))
    settings["tokens"] = {"access_token": settings["tokens"]["access_token"][:-4] + "AAAA"}
    terminal = start("--config", write(folder, settings), width=120)
    terminal.wait_for("the server does not accept your access token")


def test_scripts_read_and_send(demo, run, folder):
    demo()
    config = ["--config", folder + "/config-nia.json"]
    groups = rows_of(run("groups", "--json", *config).stdout)
    assert {group["handle"] for group in groups} == {"mei", "tomasz"}
    sent = run("send", "@tomasz", "from a script: “ü”", *config)
    assert sent.returncode == 0 and sent.stdout == ""
    messages = rows_of(run("messages", "tomasz", "--json", *config).stdout)
    assert messages[-1]["message"] == "from a script: “ü”" and messages[-1]["own"]
    assert "from a script: “ü”" in run("messages", "tomasz", *config).stdout


def test_scripts_can_trust_the_exit_code(demo, run, folder):
    demo()
    config = ["--config", folder + "/config-nia.json"]
    for command, complaint in [
        (["send", "nobody", "hi"], "nobody has the handle @nobody"),
        (["send", "tomasz", "  "], "blank"),
        (["send", "tomasz", "x" * 1025], "too long by 1"),
        (["messages", "lena"], "no conversation with lena"),
    ]:
        result = run(*command, *config)
        assert result.returncode != 0 and complaint in result.stderr, result.stderr
        assert result.stdout == ""
    offline = run("groups", *config, "--backend-url", f"http://127.0.0.1:{closed_port()}")
    assert offline.returncode != 0 and "connection refused" in offline.stderr


def test_a_configuration_comes_from_a_pipe_and_its_token_with_a_line_end(demo, run, folder):
    demo()
    settings = json.load(open(folder + "/config-nia.json"))
    token = settings["tokens"].pop("access_token")
    settings["history"] = {"path": "~/own.sqlite"}
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as pipe:
        json.dump(settings, pipe)
    env = {**os.environ, "HOME": folder, "CRUDDUR_TOKENS_ACCESS_TOKEN": token + "\r\n"}
    result = run("groups", "--config", f"/dev/fd/{reading}", env=env, pass_fds=[reading])
    os.close(reading)
    assert result.returncode == 0, result.stderr
    assert "@mei" in result.stdout
    assert os.path.exists(folder + "/own.sqlite") and not os.path.exists("~")


def test_refreshed_tokens_are_there_the_next_time_and_the_configuration_is_never_written(demo, run, folder):
    demo()
    settings = json.load(open(folder + "/config-nia.json"))
    settings["tokens"]["access_token"] = "spent"
    settings["history"] = {"path": folder + "/own.sqlite"}
    path = write(folder, settings)
    written = open(path).read()
    assert run("groups", "--config", path).returncode == 0
    kept, = (path for path in kept_under(folder) if path.endswith(".json"))
    assert os.stat(kept).st_mode & 0o777 == 0o600
    first = open(kept).read()
    # Without Cognito: what was kept is enough.
    offline = run("groups", "--config", path, "--set", f"cognito.endpoint=http://127.0.0.1:{closed_port()}")
    assert offline.returncode == 0, offline.stderr
    assert open(kept).read() == first and open(path).read() == written
    # Another refresh token is obeyed, and it is Cognito that cannot be reached now.
    settings["tokens"]["refresh_token"] = "another"
    write(folder, settings)
    other = run("groups", "--config", path, "--set", f"cognito.endpoint=http://127.0.0.1:{closed_port()}")
    assert other.returncode != 0 and "cannot reach Cognito (connection refused)" in other.stderr, other.stderr


def test_an_address_or_a_token_that_cannot_be_is_refused_with_what_is_wrong(run, folder):
    path = write(folder, {"backend_url": "http://127.0.0.1:1", "tokens": {"access_token": "t"}})
    for options, env, complaint in [
        (["--backend-url", "http://127.0.0.1:65536"], {}, "a port is a number from 1 to 65535"),
        (["--backend-url", "http://127.0.0.1:99999999999"], {}, "a port is a number from 1 to 65535"),
        ([], {"CRUDDUR_TOKENS_ACCESS_TOKEN": "sec\x1bret"}, "tokens.access_token holds a character that no token has"),
        (["--set", "polling.groups_seconds=nan"], {}, "is not a number of seconds"),
    ]:
        result = run("groups", "--config", path, *options, env={**os.environ, **env})
        assert result.returncode == 1 or result.returncode == 64, result.stderr
        assert complaint in result.stderr and "\x1b" not in result.stderr and "sec" not in result.stderr.replace("seconds", "")

"""cruddur init: from an address to a configuration."""

import json
import os
import signal
import stat
import subprocess

import pytest

from hostile import closed_port
from terminal import BINARY

POOL = "us-east-1_aBcDeFgHi"
CLIENT = "5a1b2c3d4e5f6g7h8i9j0k1l2m"
PAGE = b"""<!doctype html><html><head><script defer src="/static/js/main.abc.js"></script></head><body></body></html>"""


def serve_page(site, backend, pool=POOL, client=CLIENT):
    """The page of a deployment, with its scripts, as build tools write them."""
    script = f'Auth:{{userPoolId:"{pool}",userPoolWebClientId:"{client}"}};fetch("".concat("{backend.url}","/api/message_groups"))'
    site.rule("^GET /(health|api/health-check)$", status=200, body=PAGE)
    site.rule("^GET /$", status=200, body=PAGE, headers={"Content-Type": "text/html"})
    site.rule("^GET /static/js/main.abc.js$", status=200, body=b"x" * 100_000 + script.encode() + b"\xff\x00")
    backend.rule("jwks.json$", status=200, body=b'{"keys": [{"kid": "k"}]}')


@pytest.fixture
def site():
    from hostile import Backend
    site = Backend()
    yield site
    site.close()


@pytest.fixture
def init(folder):
    def init(*arguments, answers="", env=None):
        return subprocess.run(
            [BINARY, "init", *arguments], capture_output=True, text=isinstance(answers, str), timeout=120, input=answers,
            env={**os.environ, **(env or {})})

    return init


def standard(folder):
    return folder + "/.config/cruddur/config.json"


def test_everything_is_found_in_the_page_and_shown_before_it_is_used(init, folder, site, backend):
    serve_page(site, backend)
    done = init(site.url, "--set", f"cognito.endpoint={backend.url}", answers="y\ny\n")
    assert done.returncode == 0, done.stderr
    for found in [f"backend     {backend.url}", f"user pool   {POOL}", f"app client  {CLIENT}", "its keys are there"]:
        assert found in done.stderr
    assert done.stderr.index("Use this?") < done.stderr.index("Write this to ~/.config/cruddur/config.json?")
    path = standard(folder)
    assert json.load(open(path)) == {
        "backend_url": backend.url,
        "cognito": {"user_pool_id": POOL, "client_id": CLIENT, "endpoint": backend.url},
    }
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600 and stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700
    assert os.listdir(os.path.dirname(path)) == ["config.json"]
    # It ends with how things stand.
    assert "ok       backend" in done.stdout and "cruddur login" in done.stderr + done.stdout
    # Nobody was told anything but where one looked.
    assert not any("authorization" in request.headers for request in site.log + backend.log)


def test_a_page_that_moved_is_followed_and_plain_http_is_not(init, folder, site, backend):
    serve_page(site, backend)
    backend.rule("^GET /(health|api/health-check)$", status=404, times=2)
    backend.rule("^GET /old$", status=301, headers={"Location": f"{site.url}/"})
    done = init(f"{backend.url}/old", "--set", f"cognito.endpoint={backend.url}", answers="y\n\n")
    assert POOL in done.stderr and done.returncode == 0, done.stderr


def test_what_is_not_found_is_asked_for(init, folder, backend):
    backend.rule("jwks.json$", status=200, body=b'{"keys": [{}]}')
    done = init("--set", f"cognito.endpoint={backend.url}", answers=f"{backend.url}\n{POOL}\n{CLIENT}\ny\n")
    assert done.returncode == 0, done.stderr
    assert json.load(open(standard(folder)))["cognito"]["client_id"] == CLIENT


def test_a_configuration_that_is_there_gets_a_profile_and_nothing_is_overwritten_without_asking(init, run, folder, backend):
    os.makedirs(os.path.dirname(standard(folder)))
    before = {"backend_url": "https://first.example", "handle": "nia"}
    json.dump(before, open(standard(folder), "w"))
    # No name: nothing changes.
    assert init(answers="").returncode == 1
    assert json.load(open(standard(folder))) == before
    assert init(answers=f"home\n{backend.url}\n\ny\n").returncode == 0
    settings = json.load(open(standard(folder)))
    assert settings == {**before, "profiles": {"home": {"backend_url": backend.url}}}
    # The same name again: asked, and no means no.
    declined = init("--profile", "home", "--production", answers="n\n")
    assert declined.returncode == 1 and "There is a profile home already" in declined.stderr
    assert "Nothing was written" in declined.stderr and json.load(open(standard(folder))) == settings
    replaced = init("--profile", "home", "--production", answers=f"y\n{backend.url}\n\ny\n")
    assert replaced.returncode == 0, replaced.stderr
    assert json.load(open(standard(folder)))["profiles"]["home"]["production"] is True
    assert "home" in run("profiles").stdout


def test_a_profile_in_a_new_file_is_the_one_that_is_used(init, run, folder, backend):
    assert init("--profile", "work", backend.url, answers="\n\n").returncode == 0
    assert json.load(open(standard(folder)))["profile"] == "work"
    assert "* work" in run("profiles").stdout


@pytest.mark.parametrize("given", range(5))
def test_whoever_stops_at_any_question_leaves_nothing(init, folder, site, backend, given):
    serve_page(site, backend)
    answers = [site.url, "n", backend.url, "", ""][:given]
    done = init("--set", f"cognito.endpoint={backend.url}", answers="".join(answer + "\n" for answer in answers))
    assert done.returncode == 1 and "Nothing was written" in done.stderr
    assert not os.path.exists(folder + "/.config")


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_ctrl_c_and_ctrl_d_at_a_question_leave_nothing(start, folder, backend, key):
    terminal = start("init")
    terminal.wait_for("The address of your Cruddur")
    terminal.type(backend.url + "\r")
    terminal.wait_for("The user pool")
    terminal.type("\r")
    terminal.wait_for("Write this to")
    terminal.type(key)
    status = terminal.wait_for_exit()
    assert os.WTERMSIG(status) == signal.SIGINT if key == "\x03" else os.WEXITSTATUS(status) == 1
    assert not os.path.exists(folder + "/.config")


@pytest.mark.parametrize("answer", [
    "", " ", "not an address", "ftp://x", "https://", "https://user:password@x.example", "http://x:99999", "\x1b[31m\u202e", "\x00",
])
def test_an_answer_that_is_none_is_asked_again_and_five_are_enough(init, folder, answer):
    done = init(answers=(answer + "\n") * 20)
    assert done.returncode == 1 and "five times over" in done.stderr
    assert "\x1b" not in done.stderr and "\u202e" not in done.stderr and "\x00" not in done.stderr
    assert not os.path.exists(folder + "/.config")


def test_answers_without_end_and_bytes_that_are_no_text_end_it(init, folder):
    assert "longer than 4096 bytes" in init(answers="x" * 1_000_000).stderr
    assert b"is not UTF-8 text" in init(answers=b"\xff\xfe\n").stderr
    assert not os.path.exists(folder + "/.config")


@pytest.mark.parametrize("option, complaint", [
    (["--profile", "a b"], "is no name for a profile"), (["--profile", "\u202e"], "is no name for a profile"),
    (["--set", "nothing=1"], "there is no setting nothing"), (["--set", "polling.groups_seconds=nan"], "is not a number of seconds"),
    (["--set", "tokens.access_token=x"], "everybody on this machine can read a command line"), (["--set", "x"], "write key=value"),
])
def test_what_is_wrong_with_an_option_is_said_before_anything_is_asked(init, folder, option, complaint):
    done = init(*option, answers="")
    assert done.returncode in (1, 64) and complaint in done.stderr and "The address" not in done.stderr


def test_a_backend_that_does_not_answer_is_kept_only_if_one_says_so(init, folder):
    url = f"http://127.0.0.1:{closed_port()}"
    refused = init(url, answers="n\n")
    assert refused.returncode == 1 and "connection refused" in refused.stderr
    assert not os.path.exists(folder + "/.config")
    kept = init(url, answers="y\n\ny\n")
    assert kept.returncode == 0, kept.stderr
    assert json.load(open(standard(folder))) == {"backend_url": url}


def test_a_pool_that_there_is_not_is_said(init, folder, backend):
    done = init(backend.url, "--set", f"cognito.endpoint={backend.url}", answers=f"{POOL}\nn\n\ny\n")
    assert "there is no such pool in us-east-1 (404)" in done.stderr and done.returncode == 0
    assert "user_pool_id" not in open(standard(folder)).read()


@pytest.mark.parametrize("kind", ["broken", "pipe", "folder"])
def test_what_is_there_and_is_no_configuration_is_left_alone(init, folder, kind):
    path = folder + "/config.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        os.mkdir(path)
    else:
        open(path, "w").write("{ broken")
    done = init("--config", path, answers="x\n" * 5)
    assert done.returncode == 1 and path in done.stderr and "The address" not in done.stderr
    if kind == "broken":
        assert open(path).read() == "{ broken"


def test_without_a_home_the_list_of_users_says_where_it_is(init, folder, backend):
    env = {"HOME": "", "XDG_CONFIG_HOME": folder + "/xdg"}
    assert init(backend.url, answers="\n\n", env=env).returncode == 0
    assert os.path.exists(folder + "/xdg/cruddur/config.json")


def test_a_page_that_never_ends_or_lies_is_bounded(init, folder, site, backend):
    site.rule("^GET /(health|api/health-check)$", status=404)
    # It leads to itself for ever.
    site.rule("^GET /loop$", status=302, headers={"Location": "/loop"})
    done = init(f"{site.url}/loop", answers="n\n")
    assert "sends us elsewhere" in done.stderr
    assert len(site.requests("GET /loop$")) < 10
    # Thousands of scripts, of which none is one.
    page = b"<html>" + b"".join(b'<script src="/s%d.js"></script>' % number for number in range(5000))
    site.rule("^GET /many$", status=200, body=page)
    init(f"{site.url}/many", answers="")
    assert len(site.requests(r"GET /s\d+.js")) <= 12

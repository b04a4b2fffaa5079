"""What is installed: packages in a fresh system, the tarball, manual pages, completions, and what a release is made of."""

import ctypes
import fcntl
import glob
import gzip
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import urllib.request
from datetime import datetime, timezone

import pytest

from system import OPS
from terminal import BINARY

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
VERSION = subprocess.run([ROOT + "/scripts/version"], capture_output=True, text=True, check=True).stdout.strip()
PROGRAMS = {"cruddur": BINARY, "cruddur-ops": OPS}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def needed(*programs):
    for program in programs:
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")


def once(tmp_path_factory, name, make):
    """A folder that is made once for all workers of a run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(f"{folder}.made"):
            folder.mkdir(exist_ok=True)
            make(str(folder))
            open(f"{folder}.made", "w").close()
    return str(folder)


def runtime():
    """Where the libraries of Swift's runtime are, for programs that do not hold it."""
    paths = re.findall(r"\(RUNPATH\).*\[(.*)\]", run("readelf", "-d", BINARY))
    return next((path for path in ":".join(paths).split(":") if os.path.exists(path + "/libswiftCore.so")), None)


@pytest.fixture(scope="session")
def release(tmp_path_factory):
    """A folder with all of a release, from the programs under test."""
    needed("dpkg-buildpackage", "dh", "patchelf")
    more = ["--runtime", runtime()] if runtime() else []
    return once(tmp_path_factory, "release", lambda folder: run(
        ROOT + "/scripts/release", "--draft", "--url", "https://cruddur.example/releases", "--output", folder, "--binaries",
        os.path.dirname(BINARY), "--compression", "none", *more))


@pytest.fixture(scope="session")
def manual(tmp_path_factory):
    """The folder of the manual pages."""
    return once(tmp_path_factory, "manual", lambda folder: run(
        ROOT + "/scripts/generate-manual", os.path.dirname(BINARY), folder))


# The manual


def described(program):
    return json.loads(run(PROGRAMS[program], "--experimental-dump-help"))["command"]


def commands(command, words):
    """Every command that is shown: its words and itself."""
    yield words, command
    for child in command.get("subcommands") or []:
        if child["shouldDisplay"] and child["commandName"] != "help":
            yield from commands(child, [*words, child["commandName"]])


def page_of(manual, words):
    """A page as somebody reads it, in one line."""
    source = open(f"{manual}/man1/{'-'.join(words)}.1").read()
    text = re.sub(r"\\f[BIR]|\\&", "", source).replace("\\-", "-").replace("\\(aq", "'").replace("\\(ga", "`").replace("\\e", "\\")
    text = re.sub(r"\\\[u([0-9A-F]+)\]", lambda match: chr(int(match[1], 16)), text).replace("\\(ha", "^").replace("\\(ti", "~")
    return " ".join(re.sub(r"^\.\w+ ?", "", text, flags=re.M).split())


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_command_and_every_option_is_in_the_manual(manual, program):
    pages = set()
    for words, command in commands(described(program), [program]):
        page = page_of(manual, words[:2])
        pages.add("-".join(words[:2]))
        assert command["abstract"].rstrip(".") in page, words
        # A program's own examples are a topic.
        for line in (command.get("discussion") or "").split("\n") if len(words) > 1 else []:
            assert line in ("Examples:", "Exit codes:") or " ".join(line.split()) in page, (words, line)
        for argument in command.get("arguments") or []:
            if not argument["shouldDisplay"]:
                continue
            for name in argument.get("names") or []:
                assert f"{'-' if name['kind'] == 'short' else '--'}{name['name']}" in page, (words, name)
            assert " ".join(argument.get("abstract", "").split()) in page, (words, argument["valueName"])
        if len(words) == 2:
            assert words[1] in page_of(manual, [program])
    made = {os.path.basename(path)[:-2] for path in glob.glob(f"{manual}/man1/*.1")}
    others = {name for name in made if (name + "-").startswith("cruddur-ops-") != (program == "cruddur-ops")}
    assert made - others == pages


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_manual_tells_what_every_topic_of_the_help_tells(manual, program):
    page = page_of(manual, [program])
    topics = re.search(r"with one of (.*?)\.( |$)", " ".join(run(PROGRAMS[program], "--help").split()))[1].split(", ")
    assert {"files", "environment", "exit-codes", "examples"} <= set(topics)
    for topic in topics:
        for line in run(PROGRAMS[program], "help", topic).split("\n")[1:]:
            assert " ".join(line.removesuffix(":").split()) in page, (topic, line)


def test_every_variable_that_the_programs_read_is_told():
    told = " ".join(run(program, "help", "environment") for program in PROGRAMS.values())
    # What every program reads of whoever starts it, and what is told to nobody but a test of instances.
    beside = {"HOME", "PATH", "SUDO_USER", "AWS_EC2_METADATA_SERVICE_ENDPOINT"}
    read = set()
    for path in glob.glob(ROOT + "/Sources/**/*.[sc]*", recursive=True):
        if os.path.isfile(path) and "/GroupProjectorFunction/" not in path:
            read |= set(re.findall(r"""(?:environment\[|environment\(|getenv\()"([A-Z_]+)"[\])]""", open(path).read()))
    assert len(read) > 20
    assert sorted(name for name in read - beside if not re.search(rf"\b{name}\b", told)) == []


def test_the_manual_of_the_configuration_has_every_setting(manual):
    page = open(f"{manual}/man5/cruddur-config.5").read().replace("\\-", "-")
    told = run(BINARY, "help", "environment")
    settings = re.findall(r"The\s+setting\s+([a-z_.]+[a-z])", told)
    assert len(settings) > 25
    for setting in settings:
        assert setting in page, setting


def test_the_manual_pages_are_well_formed(manual):
    needed("mandoc")
    for path in sorted(glob.glob(f"{manual}/man*/*")):
        # Only how long a line of the source is may be complained of: the line of the name must be one.
        complaints = subprocess.run(["mandoc", "-T", "lint", path], capture_output=True, text=True).stdout.splitlines()
        assert [line for line in complaints if "longer than 80 bytes" not in line] == []
        if shutil.which("man") and shutil.which("groff"):
            done = subprocess.run(["man", "--warnings", "-l", path], capture_output=True, text=True)
            assert done.stderr == "" and "NAME" in done.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_help_of_a_command_begins_with_examples(program):
    assert run(PROGRAMS[program], "--help").split("\n\n")[1].startswith("Examples:\n")
    for words in (["send"], ["messages"], ["demo"]) if program == "cruddur" else (["serve"], ["check"]):
        assert "\n\nExamples:\n" in run(PROGRAMS[program], *words, "--help").split("USAGE:")[0]
        # A command is no topic.
        assert run(PROGRAMS[program], "help", *words).startswith("OVERVIEW: ")
    wrong = subprocess.run([PROGRAMS[program], "help", "nothing"], capture_output=True, text=True)
    assert wrong.returncode == 64 and "no topic nothing" in wrong.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_completions_are_understood_by_their_shell_and_know_every_command(program, shell, tmp_path):
    needed(shell)
    path = tmp_path / "completion"
    path.write_text(run(PROGRAMS[program], "--generate-completion-script", shell))
    run(shell, "-n", str(path))
    for words, _ in commands(described(program), [program]):
        assert words[-1] in path.read_text()


# A release


def test_a_release_has_notes_checksums_and_a_bill_of_materials(release):
    notes = open(release + "/NOTES.md").read()
    assert notes.startswith("- ") and "\n## " not in notes
    names = sorted(os.listdir(release))
    for line in open(release + "/SHA256SUMS"):
        checksum, name = line.split()
        with open(f"{release}/{name}", "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == checksum
        names.remove(name)
    assert names == ["SHA256SUMS"]
    bill = json.load(open(f"{release}/cruddur-{VERSION}.spdx.json"))
    built = {pin["identity"]: pin["state"] for pin in json.load(open(ROOT + "/Package.resolved"))["pins"]}
    told = {package["name"]: package for package in bill["packages"]}
    assert set(told) == {"cruddur", *built}
    for name, state in built.items():
        assert state["revision"] in told[name]["downloadLocation"] and told[name]["versionInfo"] == state["version"]
    assert len({package["SPDXID"] for package in bill["packages"]}) == len(told)
    assert len(bill["relationships"]) == len(told)


def test_nothing_is_released_whose_section_says_that_it_is_unreleased():
    if "(unreleased)" not in open(ROOT + "/CHANGELOG.md").read():
        pytest.skip("the newest section is of a release")
    done = subprocess.run([ROOT + "/scripts/release", "--url", "https://cruddur.example"], capture_output=True, text=True)
    assert done.returncode == 1 and "(unreleased)" in done.stderr


def test_the_recipes_fetch_what_was_released(release):
    with open(f"{release}/cruddur-{VERSION}.tar.gz", "rb") as file:
        checksum = hashlib.sha256(file.read()).hexdigest()
    for recipe in ("cruddur.rb", "PKGBUILD"):
        text = open(f"{release}/{recipe}").read()
        assert checksum in text and VERSION in text and not re.search("@[A-Z0-9]+@", text)
    source = run("tar", "-tzf", f"{release}/cruddur-{VERSION}.tar.gz")
    assert f"cruddur-{VERSION}/Package.resolved\n" in source and f"cruddur-{VERSION}/Package.swift\n" in source


def test_the_recipe_for_homebrew_is_ruby():
    needed("ruby")
    run("ruby", "-wc", ROOT + "/packaging/homebrew/cruddur.rb")


def test_the_recipe_for_aur_is_read_by_makepkg(release):
    needed("makepkg")
    # It does not work for root, and whoever does must get there.
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o777)
    shutil.copy(release + "/PKGBUILD", folder)
    user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    # Nothing is installed: a program of that name must only be there.
    told = run(*user, "makepkg", "--printsrcinfo", cwd=folder, env={
        "PATH": os.environ["PATH"], "HOME": folder, "PACMAN": "true"})
    shutil.rmtree(folder)
    assert f"pkgver = {VERSION}" in told
    assert f"source = https://cruddur.example/releases/cruddur-{VERSION}.tar.gz" in told


def test_the_recipe_of_the_image_is_linted():
    hadolint = ROOT + "/.build/python/bin/hadolint"
    if not os.path.exists(hadolint):
        pytest.skip("hadolint is not installed")
    run(hadolint, "--no-color", ROOT + "/packaging/Dockerfile")


def test_the_entry_of_the_desktop_is_one():
    needed("desktop-file-validate")
    assert run("desktop-file-validate", ROOT + "/packaging/cruddur.desktop") == ""


def test_a_plain_build_says_its_number():
    for program in PROGRAMS.values():
        assert run(program, "--version") == VERSION + "\n"


def test_a_program_holds_what_it_uses(release, tmp_path):
    """Without half a locale of ICU for everybody, symbols for nobody, and functions that nobody calls."""
    if os.environ.get("BUILD") == "debug":
        pytest.skip("a debug build holds no runtime")
    for program, most in [("cruddur", 38), ("cruddur-ops", 40), ("group-projector", 36)]:
        stripped = str(tmp_path / program)
        run("strip", "-o", stripped, f"{ROOT}/.build/release/{program}")
        assert os.path.getsize(stripped) < most << 20, f"{program}: {os.path.getsize(stripped) >> 20} MB"


def test_the_functions_that_stand_beside_each_other_are_those_of_today():
    if os.environ.get("BUILD") == "debug":
        pytest.skip("a debug build has none of them")
    symbols = subprocess.run(["nm", ROOT + "/.build/release/cruddur"], capture_output=True, text=True, check=True).stdout
    known = {line.split()[-1] for line in symbols.splitlines()}
    with gzip.open(ROOT + "/scripts/function-order.gz", "rt", encoding="utf-8") as file:
        listed = file.read().split()
    assert len(listed) > 5000
    assert len(known.intersection(listed)) > len(listed) * 0.7, "scripts/order-functions is to be run again"


def test_icus_data_is_that_of_the_toolchain():
    done = subprocess.run([ROOT + "/scripts/trim-unicode-data", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert subprocess.run([ROOT + "/scripts/trim-unicode-data", "--all"], capture_output=True).returncode == 1


@pytest.mark.parametrize("locale", ["de_DE.UTF-8", "ja_JP.UTF-8", "C"])
def test_what_is_left_of_icus_data_is_enough(backend, folder, locale):
    """Time zones and names of hosts are read from it, whatever language somebody speaks."""
    backend.clock = datetime(2026, 11, 23, 20, 0, tzinfo=timezone.utc)
    backend.say("bob", "good evening")
    path = backend.configuration(folder)

    def cruddur(*words, **environment):
        return subprocess.run(
            [BINARY, *words, "--config", path], capture_output=True, text=True, timeout=120,
            env={**os.environ, "LC_ALL": locale, **environment})

    assert cruddur("messages", "@bob").returncode == 0
    # Half past one in the morning of the next day, there.
    for zone, code in [("UTC", 0), ("America/St_Johns", 0), ("Asia/Kolkata", 1), ("Pacific/Chatham", 1)]:
        assert cruddur("search", "before:2026-11-24 evening", TZ=zone).returncode == code, zone
    path = backend.configuration(folder, backend_url="https://bücher.invalid")
    assert "no such host xn--bcher-kva.invalid" in cruddur("groups", LANGUAGE="").stderr


def test_the_packages_pass_lintian(release):
    needed("lintian")
    said = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags",
         # They are made quickly here.
         "uses-no-compression-for-control-tarball,uses-no-compression-for-data-tarball",
         *glob.glob(release + "/*.deb")], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr


def test_the_units_leave_little_to_be_exposed(release, tmp_path):
    needed("systemd-analyze")
    run("dpkg-deb", "-x", glob.glob(release + "/cruddur-ops_*.deb")[0], str(tmp_path))
    units = glob.glob(f"{tmp_path}/**/systemd/system/*.service", recursive=True)
    assert len(units) == 2
    for unit in units:
        rating = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit], capture_output=True, text=True)
        if "Unknown" in rating.stderr or "unrecognized" in rating.stderr:
            pytest.skip("this systemd-analyze cannot rate a unit that is not installed")
        assert rating.returncode == 0, rating.stdout[-2000:] + rating.stderr


def test_the_tarball_goes_where_it_is_told_and_away_again(release, tmp_path):
    run("tar", "-xf", glob.glob(release + "/cruddur-*-linux.tar")[0], "-C", str(tmp_path))
    folder = glob.glob(f"{tmp_path}/cruddur-*")[0]
    prefix = tmp_path / "a prefix"
    (prefix / "share/man/man1").mkdir(parents=True)
    (prefix / "share/man/man1/another.1").write_text("of somebody else")
    environment = {**os.environ, "LD_LIBRARY_PATH": runtime() or ""}
    for _ in range(2):
        run("sh", folder + "/install.sh", "--prefix", str(prefix))
    shutil.rmtree(folder)
    assert VERSION in run(str(prefix / "bin/cruddur"), "--version", env=environment)
    assert os.path.exists(prefix / "share/man/man1/cruddur-send.1")
    run("sh", str(prefix / "share/cruddur/install.sh"), "--prefix", str(prefix), "--uninstall")
    left = [os.path.join(place, name) for place, _, names in os.walk(prefix) for name in names]
    assert left == [str(prefix / "share/man/man1/another.1")] and not os.path.exists(prefix / "bin")


# A fresh system


def distribution():
    return dict(re.findall(r'^(\w+)="?(.*?)"?$', open("/etc/os-release").read(), re.M)).get("VERSION_CODENAME", "")


def debootstrapped(folder):
    """The smallest Debian of this release, with what the packages depend on; kept beside the build for the next run."""
    kept = f"{ROOT}/.build/fresh-{distribution()}"
    with open(kept + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(kept):
            shutil.rmtree(kept + ".new", ignore_errors=True)
            done = subprocess.run(
                ["debootstrap", "--variant=minbase",
                 "--include=adduser,ca-certificates,libpq5,libsqlite3-0,libstdc++6,zlib1g", distribution(),
                 kept + ".new"], capture_output=True, text=True)
            if done.returncode != 0:
                pytest.skip(f"debootstrap cannot make a fresh {distribution()} here: {(done.stdout + done.stderr)[-300:]}")
            os.rename(kept + ".new", kept)
    run("cp", "-a", kept, folder)


class FreshSystem:
    """A system in which nothing of ours has ever been; commands see it as theirs."""

    def __init__(self, folder):
        self.root = folder
        debootstrapped(folder)
        if libraries := runtime():
            place = self.root + libraries
            os.makedirs(place)
            for library in glob.glob(libraries + "/*.so"):
                shutil.copy(library, place)
            with open(self.root + "/etc/ld.so.conf.d/swift.conf", "w") as file:
                file.write(libraries + "\n")
            self.run("ldconfig")
        self.run("useradd", "--create-home", "someone")

    def within(self, *command, user=None, mounts="true"):
        """The command line that runs it there; mounts go with it."""
        if user:
            command = [
                "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs", "--bounding-set=-all",
                "--inh-caps=-all", *command]
        script = f"set -e; cd {self.root}; mount -t proc proc proc; {mounts}; exec chroot . " + shlex.join(command)
        return [shutil.which("unshare"), "--mount", "sh", "-c", script]

    def run(self, *command, user=None):
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        return run(*self.within(*command, user=user), env=environment)

    def install(self, packages):
        for package in packages:
            shutil.copy(package, self.root + "/tmp")
        self.run("dpkg", "--install", *(f"/tmp/{os.path.basename(package)}" for package in packages))
        for package in packages:
            os.remove(f"{self.root}/tmp/{os.path.basename(package)}")

    def files(self):
        """All paths but those that every installation of anything changes, and people's homes."""
        beside = ("/home/", "/proc/", "/tmp/", "/var/log/", "/var/cache/", "/var/lib/dpkg/", "/run/", "/dev/")
        found = set()
        for place, folders, names in os.walk(self.root):
            found |= {os.path.join(place, name)[len(self.root):] for name in folders + names}
        return {path for path in found if not path.startswith(beside) and not re.fullmatch(r"/etc/\w+-", path)}

    def unit(self, name):
        """What a unit runs, with its options and its variables, as systemd reads them."""
        text = open(f"{self.root}/lib/systemd/system/{name}.service").read()
        setting = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
        lines = open(self.root + setting["EnvironmentFile"]).read().splitlines()
        variables = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        command = [word for part in setting["ExecStart"].split() for word in
                   (variables[part[1:]].split() if part.startswith("$") else [part])]
        return command, variables, setting

    def start(self, name):
        """Runs a unit within what it may do: the rest can only be read, no privilege is to be had, no memory made code."""
        command, variables, setting = self.unit(name)
        assert setting["ProtectSystem"] == "strict" and setting["MemoryDenyWriteExecute"] == "yes"
        mounts = (
            f"mount --bind . . && cd {self.root} && mount -t proc proc proc && mount -t tmpfs tmpfs tmp"
            " && mount --bind var/lib/cruddur var/lib/cruddur && mount -o remount,bind,ro .")
        return subprocess.Popen(
            self.within(*command, user=setting["User"], mounts=mounts), stderr=subprocess.PIPE, text=True,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **variables}, preexec_fn=refuse_code_in_memory)


def refuse_code_in_memory():
    pr_set_mdwe, refuse_exec_gain = 65, 1
    ctypes.CDLL(None).prctl(pr_set_mdwe, refuse_exec_gain, 0, 0, 0)


@pytest.fixture
def fresh(tmp_path):
    needed("debootstrap", "unshare")
    if os.geteuid() != 0:
        pytest.skip("a fresh system is made by root only")
    system = FreshSystem(str(tmp_path / "fresh"))
    yield system
    shutil.rmtree(system.root, ignore_errors=True)


def older(package, folder):
    """The same package as of a version before."""
    content = f"{folder}/{os.path.basename(package)}.content"
    run("dpkg-deb", "-R", package, content)
    control = open(content + "/DEBIAN/control").read()
    with open(content + "/DEBIAN/control", "w") as file:
        file.write(re.sub(r"^Version: .*$", "Version: 0.0.1", control, flags=re.M))
    made = package.replace(os.path.dirname(package), str(folder)).replace(VERSION, "0.0.1")
    run("dpkg-deb", "-Znone", "-b", content, made)
    shutil.rmtree(content)
    return made


def answers(server):
    """What the server that was started says of itself, and its end."""
    line = next(line for line in server.stderr if line.startswith("listening on "))
    with urllib.request.urlopen(line.removeprefix("listening on ").strip() + "/ready", timeout=60) as answer:
        ready = json.load(answer)
    server.terminate()
    server.stderr.read()
    assert server.wait() == 0
    return ready


def test_packages_are_installed_used_upgraded_and_purged_in_a_fresh_system(fresh, release, tmp_path, start):
    packages = sorted(glob.glob(release + "/*.deb"))
    before = fresh.files()
    fresh.install([older(package, tmp_path) for package in packages])

    # Anybody's demo, without an account and without a configuration.
    assert re.fullmatch(rf"{re.escape(VERSION)} \([0-9a-f]{{12}}(\+changes)?\)\n", fresh.run("cruddur", "--version", user="someone"))
    terminal = start(
        program=fresh.within("/usr/bin/cruddur", "demo", user="someone"), width=120,
        env={"HOME": "/home/someone", "LANG": "C.UTF-8"})
    terminal.wait_for("this terminal is open")
    terminal.type("\x11")
    assert os.WEXITSTATUS(terminal.wait_for_exit()) == 0

    # The server, as its unit runs it, with what an operator has written down.
    configuration = fresh.root + "/etc/cruddur/serve.conf"
    assert os.stat(configuration).st_mode & 0o777 == 0o600
    told = open(configuration).read().replace("--port 4567", "--port 0")
    told = told.replace("POOL_ID=\n", "POOL_ID=ca-central-1_a1B2c3D4e\n").replace("CLIENT_ID=\n", "CLIENT_ID=client\n")
    open(configuration, "w").write(told)
    table = ["--embedded", "/var/lib/cruddur/table.sqlite"]
    fresh.run("cruddur-ops", "seed", *table, "--from", "mei", "--to", "nia", user="cruddur")
    everything = {"table": "ok", "users": "ok"}
    assert answers(fresh.start("cruddur-serve")) == everything
    assert os.stat(fresh.root + "/var/lib/cruddur").st_mode & 0o777 == 0o750
    said = fresh.run("cruddur-ops", "list-conversations", "@mei", *table, user="cruddur")

    fresh.install(packages)
    assert VERSION in fresh.run("dpkg-query", "-W", "cruddur", "cruddur-ops")
    assert open(configuration).read() == told
    assert answers(fresh.start("cruddur-serve")) == everything
    assert fresh.run("cruddur-ops", "list-conversations", "@mei", *table, user="cruddur") == said

    fresh.run("dpkg", "--remove", "cruddur", "cruddur-ops")
    assert os.path.exists(configuration) and os.path.exists(fresh.root + table[1])
    fresh.run("dpkg", "--purge", "cruddur", "cruddur-ops")
    assert sorted(fresh.files() - before) == []
    assert "cruddur" not in open(fresh.root + "/etc/passwd").read() + open(fresh.root + "/etc/group").read()

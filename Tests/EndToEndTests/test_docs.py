"""What the documents say is what is."""

import glob
import json
import os
import re
import subprocess

import pytest

from system import OPS
from terminal import BINARY

ROOT = os.path.join(os.path.dirname(__file__), "../..")


def test_the_tables_of_the_scaling_page_are_computed():
    done = subprocess.run([ROOT + "/scripts/scaling", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("program, page", [(OPS, "docs/operating.md"), (BINARY, "README.md")])
def test_every_command_is_in_the_documents_and_has_help(program, page):
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^  ([a-z][a-z-]+)(?: +\(default\))? {2,}", told.split("SUBCOMMANDS:")[1], re.M)
    assert len(commands) > 5
    text = open(f"{ROOT}/{page}").read()
    for command in commands:
        assert f"`{command}" in text or f" {command} " in text or f"cruddur {command}" in text, command
        assert subprocess.run([program, command, "--help"], capture_output=True).returncode == 0


def options(program):
    """Every command of a program with the options that it takes; the program's own are those of ()."""
    told = subprocess.run([program, "--experimental-dump-help"], capture_output=True, text=True, check=True).stdout
    found = {}

    def walk(command, path):
        names = [name for argument in command.get("arguments", []) for name in argument.get("names", [])]
        found[path] = {("--" if name["kind"] == "long" else "-") + name["name"] for name in names} | {"--help"}
        for below in command.get("subcommands", []):
            walk(below, (*path, below["commandName"]))

    top = json.loads(told)["command"]
    walk(top, ())
    # Without a command it is the usual one.
    found[()] |= found.get((top.get("defaultSubcommand"),), set())
    return found


def command_lines(page, name):
    """What a page has of `name` and words behind it, in code."""
    code = re.findall(r"(?<!`)`([^`]+)`(?!`)", page) + re.findall(r"^    (?! )(.+)$", page, re.M)
    code += [line for block in re.findall(r"^ *```.*?\n(.*?)^ *```$", page, re.M | re.S) for line in block.split("\n")]
    for text in code:
        words = re.split(r" #| \| | > | && |\\\\$", re.sub(r"\s+", " ", text).strip())[0].split()
        while words and re.match(r"\w+=", words[0]):
            words.pop(0)
        if words and words[0] == name:
            yield words[1:]


@pytest.mark.parametrize("program, name", [(BINARY, "cruddur"), (OPS, "cruddur-ops")])
def test_every_command_line_in_the_documents_is_one(program, name):
    known, wrong, count = options(program), [], 0
    for path in [*PAGES, *glob.glob(ROOT + "/Sources/ChatClient/ChatClient.docc/**/*.*", recursive=True)]:
        if path.endswith((".svg", ".swift")):
            continue
        for words in command_lines(open(path).read(), name):
            count += 1
            command = ()
            for word in words:
                if (*command, word) in known:
                    command = (*command, word)
            if words and re.fullmatch("[a-z][a-z-]+", words[0]) and not command:
                wrong.append(f"{os.path.relpath(path, ROOT)}: {name} {' '.join(words)}")
            for word in words:
                option = word.split("=")[0]
                if re.fullmatch("--[a-z][a-z-]*", option) and option not in known[command] | {"--version"}:
                    wrong.append(f"{os.path.relpath(path, ROOT)}: {name} {' '.join(words)}: {option}")
    assert count > 20 and not wrong, "\n".join(wrong)


def test_whatever_the_doctor_looks_at_is_in_the_guide_for_what_does_not_work():
    source = open(ROOT + "/Sources/ChatClient/Diagnosis/Check.swift").read()
    areas = re.findall(r"\w+", " ".join(re.findall(r"^        case ([\w, ]+)$", source.split("enum Area")[1], re.M)))
    assert len(areas) > 10 and "terminal" in areas
    table = open(ROOT + "/docs/troubleshooting.md").read().split("## What the doctor says")[1].split("\n## ")[0]
    rows = [name for cell in re.findall(r"^\| ([\w, ]+) \|", table, re.M) for name in cell.split(", ")]
    assert set(areas) <= set(rows) and set(rows) <= {*areas, "area", "any"}


def test_whatever_the_guide_for_what_does_not_work_says_of_keys_the_help_says():
    told = subprocess.run([BINARY, "help", "keys"], capture_output=True, text=True, check=True).stdout
    for page in ("troubleshooting.md", "presenting.md"):
        text = open(f"{ROOT}/docs/{page}").read()
        for command in set(re.findall(r"`(/[a-z]+)(?: \w+)?`", text)):
            assert re.search(rf"^ *{command}\b", told, re.M), f"{page}: {command}"
    for key in re.findall(r"^\| (F\d+)", text, re.M):
        assert re.search(rf"\b{key}\b", told), key


PAGES = [ROOT + "/README.md", ROOT + "/CONTRIBUTING.md", *sorted(glob.glob(ROOT + "/docs/*.md"))]


def test_links_between_the_documents_lead_somewhere():
    for page in [os.path.relpath(path, ROOT) for path in PAGES]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", open(f"{ROOT}/{page}").read()):
            assert os.path.exists(os.path.join(ROOT, os.path.dirname(page), target)), f"{page}: {target}"

"""What the documents say is what is."""

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


def test_links_between_the_documents_lead_somewhere():
    pages = ["README.md", "CONTRIBUTING.md"] + [f"docs/{name}" for name in os.listdir(ROOT + "/docs") if name.endswith(".md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", open(f"{ROOT}/{page}").read()):
            assert os.path.exists(os.path.join(ROOT, os.path.dirname(page), target)), f"{page}: {target}"

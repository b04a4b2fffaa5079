"""scripts/site makes the documentation into pages, and every link of them leads somewhere."""

import glob
import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
CATALOGUE = ROOT + "/Sources/ChatClient/ChatClient.docc"
TUTORIAL = CATALOGUE + "/Tutorials/BotInThirtyLines.tutorial"
BOT = ROOT + "/examples/bot/main.swift"


def make(root, folder):
    """scripts/site of a checkout, from the modules that are built."""
    if not shutil.which("docc"):
        pytest.skip("docc is not installed")
    if not os.path.exists(ROOT + "/.build/debug/Modules/ChatClient.swiftmodule"):
        pytest.skip("the library is not built: swift build")
    return subprocess.run([root + "/scripts/site", "--no-build", folder], capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("site")) + "/below/any/path"
    done = make(ROOT, folder)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return folder


@pytest.fixture
def copy(tmp_path):
    """As much of the checkout as a site is made of, to be spoiled."""
    for name in ("scripts/site", "docs", "CONTRIBUTING.md", "CHANGELOG.md", "Sources/ChatClient/ChatClient.docc",
                 *[os.path.relpath(path, ROOT) for path in glob.glob(ROOT + "/Sources/*/module.modulemap")]):
        target = f"{tmp_path}/{name}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        (shutil.copytree if os.path.isdir(f"{ROOT}/{name}") else shutil.copy)(f"{ROOT}/{name}", target)
    for header in glob.glob(ROOT + "/Sources/CLinux/*.h"):
        shutil.copy(header, f"{tmp_path}/Sources/CLinux")
    os.symlink(ROOT + "/.build", f"{tmp_path}/.build")
    return str(tmp_path)


def data(site):
    """Every page, by its address."""
    pages = {}
    for path in glob.glob(site + "/data/**/*.json", recursive=True):
        with open(path) as file:
            pages["/" + os.path.relpath(path, site + "/data").removesuffix(".json")] = json.load(file)
    return pages


def parts(value):
    """Every object in a page."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from parts(each)


def test_every_page_of_the_documents_is_in_it_with_its_headings_and_tables(site):
    for path in [*glob.glob(ROOT + "/docs/*.md"), ROOT + "/CONTRIBUTING.md", ROOT + "/CHANGELOG.md"]:
        name = os.path.basename(path).removesuffix(".md").lower()
        address = "cruddur" if path.endswith("docs/README.md") else f"cruddur/{name}"
        page = data(site)[f"/documentation/{address}"]
        text = re.sub(r"^```.*?^```", "", open(path).read(), flags=re.M | re.S)
        assert page["metadata"]["title"] == text.split("\n")[0].removeprefix("# ")
        assert os.path.exists(f"{site}/documentation/{address}/index.html")
        if address == "cruddur":
            continue
        kinds = [part.get("type") for part in parts(page["primaryContentSections"])]
        assert kinds.count("table") == len(re.findall(r"^\|[-|]+\|$", text, re.M)), name
        told = [part["text"] for part in parts(page["primaryContentSections"]) if part.get("type") == "heading"]
        # docc sets the marks of a text as a printer does.
        told = [each.replace("’", "'") for each in told if each != "Overview"]
        assert told == [each.replace("`", "") for each in re.findall(r"^##+ (.*)$", text, re.M)], name


def test_all_links_and_pictures_lead_somewhere(site):
    pages, count = data(site), 0
    for address, page in pages.items():
        for reference in page.get("references", {}).values():
            for variant in reference.get("variants", []):
                assert os.path.exists(site + variant["url"]), f"{address}: {variant['url']}"
            url = reference.get("url", "")
            # A chapter has an address, and nobody is led there.
            if not url.startswith("/") or "/tutorials/tutorials/" in url:
                continue
            count += 1
            target, _, anchor = url.partition("#")
            assert target in pages, f"{address}: {url}"
            assert os.path.exists(f"{site}{target}/index.html"), f"{address}: {url}"
            if anchor:
                anchors = [part.get("anchor") for part in parts(pages[target])]
                assert anchor in anchors, f"{address}: {url}"
    assert count > 500


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in ("href", "src")]


def test_no_page_asks_for_anything_by_a_path_from_the_servers_root(site):
    every = glob.glob(site + "/**/*.html", recursive=True)
    assert len(every) > 100
    for path in every:
        text = open(path).read()
        for link in Links(text).found:
            assert not link.startswith(("/", "http")), f"{path}: {link}"
            place = os.path.normpath(os.path.join(os.path.dirname(path), link))
            assert os.path.exists(place), f"{path}: {link}"
        for base in re.findall(r"baseUrl = (.*?)</script>", text):
            up = re.fullmatch(r'new URL\("((?:\.\./)+|\./)", document\.baseURI\)\.pathname', base)
            assert os.path.normpath(os.path.join(os.path.dirname(path), up[1])) == site, path


def test_the_first_page_leads_each_reader_to_their_guides(site):
    text = open(site + "/index.html").read()
    for reader, guide in [("Users", "using"), ("Presenters", "presenting"), ("Operators", "operating"), ("Developers", "architecture")]:
        part = text.split(f"<h2>{reader}</h2>")[1].split("<h2>")[0]
        assert f'href="documentation/cruddur/{guide}/"' in part
    assert 'href="tutorials/chatclient/botinthirtylines/"' in text


def test_the_tutorials_program_is_the_example_and_has_thirty_lines_at_most(site):
    files = re.findall(r'file: "(.*?\.swift)"', open(TUTORIAL).read())
    steps = [open(f"{CATALOGUE}/Tutorials/Resources/{name}").read() for name in files]
    assert steps[-1] == open(BOT).read()
    assert 20 < sum(1 for line in steps[-1].split("\n") if line.strip() and not line.strip().startswith("//")) <= 30
    # Each step adds something, and takes nothing away.
    for before, after in zip(steps, steps[1:]):
        lines = iter(after.split("\n"))
        assert before != after and all(line in lines for line in before.split("\n") if line.strip())


@pytest.mark.parametrize("text, words", [
    ("See [that](nowhere.md).", "nowhere.md leads nowhere"),
    ("See [that](using.md#no-such-heading).", "no heading for #no-such-heading"),
    ("![That](pictures/none.svg)", "pictures/none.svg leads nowhere"),
    ("See [that\npage](using.md).", "the link to using.md must stand on one line"),
    ("See [the licence](openapi.txt).", "openapi.txt is not in the site"),
    ("See ``NoSuchType``.", "NoSuchType"),
])
def test_a_link_that_leads_nowhere_ends_it_with_an_error_and_leaves_the_folder_alone(copy, text, words):
    open(copy + "/docs/openapi.txt", "w").close()
    with open(copy + "/docs/scaling.md", "a") as page:
        page.write(f"\n{text}\n")
    done = make(copy, copy + "/site")
    assert done.returncode == 1 and words in done.stderr, done.stderr
    assert "Traceback" not in done.stderr and not os.path.exists(copy + "/site")


def test_a_folder_that_holds_something_else_is_not_replaced(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    done = make(ROOT, str(tmp_path))
    assert done.returncode == 1 and "holds something else" in done.stderr
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_its_help_says_what_it_does_and_what_is_no_option_is_refused():
    told = subprocess.run([ROOT + "/scripts/site", "--help"], capture_output=True, text=True)
    assert told.returncode == 0 and "--no-build" in told.stdout and "FOLDER" in told.stdout
    refused = subprocess.run([ROOT + "/scripts/site", "--fast"], capture_output=True, text=True)
    assert refused.returncode == 1 and "--help" in refused.stderr

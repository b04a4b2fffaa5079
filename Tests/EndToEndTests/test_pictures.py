"""The pictures of the documents show the program as it is."""

import json
import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from wcwidth import wcwidth

from terminal import AnsweringScreen, Stream

ROOT = os.path.join(os.path.dirname(__file__), "../..")
FOLDER = ROOT + "/docs/pictures"
KEPT = sorted(os.listdir(FOLDER))
SVGS = [name for name in KEPT if name.endswith(".svg")]
SVG = "{http://www.w3.org/2000/svg}"
# Where scripts/pictures writes the first cell, and what is between two of them, and between two rows.
BASELINE, CELL, ROW = 14, 10, 19

# What differs from run to run: when, how fast, on which port, by which identifiers; and what that has cost.
BY_NATURE = [
    # How many of them were asked is by chance, and what the title has room for.
    (r"Calls · .*", "Calls"),
    (r"(GET|POST) (\S+) .*", r"\1 \2"),
    (r" ×\d+", ""),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}(?=…)", "uuid"),
    (r"\d\d:\d\d(:\d\d)?(\.\d+)?", "time"),
    (r"\b(now|\d+m)\b", "ago"),
    (r"· (refreshed|at) time", "· refreshed"),
    (r"127\.0\.0\.1:\d+", "address"),
    (r"[\d.]+ (µs|ms|RU|WU)\b|\$[\d.]+|\d+(?= items)", "number"),
    (r"─*( stream lag(, as polled:| [▁-█]+) [\d.]+ s ─*)|─+", "─"), (r"─+", "─"), (r"( +[\d.]+ s)? +✓", " ✓"),
    # Of two with the same time, any may be the first.
    (r"the (first|second) of two\. +✓", "the one of two. ✓"),
    # For three seconds.
    (r"  ← [A-E ]+", ""), (r"^[+~] ", "  "),
    (r"\s+", " "),
]


def masked(text):
    for pattern, word in BY_NATURE:
        text = re.sub(pattern, word, text)
    return text.strip()


def texts(path):
    """What is written in an SVG: row, column, text."""
    for element in ElementTree.parse(path).iter(SVG + "text"):
        yield (int(element.get("y")) - BASELINE) / ROW, int(element.get("x")) / CELL, element.text.replace("\u00a0", " ")


def lines(path):
    """The rows of a picture as they were on the screen; of a film, those of its end."""
    if path.endswith(".cast"):
        head, *events = map(json.loads, open(path, encoding="utf-8"))
        screen = AnsweringScreen(head["width"], head["height"])
        Stream(screen).feed("".join(data for _, _, data in events).encode())
        return ["".join(screen.buffer[y][x].data for x in range(screen.columns)) for y in range(screen.lines)]
    rows = {}
    for y, x, text in texts(path):
        rows[y] = rows.get(y, "") + " " * (int(x) - width(rows.get(y, ""))) + text
    return [rows.get(y, "") for y in range(int(max(rows)) + 1)]


def width(text):
    return sum(wcwidth(character) for character in text)


def shown(path):
    """What a picture says, pane by pane, without what differs by nature."""
    rows = [re.split("[│┼├]", line) for line in lines(path)]
    panes = [[masked(row[pane]) for row in rows if len(row) > pane] for pane in range(4)]
    if panes[0][0] == "Calls":
        # Those that wait for news end when something happens: their order is by chance, and how many there are.
        panes[0] = sorted(set(panes[0]))
    return [line for pane in panes for line in pane if line]


@pytest.mark.parametrize("name", KEPT)
def test_a_picture_is_of_todays_program(name, folder):
    kept = shown(f"{FOLDER}/{name}")
    # What the calls' list has room for when it is taken is by chance as well; a program that has changed has changed each time.
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, ROOT + "/scripts/pictures", "--to", folder, name.split(".")[0]], capture_output=True, text=True)
        now = shown(f"{folder}/{name}") if done.returncode == 0 else [done.stderr]
        if now == kept:
            return
    assert now == kept, f"docs/pictures/{name} is stale: .build/python/bin/python scripts/pictures {name.split('.')[0]}"


@pytest.mark.parametrize("name", SVGS)
def test_a_picture_runs_nothing_asks_for_nothing_and_says_what_it_shows(name):
    root = ElementTree.parse(f"{FOLDER}/{name}").getroot()
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {"svg", "title", "desc", "style", "rect", "text"}
    attributes = {(key.lower(), value) for element in root.iter() for key, value in element.items()}
    assert not [key for key, value in attributes if key.startswith("on") or "href" in key or "url(" in value]
    assert not re.search(r"url|@import|http", root.find(SVG + "style").text)
    assert root.get("role") == "img" and root.find(SVG + "title").text and root.find(SVG + "desc").text


@pytest.mark.parametrize("name", SVGS)
def test_what_is_written_in_a_picture_stands_on_its_cells(name):
    ends = {}
    for element, (y, x, text) in zip(ElementTree.parse(f"{FOLDER}/{name}").iter(SVG + "text"), texts(f"{FOLDER}/{name}")):
        assert y == int(y) and x == int(x) and x >= ends.get(y, 0), text
        # What is wide stands alone, so that nothing is moved by it.
        assert int(element.get("textLength", 0)) == (len(text) * CELL if len(text) > 1 else 0) and (len(text) == 1 or width(text) == len(text))
        ends[y] = x + width(text)


@pytest.mark.parametrize("name", SVGS)
def test_a_picture_can_be_read_on_a_light_and_on_a_dark_page(name):
    style = ElementTree.parse(f"{FOLDER}/{name}").find(SVG + "style").text
    shades = [dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", block)) for block in style.split("prefers-color-scheme:dark")]
    assert shades[0].keys() == shades[1].keys() and luminance(shades[0]["ground"]) > 0.9 > 0.1 > luminance(shades[1]["ground"])
    for colours in shades:
        for name in colours.keys() - {"ground"}:
            low, high = sorted(luminance(colours[each]) for each in (name, "ground"))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (name, colours)


def luminance(colour):
    """As WCAG 2 has it."""
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_film_is_short_and_what_one_writes_is_seen_by_both():
    path = FOLDER + "/two-terminals.cast"
    times = [json.loads(line)[0] for line in open(path, encoding="utf-8").readlines()[1:]]
    assert times == sorted(times) and times[-1] <= 20 and os.path.getsize(path) < 100_000
    end = "\n".join(lines(path))
    assert len(re.findall("│▎ .*Do you see this.* ✓", end)) == len(re.findall("│  .*Do you see this", end)) == 1


def test_every_picture_is_named_in_a_document():
    pages = [ROOT + "/README.md"] + [f"{ROOT}/docs/{name}" for name in os.listdir(ROOT + "/docs") if name.endswith(".md")]
    told = "".join(open(page).read() for page in pages)
    assert not [name for name in KEPT if f"pictures/{name}" not in told]

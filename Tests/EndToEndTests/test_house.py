"""The house has no circles: what imports what, and which folder uses whose types."""

import collections
import os
import re

import pytest

SOURCES = os.path.join(os.path.dirname(__file__), "../../Sources")
DEFINITION = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|final|indirect|nonisolated)\s+)*"
    r"(?:struct|class|enum|actor|protocol|typealias|func)\s+(\w+)")
# Folders of which the first must not use the second. What is below is used by what is above.
FORBIDDEN = {
    "CruddurTUI": [
        # A state is drawn; it draws nothing.
        ("State", "Screens"), ("State", "Program"), ("State", "Terminal"), ("State", "Commands"),
        ("Screens", "Program"), ("Screens", "Commands"),
        ("Keys", "Screens"), ("Keys", "Program"), ("Keys", "Terminal"), ("Keys", "Commands"),
        # Cells out, keys in: no message, no conversation.
        ("Decoding", "Terminal"), ("Decoding", "State"), ("Decoding", "Screens"), ("Keys", "Decoding"),
        ("Terminal", "State"), ("Terminal", "Program"), ("Terminal", "Commands"),
        ("Program", "Commands"), ("Logging", "Program"), ("Logging", "Commands"),
    ],
    "ChatClient": [
        ("Conversations", "History"), ("Conversations", "Session"), ("Conversations", "Polling"),
        ("Conversations", "Sending"), ("Conversations", "Reading"),
        ("Identity", "API"), ("HTTP", "API"), ("HTTP", "Identity"),
        ("History", "Session"), ("History", "Polling"), ("History", "Sending"), ("History", "Reading"),
        ("API", "Session"), ("API", "Polling"), ("API", "Sending"), ("API", "Reading"), ("API", "History"),
        ("Configuration", "HTTP"), ("Configuration", "Identity"), ("Log", "HTTP"), ("HTTP", "Setup"), ("HTTP", "Diagnosis"),
        ("Setup", "Diagnosis"), ("History", "Diagnosis"), ("Setup", "API"),
        ("Polling", "Session"), ("Sending", "Session"), ("Reading", "Session"),
    ],
}


def swift_files(folder):
    for path, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".swift"):
                yield os.path.join(path, name)


def code(path):
    """The file without comments and texts, line for line."""
    text = open(path).read()
    text = re.sub(r'"""[\s\S]*?"""', lambda match: "\n" * match[0].count("\n"), text)
    text = re.sub(r"/\*[\s\S]*?\*/", lambda match: "\n" * match[0].count("\n"), text)
    return [re.sub(r'"(?:\\.|[^"\\])*"', '""', line).split("//")[0] for line in text.split("\n")]


def defined(folder):
    """The types and free functions that a folder defines at the outermost level: name -> file."""
    names = {}
    for path in swift_files(folder):
        depth = 0
        for line in code(path):
            match = DEFINITION.match(line)
            if match and depth == 0:
                names[match[1]] = path
            depth += line.count("{") - line.count("}")
    return names


def used(folder):
    """Every word of a folder's code: word -> places. `.word` is a member's name and no type."""
    words = collections.defaultdict(list)
    for path in swift_files(folder):
        for number, line in enumerate(code(path), 1):
            for match in re.finditer(r"(?<![.\w])([A-Za-z_]\w*)(?!\w*:(?!:))", line):
                words[match[1]].append(f"{os.path.relpath(path, SOURCES)}:{number}")
    return words


def crossings(target, one, other):
    """Where the code of `one` names what only `other` defines."""
    root = os.path.join(SOURCES, target)
    if not os.path.isdir(f"{root}/{one}") or not os.path.isdir(f"{root}/{other}"):
        return []
    own = defined(f"{root}/{one}")
    names = {
        name: path for name, path in defined(f"{root}/{other}").items()
        # A function in lower case may be anybody's local name; a type is not.
        if name not in own and name[0].isupper()
    }
    words = used(f"{root}/{one}")
    return [
        f"{place} uses {name} of {os.path.relpath(path, SOURCES)}"
        for name, path in sorted(names.items()) for place in words.get(name, [])
    ]


@pytest.mark.parametrize(
    "target, one, other", [(target, *pair) for target, pairs in FORBIDDEN.items() for pair in pairs],
    ids=lambda value: str(value))
def test_a_room_does_not_use_the_rooms_above_it(target, one, other):
    found = crossings(target, one, other)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("target", sorted(os.listdir(SOURCES)))
def test_the_rooms_of_a_target_stand_above_each_other(target):
    root = os.path.join(SOURCES, target)
    rooms = [name for name in sorted(os.listdir(root)) if os.path.isdir(f"{root}/{name}")]
    uses = {(one, other): crossings(target, one, other) for one in rooms for other in rooms if one != other}
    circles = {}

    def walk(room, way):
        if room in way:
            circle = way[way.index(room):]
            steps = [uses[step] for step in zip(circle, [*circle[1:], room])]
            # The step that hangs by the fewest threads is what to change.
            circles[frozenset(circle)] = " -> ".join([*circle, room]) + "\n  " + "\n  ".join(min(steps, key=len)[:10])
            return
        for other in rooms:
            if other != room and uses[room, other]:
                walk(other, [*way, room])

    for room in rooms:
        walk(room, [])
    assert not circles, "\n".join(circles.values())


def test_no_target_is_imported_by_what_it_imports():
    targets = sorted(os.listdir(SOURCES))
    imports = {}
    for target in targets:
        lines = [line for path in swift_files(os.path.join(SOURCES, target)) for line in open(path)]
        names = {match[1] for line in lines if (match := re.match(r"\s*(?:@\w+\s+)*(?:\w+ )?import (?:\w+ )?(\w+)", line))}
        imports[target] = names & set(targets) - {target}

    def walk(target, way):
        assert target not in way, " -> ".join([*way[way.index(target):], target])
        for other in sorted(imports[target]):
            walk(other, [*way, target])

    for target in targets:
        walk(target, [])


def test_only_the_terminal_knows_ncurses_and_it_knows_no_message():
    found = []
    for target in ("CruddurTUI",):
        for path in swift_files(os.path.join(SOURCES, target)):
            room = os.path.relpath(path, os.path.join(SOURCES, target)).split("/")[0]
            text = "\n".join(code(path))
            if "import CNcurses" in text and room != "Terminal":
                found.append(f"{os.path.relpath(path, SOURCES)} imports CNcurses")
            if "import ChatClient" in text and room == "Terminal":
                found.append(f"{os.path.relpath(path, SOURCES)} imports ChatClient")
    assert not found, "\n".join(found)


def test_every_exchange_goes_through_the_one_door():
    found = []
    for path in swift_files(SOURCES):
        place = os.path.relpath(path, SOURCES)
        if "import AsyncHTTPClient" in "\n".join(code(path)) and not re.search(r"(^|/)HTTP/", place):
            found.append(f"{place} imports AsyncHTTPClient outside HTTP/")
    # The clients of AWS and the function are targets of their own, and have a door each.
    doors = [place for place in found if place.startswith("ChatClient/")]
    assert not doors, "\n".join(doors)


def test_handles_are_compared_code_point_by_code_point():
    """Swift's == takes canonically equivalent texts for one, and to a server they are two people."""
    comparison = re.compile(r"[hH]andle\)? (==|!=) (?!nil)|(==|!=) [$\w.]*\b[hH]andle\b")
    # Words of our own, which nobody else writes.
    own = re.compile(r'handle == ""|erased\.handle')
    found = []
    for path in swift_files(SOURCES):
        place = os.path.relpath(path, SOURCES)
        if not place.startswith("CruddurDemo/") and not place.endswith("/DemoCommand.swift"):
            found += [f"{place}: {line.strip()}" for line in code(path) if comparison.search(line) and not own.search(line)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("target, other", [
    ("CruddurServer", "CruddurDemo"), ("CruddurOps", "CruddurDemo"), ("PostgresUsers", "CruddurServer"),
    ("PostgresUsers", "MessageTable"), ("Users", "MessageTable"), ("Users", "CruddurServer"),
])
def test_a_target_does_not_reach_what_it_has_no_use_for(target, other):
    """Whatever it imports, and what that imports: a program links all of it."""
    reached, ahead = set(), [target]
    while ahead:
        for path in swift_files(os.path.join(SOURCES, ahead.pop())):
            for line in open(path):
                if match := re.match(r"\s*(?:@\w+\s+)*(?:\w+ )?import (?:\w+ )?(\w+)", line):
                    name = match[1]
                    if name not in reached and os.path.isdir(os.path.join(SOURCES, name)):
                        reached.add(name)
                        ahead.append(name)
    assert reached and other not in reached

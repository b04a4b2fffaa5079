"""Everything that the mouse does, as a terminal sends it: mode 1006, counted from 1."""

import re

import pytest
from wcwidth import wcswidth

from test_every_key import do


class Hand:
    def __init__(self, terminal):
        self.terminal = terminal

    def place(self, text, last=False):
        """The first cell of a text on the screen."""
        rows = [(y, line) for y, line in enumerate(self.terminal.lines) if text in line]
        assert rows, f"not on the screen: {text}\n{self.terminal.text}"
        y, line = rows[-1 if last else 0]
        return wcswidth(line[:line.index(text)]), y

    def at(self, x, y, code=0, end="M"):
        self.terminal.type(f"\x1b[<{code};{x + 1};{y + 1}{end}")

    def click(self, text, last=False, dx=0):
        x, y = self.place(text, last)
        self.at(x + dx, y)
        self.at(x + dx, y, end="m")

    def wheel(self, text, up, notches=1):
        place = self.place(text)
        for _ in range(notches):
            self.at(*place, code=64 if up else 65)

    def drag(self, start, end):
        self.at(*start)
        self.at(*end, code=32)
        self.at(*end, end="m")


@pytest.fixture
def hand(demo):
    def hand(*arguments, **options):
        options.setdefault("width", 120)
        options.setdefault("height", 30)
        return Hand(demo("--fresh", *arguments, until="connected", **options))

    return hand


@pytest.mark.parametrize("options", [{}, {"width": 50}], ids=["both panes", "one"])
def test_a_conversation_is_opened(hand, options):
    hand = hand(**options)
    if options:
        hand.terminal.type("\x1b")
        hand.terminal.wait_for("Conversations")
    hand.terminal.wait_for("Tomasz")
    hand.click("Tomasz")
    hand.terminal.wait(lambda t: re.search(r"Tomasz .*@tomasz", t.lines[0]), "the conversation with Tomasz")
    hand.terminal.type("typed at once\r")
    hand.terminal.wait(lambda t: re.search(r"typed at once +✓", t.text), "sent to him")


def test_the_wheel_turns_what_is_under_it(hand):
    hand = hand(height=16)
    hand.terminal.wait_for("this terminal is open")
    hand.wheel("this terminal is open", up=True, notches=3)
    hand.terminal.wait(lambda t: re.search(r"\d+ below", t.text), "older messages")
    listed = hand.terminal.groups.split("\n")[2:-1]
    hand.click(" below")
    hand.terminal.wait(lambda t: not re.search(r"\d+ below", t.text), "the newest again")
    assert hand.terminal.groups.split("\n")[2:-1] == listed


def test_the_wheel_turns_the_list(hand):
    hand = hand(height=5)
    hand.terminal.wait_for("@mei")
    for code, first in [(65, "Tomasz"), (64, "Mei"), (64, "Mei"), (65, "Tomasz")]:
        hand.at(3, 3, code=code)
        hand.terminal.wait(lambda t: first in "".join(t.lines[1:4]).split("│")[0], f"the list begins with {first}")


def test_a_message_is_selected_and_what_can_be_done_to_it_is_done(hand):
    hand = hand()
    hand.terminal.wait_for("this terminal is open")
    hand.click("this terminal is open")
    hand.terminal.wait_for("Alt-C copy")
    for action, shown in [("details", "Code points"), ("copy a part", "A part"), ("quote", "› > "), ("copy", "Copied: ")]:
        hand.click(f" {action}", dx=1)
        hand.terminal.wait_for(shown)
        if shown in ("Code points", "A part"):
            hand.terminal.type("\x1b")
            hand.terminal.wait(lambda t: shown not in t.text, "closed")
        elif action == "quote":
            hand.terminal.type("\x15" * 4)
            hand.click("this terminal is open")
            hand.terminal.wait_for("Alt-C copy")
    hand.terminal.type("x\x15")
    hand.click("this terminal is open")
    hand.terminal.wait_for("let go")
    hand.click("let go")
    hand.terminal.wait(lambda t: "Alt-C copy" not in t.text, "none is selected")


def test_the_cursor_is_placed(hand):
    hand = hand()
    hand.terminal.paste("first line\n你好 second")
    hand.terminal.wait_for("你好 second")
    x, y = hand.place("好")
    hand.at(x, y)
    hand.terminal.wait(lambda t: (t.screen.cursor.x, t.screen.cursor.y) == (x, y), "the cursor")
    hand.terminal.type("!")
    hand.terminal.wait_for("你!好 second")
    hand.click("first", dx=2)
    hand.terminal.type("!")
    hand.terminal.wait_for("fi!rst line")


@pytest.mark.parametrize("place", ["side", "top"])
def test_the_line_between_the_panes_is_dragged(hand, place):
    hand = hand()
    if place == "side":
        line = lambda t: t.lines[4].find("│")
        x = line(hand.terminal)
        hand.drag((x, 5), (x + 12, 5))
        hand.terminal.wait(lambda t: line(t) == x + 12, "a wider list")
        hand.drag((x + 12, 5), (3, 5))
        hand.terminal.wait(lambda t: 3 < line(t) < x, "no narrower than it can be")
    else:
        hand.terminal.type("/top\r")
        first = lambda t: next(y for y, row in enumerate(t.lines) if y > 1 and set(row.strip()) == {"─"})
        hand.terminal.wait(lambda t: "│" not in t.lines[3], "the list above")
        y = first(hand.terminal)
        hand.drag((20, y), (20, y - 2))
        hand.terminal.wait(lambda t: first(t) == y - 2, "a lower list")


# What brings it in front, its title, the row of the box below the title, what stands there, and what is seen when that was
# taken.
BOXES = {
    "finder": ("\x06omasz", "Find a conversation", 3, "Tomasz", r"^[^\n]*│ Tomasz [^\n]*@tomasz"),
    "search": ("\x13open all day", "Search all messages", 2, "is open all day", r"│[› ] *\S*I will be around"),
    "prompt": ("\x0etomas", "New conversation", 6, "Tomasz", r"^[^\n]*│ Tomasz [^\n]*@tomasz"),
    "links": (
        "see https://a.example https://b.example\r\x1b[1;3A\x1bo", "opens it in your browser", 1, "https://a.example",
        r"https://b.example"),
    "completion": (":grinning_face\t", "┌ :grinning", 2, "grinning face", r"› [^:\w ]"),
    "calls": ("\x1bOQ\x1bOS", "Enter: whole", 1, "GET /api", r"┌ A call"),
    "row": ("\x1bOR\x1bOS", "Enter: whole", 1, "MSG#", r"┌ An item"),
    "stage": ("\x1b[19~", "As the seed does it", 1, "[ ] stream-off", r"\[x\] stream-off"),
}


@pytest.mark.parametrize("what", BOXES)
def test_what_is_offered_is_taken(request, what):
    keys, title, row, text, shown = BOXES[what]
    if what == "links":
        # Where somebody answers, the message that was written is not the last one.
        hand = Hand(request.getfixturevalue("chat")(width=120))
    else:
        hand = request.getfixturevalue("hand")()
        hand.terminal.wait_for("this terminal is open")
    for part in re.split(r"(?<=\r)|(?=\x1b)", keys):
        do(hand.terminal, part)
    hand.terminal.wait_for(title)
    top = lambda t: next(y for y, line in enumerate(t.lines) if "┌" in line)
    hand.terminal.wait(lambda t: title in t.text and text in t.lines[top(t) + row], f"{text} in its row")
    hand.terminal.wait_for_quiet(0.5)
    y = top(hand.terminal)
    line = hand.terminal.lines[y]
    hand.at(wcswidth(line[:line.index("┌")]) + 5, y + row)
    hand.terminal.wait(lambda t: (title not in t.text or what == "stage") and re.search(shown, t.text), f"taken from\n{title}")


def test_a_key_that_is_named_is_pressed(hand):
    hand = hand()
    for hint, shown in [("F1 help", "Help"), ("^N new", "New conversation"), ("^F find", "Find a conversation"),
                        ("^S search", "Search all messages")]:
        hand.click(hint)
        hand.terminal.wait(lambda t: "┌ " in t.text and shown in t.text, shown)
        # Also those that what is in front names.
        hand.click("Esc close", last=True)
        hand.terminal.wait(lambda t: "┌ " not in t.text, "closed")
    hand.click("^Q quit")
    assert hand.terminal.wait_for_exit() == 0


def test_what_is_in_front_hides_what_is_behind(hand):
    hand = hand()
    hand.terminal.wait_for("this terminal is open")
    hand.terminal.type("\x0e")
    hand.terminal.wait_for("New conversation")
    hand.terminal.wait_for_quiet(0.3)
    was = hand.terminal.text
    hand.click("Tomasz")
    hand.at(*hand.place("New conversation"))
    hand.terminal.wait_for_quiet(0.3)
    assert hand.terminal.text == was


def test_with_a_key_held_and_where_it_is_off_it_is_the_terminals(demo, chat):
    hand = Hand(demo(until="connected"))
    was = hand.terminal.partner
    x, y = hand.place("Tomasz")
    for code in (4, 8, 16):
        hand.at(x, y, code=code)
        hand.at(x, y, code=code, end="m")
    hand.terminal.type("z")
    hand.terminal.wait_for("› z")
    assert hand.terminal.partner == was
    terminal = chat(mouse=False)
    terminal.wait_for("connected")
    assert b"?1000h" not in terminal.raw and b"?1002h" not in terminal.raw

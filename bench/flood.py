"""cruddur on a backend in which 1,000 messages a second arrive, for tui_bench.py: the process is cruddur's."""

import os
import tempfile
import time

from beside import chat

PER_SECOND = 1000
# As many as come between two polls, and some more.
KEPT = 150


def flood(tell):
    from hostile import Backend

    backend = Backend()
    backend.rows = KEPT
    folder = tempfile.mkdtemp(prefix="cruddur-flood-")
    path = backend.configuration(folder, polling={"open_conversation_seconds": 0.1, "groups_seconds": 0.5})
    tell(path)
    parent, begun, said = os.getppid(), time.monotonic(), 0
    while os.getppid() == parent:
        due = int((time.monotonic() - begun) * PER_SECOND)
        for number in range(said, due):
            backend.say("bob", f"message {number} of very many")
        said = due
        with backend.lock:
            for group in backend.groups:
                # It shall take its messages to the chat, and not the processor from it.
                del group.messages[:-KEPT]
        time.sleep(0.01)


chat(flood)

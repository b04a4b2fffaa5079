"""cruddur on a backend in which 1,000 messages a second arrive, for tui_bench.py: the process is cruddur's."""

import os
import sys
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "Tests/EndToEndTests"))
PER_SECOND = 1000


def flood(told):
    from hostile import Backend

    backend = Backend()
    folder = tempfile.mkdtemp(prefix="cruddur-flood-")
    path = backend.configuration(folder, polling={"open_conversation_seconds": 0.1, "groups_seconds": 0.5})
    os.write(told, f"{path}\n".encode())
    parent, begun, said = os.getppid(), time.monotonic(), 0
    while os.getppid() == parent:
        due = int((time.monotonic() - begun) * PER_SECOND)
        for number in range(said, due):
            backend.say("bob", f"message {number} of very many")
        said = due
        time.sleep(0.01)
    os._exit(0)


read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    os.close(read)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    flood(write)
os.close(write)
path = os.fdopen(read).readline().strip()
program = os.environ.get("CRUDDUR", os.path.join(ROOT, ".build/release/cruddur"))
os.environ["HOME"] = os.path.dirname(path)
os.execv(program, [program, "--config", path])

"""cruddur with something beside it: the process becomes cruddur, as tui_bench.py wants it."""

import os
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, ROOT + "/Tests/EndToEndTests")


def chat(beside):
    """`beside`, in a process of its own, gives the path of a configuration to what it is called with, and goes on."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        os.close(read)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        beside(lambda path: os.write(write, f"{path}\n".encode()))
        os._exit(0)
    os.close(write)
    path = os.fdopen(read).readline().strip()
    program = os.environ.get("CRUDDUR", ROOT + "/.build/release/cruddur")
    os.environ["HOME"] = os.path.dirname(path)
    os.execv(program, [program, "--config", path])

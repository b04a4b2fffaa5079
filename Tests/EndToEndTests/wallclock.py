"""A wall clock that a test sets: that of one program, whose timers go on as they are."""

import atexit
import os
import shutil
import subprocess
import tempfile

import pytest

SOURCE = os.path.join(os.path.dirname(__file__), "wallclock.c")
built = None


class WallClock:
    """`environment` is for the program; `step` moves its clock at any time."""

    def __init__(self, folder):
        self.path = f"{folder}/wallclock"
        self.step(0)
        self.environment = {"LD_PRELOAD": library(), "WALLCLOCK_FILE": self.path}

    def step(self, seconds):
        """Seconds ahead of the machine's own clock."""
        with open(self.path + ".new", "w") as file:
            file.write(str(int(seconds)))
        os.rename(self.path + ".new", self.path)


def library():
    """The library that moves the clock, compiled once; what cannot be compiled here is not tested here."""
    global built
    if built is None:
        compiler = shutil.which("gcc") or shutil.which("cc") or shutil.which("clang")
        if not compiler:
            pytest.skip("no C compiler for the library that moves the clock")
        folder = tempfile.mkdtemp(prefix="cruddur-wallclock-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        built = os.path.join(folder, "wallclock.so")
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, SOURCE, "-ldl"], check=True)
    return built

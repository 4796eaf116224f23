"""A worker in which nothing moves dies, even when the hang holds Python's lock; one that moves does not."""

import subprocess
import sys
import textwrap

import pytest

from pipelines.exits import EXIT_HANG

WORKER = """
import re, subprocess, sys, threading
from newsbeam.beam import Shift
from pipelines.watchdog import Watchdog

def hang_politely():
    threading.Event().wait()

def hang_with_the_lock():
    re.match(r"(a+)+$", "a" * 60 + "b")

def doomed():
    # Ends when the alarm would that the watchdog set at its last look: whoever outlives it had none left.
    alarm = "import faulthandler, threading; faulthandler.dump_traceback_later(2.5, exit=True);"
    return subprocess.Popen([sys.executable, "-c", alarm + "threading.Event().wait()"], stderr=subprocess.DEVNULL)

def move_on():
    other = doomed()
    while other.poll() is None:
        shift.touch()
        threading.Event().wait(0.1)

def rest_between_shifts():
    dog.watch(None)
    doomed().wait()

with Watchdog(2.0) as dog:
    shift = Shift()
    dog.watch(shift)
    {what}()
"""


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("hang_politely", EXIT_HANG),
        ("hang_with_the_lock", 1),
        ("move_on", 0),
        ("rest_between_shifts", 0),
    ],
)
def test_only_a_hang_is_turned_into_a_death(what: str, status: int) -> None:
    program = textwrap.dedent(WORKER).replace("{what}", what)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=240, check=False)
    assert ended.returncode == status, ended.stderr.decode()
    assert (what in ended.stderr.decode()) == (status != 0)  # the dump says where it hung

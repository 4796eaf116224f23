"""A worker in which nothing moves dies, even when the hang holds Python's lock; one that moves does not."""

import subprocess
import sys
import textwrap

import pytest

from pipelines.exits import EXIT_HANG

WORKER = """
import re, threading, time
from newsbeam.beam import Shift
from pipelines.watchdog import Watchdog

def hang_politely():
    threading.Event().wait()

def hang_with_the_lock():
    re.match(r"(a+)+$", "a" * 60 + "b")

def move_on():
    for _ in range(30):
        shift.touch()
        time.sleep(0.1)

def rest_between_shifts():
    dog.watch(None)
    time.sleep(3)

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

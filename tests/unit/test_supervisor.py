"""The supervisor with real child processes."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from newsbeam.app.datadir import locked_data_dir, make_data_dir
from newsbeam.app.service import supervise
from newsbeam.app.supervisor import SETTLED_S, Job, Supervisor, _Child, describe
from newsbeam.errors import AlreadyRunning, ConfigurationError


def until(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    event = threading.Event()
    while not holds():
        assert time.monotonic() < deadline, "condition did not come true in time"
        event.wait(0.02)


def child(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    job = Job("dies", child(f"open({str(log)!r}, 'a').write('x')"))
    supervisor = Supervisor([job])
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    until(lambda: log.exists() and len(log.read_text()) >= 2)
    supervisor.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_a_child_that_a_restart_cannot_help_stops_everything(tmp_path: Path) -> None:
    started = tmp_path / "started"
    sleeper = Job("sleeper", child(f"import time; open({str(started)!r}, 'w'); time.sleep(600)"))
    hopeless = Job("hopeless", child(f"import sys; sys.exit({ConfigurationError.exit_code})"))
    assert Supervisor([sleeper, hopeless]).run() == ConfigurationError.exit_code


def test_a_child_that_had_settled_is_started_again_whatever_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade elsewhere, or a secret that is being replaced, must not end the other jobs."""
    monkeypatch.setattr("newsbeam.app.supervisor.SETTLED_S", 0.0)
    log = tmp_path / "log"
    script = f"import sys; open({str(log)!r}, 'a').write('x'); sys.exit({ConfigurationError.exit_code})"
    supervisor = Supervisor([Job("late", child(script))])
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(supervisor.run()))
    thread.start()
    until(lambda: codes != [] or (log.exists() and len(log.read_text()) >= 2))
    supervisor.stop()
    thread.join(10)
    assert codes == [0]


def test_a_child_has_settled_once_it_lived_long_enough_and_stays_so() -> None:
    one = _Child(Job("one", child("import sys; sys.exit(3)")), os.open(os.devnull, os.O_RDONLY))

    def lived(from_s: float, to_s: float) -> bool:
        one.start_if_due(from_s)
        assert one.process is not None
        one.process.wait(20)
        assert one.reap(to_s) == 3
        return one.settled

    try:
        assert [
            lived(1000.0, 1000.0 + SETTLED_S - 1),
            lived(2000.0, 2000.0 + SETTLED_S),
            lived(3000.0, 3001.0),
        ] == [False, True, True]
    finally:
        os.close(one._lifeline)


def test_children_are_looked_after_while_the_page_is_awaited() -> None:
    """A port that is taken, or Ctrl-C, must not wait for a page that will never answer."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    told_to_stop: list[bool] = []
    hopeless = Job("hopeless", child(f"import sys; sys.exit({ConfigurationError.exit_code})"))
    try:
        code = supervise(
            Supervisor([hopeless]), lambda _: None, lambda stopping: told_to_stop.append(stopping.wait(60))
        )
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert code == ConfigurationError.exit_code
    until(lambda: told_to_stop == [True])


def test_how_a_child_ended_is_told_with_who_killed_it(tmp_path: Path) -> None:
    ended: list[tuple[int, bool]] = []
    started = tmp_path / "started"
    script = f"import time; open({str(started)!r}, 'a').write('x'); time.sleep(600)"
    job = Job("told", child(script), ended=lambda _pid, status, by_us: ended.append((status, by_us)))
    supervisor = Supervisor([job])
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    until(lambda: started.exists() and started.read_text() == "x")
    process = supervisor._children[0].process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    until(lambda: started.read_text() == "xx")
    supervisor.stop()
    thread.join(10)
    assert ended == [(-signal.SIGKILL, False), (-signal.SIGTERM, True)]


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbeam.app.supervisor.GRACE_S", 0.3)
    started = tmp_path / "started"
    script = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(started)!r}, 'w'); time.sleep(600)"
    supervisor = Supervisor([Job("deaf", child(script))])
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    until(started.exists)
    supervisor.stop()
    thread.join(10)
    assert not thread.is_alive()


def test_children_stop_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    started, stopped = tmp_path / "started", tmp_path / "stopped"
    grandchild = (
        "import signal, sys, time\n"
        "from newsbeam.app.lifeline import hold_lifeline\n"
        "def on_term(*_):\n"
        f"    open({str(stopped)!r}, 'w')\n"
        "    sys.exit(0)\n"
        "signal.signal(15, on_term)\n"
        "hold_lifeline()\n"
        f"open({str(started)!r}, 'w')\n"
        "time.sleep(600)\n"
    )
    script = (
        "from newsbeam.app.supervisor import Job, Supervisor\n"
        "import sys\n"
        f"Supervisor([Job('child', [sys.executable, '-c', {grandchild!r}])]).run()\n"
    )
    with subprocess.Popen(child(script)) as parent:
        until(started.exists)
        parent.kill()
        until(stopped.exists)


def test_statuses_have_words() -> None:
    assert describe(1) == "exit code 1"
    assert describe(-signal.SIGKILL) == "SIGKILL"


def test_a_data_directory_has_one_holder(tmp_path: Path) -> None:
    path = make_data_dir(tmp_path / "data")
    with (
        locked_data_dir(path),
        pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"),
        locked_data_dir(path),
    ):
        pass
    with locked_data_dir(path):
        pass


def test_a_data_directory_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"data directory .*file/data"):
        make_data_dir(tmp_path / "file" / "data")

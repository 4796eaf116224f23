"""A full disk below the whole service: said once, waited for, and afterwards everything is there exactly once."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.error import HTTPError

import psutil
import pytest

from tests.e2e.conftest import Deployed
from tests.e2e.equality import assert_delivered, assert_equals_truth
from tests.e2e.service import FIRST_ONLY, IMMORTAL, SUBSCRIPTION, Service, fast_wire
from tests.servers.disk import CannotMount, fill, small_disk
from tests.servers.process import wait_until

DISK_BYTES = 48 * 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own, which only root may mount; others, CI too, go without this test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with ExitStack() as exits:
        try:
            yield exits.enter_context(small_disk(folder, DISK_BYTES))
        except CannotMount as reason:
            pytest.skip(str(reason))


def jobs(service: Service) -> dict[int, str]:
    """The supervisor's own children: process id and job."""
    top = service.tree()[0]
    found = {}
    for child in top.children():
        with suppress(psutil.NoSuchProcess):
            words = child.cmdline()
            if "--data" in words:  # not so of one that died, or is only being started
                found[child.pid] = words[words.index("--data") + 2]
    return found


def not_ready(service: Service) -> dict[str, str]:
    """What `/readyz` finds wanting, and why."""
    try:
        answer = service.get("/readyz")
    except HTTPError as error:
        with error:
            answer = error.read().decode()
    return {check["name"]: check["why"] for check in json.loads(answer)["checks"] if not check["ok"]}


@pytest.mark.timeout(300)
def test_a_full_disk_is_said_once_waited_for_and_loses_nothing(
    deploy: Callable[..., Deployed], disk: Path, tmp_path: Path
) -> None:
    one = deploy(fast_wire(31, slots=40, lasts_s=30, script=IMMORTAL), name="disk/data")
    one.service.log = tmp_path / "service.log"
    one.service.start()
    one.service.await_page()
    one.begin_news()
    wait_until(lambda: one.service.json("/api/v1/status")["alerts"] > 0, 60, "an alert", one.service.tail)

    ballast = fill(disk)
    wait_until(lambda: "polling pauses" in one.service.tail(), 60, "the poller to say it", one.service.tail)
    wait_until(lambda: {"bus", "disk"} <= not_ready(one.service).keys(), 30, "readiness to say it")
    assert all("disk" in why and "full" in why for why in not_ready(one.service).values())
    looked = one.service.call("status")
    assert looked.code == 0, looked.all
    assert "disk is full" in next(line for line in looked.out.splitlines() if line.startswith("Trouble"))
    assert one.service.call("alerts").code == 0

    before = jobs(one.service)
    killed = [pid for pid, job in before.items() if job in {"poll", "deliver"}]
    for pid in killed:
        psutil.Process(pid).kill()
    wait_until(
        lambda: (
            sorted(jobs(one.service).values()) == sorted(before.values())
            and not set(killed) & jobs(one.service).keys()
        ),
        30,
        "the killed jobs to be started again",
        one.service.tail,
    )
    during = jobs(one.service)
    settled = one.wire.wire.settled_at
    assert settled is not None
    wait_until(lambda: one.wire.clock() >= settled, 60, "all news to have come meanwhile")
    assert jobs(one.service) == during, "a job dies where there is no room"
    said = one.service.log.read_text()
    for words, at_most in (
        ("polling pauses", 2),  # each by the poller and by its successor, or by each worker
        ("delivering pauses", 2),
        ("bus does not take alerts", 2),
        ("the work waits", 2),
    ):
        assert said.count(words) <= at_most, said

    ballast.unlink()
    ledger = one.quiesce()
    truth = assert_equals_truth(ledger, one.bus_url)
    assert truth.alerts_by_rule.total() >= 5
    assert_delivered(ledger, truth, one.receiver.on("/all"), SUBSCRIPTION, updates=True)
    assert_delivered(ledger, truth, one.receiver.on("/first"), FIRST_ONLY, updates=False)
    wait_until(lambda: not not_ready(one.service), 60, "all to be ready", lambda: str(not_ready(one.service)))
    assert "Trouble" not in one.service.call("status").out
    assert jobs(one.service) == during
    assert "Traceback" not in one.service.log.read_text()


def test_a_start_on_a_full_disk_is_refused_with_one_line(deploy: Callable[..., Deployed], disk: Path) -> None:
    service = deploy(fast_wire(32, slots=1, lasts_s=60), name="disk/data").service
    ballast = fill(disk)
    for prepared in (False, True):
        said = service.call("run")
        assert said.code == 4, said.all
        assert "Traceback" not in said.all
        (told,) = [line for line in said.err.splitlines() if line.startswith("newsbeam: ")]
        assert "disk is full" in told
        ballast.unlink()
        if not prepared:
            assert service.call("config", "apply").code == 0
            fill(disk)

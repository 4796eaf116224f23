"""The keeper of the job on Flink: submits it from the stored positions, watches it, submits it anew when it must be.

There is one keeper a store, by a lease; others wait. It never uses what Flink has kept: what is recorded is decided
by the stored positions, so that cancelling and submitting again is the one way to start, to upgrade and to recover.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from newsbeam.bus.port import STORIES
from newsbeam.errors import AlreadyRunning, ConfigurationError, FlinkUnavailable, NotFound, Unavailable
from newsbeam.metrics import (
    CAREFUL,
    FLINK_CHECKPOINT_AGE,
    FLINK_CHECKPOINT_BYTES,
    FLINK_FAILURES,
    FLINK_RUNNING,
    FLINK_STUCK,
    FLINK_SUBMISSIONS,
)
from newsbeam.recording import RecordingSettings
from newsbeam.store.catalogs import DocumentKind, active_version
from newsbeam.store.clock import StoreClock
from newsbeam.store.database import Store
from newsbeam.store.leases import Leases, owners
from newsbeam.store.markers import begin, record_death
from newsbeam.store.positions import read_positions
from pipelines.enrich import CatalogInUse, EnricherMaker
from pipelines.exits import EXIT_STOPPED, KEEPER, free_shares_of_the_dead, refuse_beside_keeper
from pipelines.flink import Submission, check_job_server, submit
from pipelines.flinkrest import FlinkRest, Job
from pipelines.jobwatch import JobWatch, Verdict, Why, troubles_of
from pipelines.monitor import Places
from pipelines.settings import FlinkSettings, ProcessSettings
from pipelines.shares import partition_holders, starts_of

logger = logging.getLogger("newsbeam.process")

_IN_FLINK_WITHIN_S = 300.0  # a job server sends its jars with each job
_GONE_WITHIN_S = 60.0
_LEAVE_WITHIN_S = 2.5  # whoever stops this process gives it four seconds
_READ_SETTINGS_EVERY_S = 5.0
_SHOW_EVERY_S = 15.0


class KeeperSettings(msgspec.Struct, frozen=True):
    """What a job depends on: when any of it changes, the job is submitted anew."""

    flink: FlinkSettings
    process: ProcessSettings
    recording: RecordingSettings
    make_enricher: EnricherMaker


Backlog = Callable[[], Mapping[int, int]]
ReadCarefully = Callable[[int], None]


class JobKeeper:
    """Runs until `stop` is set. `careful` reads one partition's doubtful stretch in processes of this machine."""

    def __init__(
        self,
        places: Places,
        current: Callable[[], KeeperSettings],
        backlog: Backlog,
        careful: ReadCarefully,
        owner: str,
        stop: threading.Event,
    ) -> None:
        self._places = places
        self._current = current
        self._backlog = backlog
        self._careful = careful
        self._owner = owner
        self._stop = stop
        self._clock = StoreClock(places.store)
        self._settings = current()
        self._watch = JobWatch(self._settings.process.hang_after_s)
        self._pause_s = self._settings.process.first_pause_s
        self._said = ""
        self._troubles: dict[str, str] = {}
        self._submission: Submission | None = None  # one that is not in Flink yet
        self._why = Why.START
        self._lost = threading.Event()

    def run(self) -> int:
        """Keep a job until stopped; return the exit code. Raises `AlreadyRunning` beside in-process workers."""
        while not self._stop.is_set():
            try:
                with self._only_keeper() as ours:
                    if ours:
                        self._keep()
            except Unavailable as error:  # the store, where the lease lies
                self._pause(error)
        return EXIT_STOPPED

    @contextmanager
    def _only_keeper(self) -> Iterator[bool]:
        """Hold the one lease while the block runs; without it, wait a little and yield False."""
        leases, ttl = (
            Leases(self._places.store, self._owner),
            timedelta(seconds=self._settings.process.lease_s),
        )
        self._clock.look()
        free_shares_of_the_dead(self._places.store, self._clock())
        if not leases.acquire(KEEPER, ttl, self._clock()):
            other = owners(self._places.store, KEEPER, self._clock()).get(KEEPER, "another process")
            self._say(f"{other} keeps the job; this process waits, in case that one ends")
            self._stop.wait(1.0)
            yield False
            return
        self._lost.clear()
        done = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(leases, ttl, done), name="lease", daemon=True)
        renewing.start()
        try:
            yield True
        finally:
            done.set()
            renewing.join(timeout=1.0)
            try:
                leases.release(KEEPER)
            except Unavailable as error:
                logger.warning("the job's lease ends by itself: %s", error)

    def _renew(self, leases: Leases, ttl: timedelta, done: threading.Event) -> None:
        while not done.wait(ttl.total_seconds() / 4):
            try:
                self._clock.look()
                if not leases.acquire(KEEPER, ttl, self._clock()):
                    self._lost.set()
            except Unavailable as error:
                logger.debug("the keeper's lease: %s", error)

    @property
    def _on(self) -> bool:
        return not (self._stop.is_set() or self._lost.is_set())

    def _keep(self) -> None:
        """Submit and watch, over and over, until stopped or until the lease is lost."""
        try:
            while self._on:
                try:
                    self._once()
                except (Unavailable, NotFound) as error:
                    self._pause(error)
        finally:
            FLINK_RUNNING.labels(self._settings.flink.name).set(0)
            if not self._lost.is_set():
                self._leave()

    def _once(self) -> None:
        """Submit the job once and watch it until it must not go on."""
        self._settings = settings = self._settings_now()
        catalog = CatalogInUse(self._places.store, settings.make_enricher)
        to = replace(self._places, catalog=catalog, recording=settings.recording)
        rest = FlinkRest(settings.flink.rest)
        refuse_beside_workers(to.store, self._clock())
        if active_version(to.store, DocumentKind.CATALOG) is None:
            raise NotFound("no catalog is active yet: `newsbeam config apply` makes one active")
        check_job_server(settings.flink.job_endpoint)
        self._cancel(rest, _GONE_WITHIN_S)
        if not self._on:  # nobody would look after the job
            return
        starts = starts_of(to.bus, to.store, range(to.bus.partitions(STORIES)))
        parallelism = parallelism_for(len(starts), rest, settings.flink)
        self._watch.submitted(len(starts), settings.flink.state_bytes, time.monotonic())
        self._submission = submit(to, starts, settings.process, settings.flink, parallelism)
        FLINK_SUBMISSIONS.labels(self._why).inc()
        job_id = self._await_job(rest, self._submission)
        if job_id is None:
            return
        logger.info(
            "job %s runs on Flink: %d partitions from the stored positions, parallelism %d (%s)",
            job_id, len(starts), parallelism, self._why,
        )  # fmt: skip
        verdict = self._watch_job(rest, job_id)
        if verdict is not None:
            self._act(rest, verdict)

    def _await_job(self, rest: FlinkRest, submission: Submission) -> str | None:
        """Return the job's id as soon as Flink has it, None when stopped before."""
        deadline = time.monotonic() + _IN_FLINK_WITHIN_S
        while self._on:
            found = rest.living(self._settings.flink.name)
            if found:
                self._submission = None
                return found[0]
            failure = submission.failure()
            if failure is not None:
                raise FlinkUnavailable(f"the job could not be started on Flink: {failure}")
            if time.monotonic() > deadline:
                raise FlinkUnavailable(
                    f"the job server has not brought the job to Flink for {_IN_FLINK_WITHIN_S:.0f} s: does it have "
                    f"the address of the Flink at {self._settings.flink.rest}?"
                )
            self._stop.wait(0.5)
        return None

    def _watch_job(self, rest: FlinkRest, job_id: str) -> Verdict | None:
        """Return why the job must not go on, None when stopped."""
        looked_at_settings = shown = time.monotonic()
        while self._on:
            now_s = time.monotonic()
            try:
                verdict = self._look(rest, job_id)
                if now_s - shown > _SHOW_EVERY_S:
                    shown = now_s
                    self._places.bus.commit(STORIES, read_positions(self._places.store, STORIES))
            except Unavailable as error:  # store, bus or Flink: the job sees for itself, or comes to an end
                self._say(f"the job is not looked after for now: {error}")
                verdict = None
            if verdict is None and now_s - looked_at_settings > _READ_SETTINGS_EVERY_S:
                looked_at_settings = now_s
                verdict = self._settings_verdict()
            if verdict is not None:
                return verdict
            self._stop.wait(self._settings.flink.look_every_s)
        return None

    def _look(self, rest: FlinkRest, job_id: str) -> Verdict | None:
        try:
            job = rest.job(job_id)
        except NotFound:
            return Verdict(Why.VANISHED, f"Flink does not know job {job_id} any more: was it started anew?")
        now_s, backlog = time.monotonic(), self._backlog()
        positions = read_positions(self._places.store, STORIES)
        verdict = self._watch.look(job, positions, backlog, now_s)
        FLINK_FAILURES.inc(len(self._watch.failures))
        for reason in dict.fromkeys(failure.reason for failure in self._watch.failures):
            self._say(f"the job failed and starts anew: {reason}")
        if self._watch.moved:
            self._go_on()
        waiting = {p: seconds for p, seconds in self._watch.still(now_s).items() if backlog.get(p)}
        self._tell(job, waiting)
        return verdict

    def _settings_verdict(self) -> Verdict | None:
        changed = self._settings_now() != self._settings
        return Verdict(Why.SETTINGS, "the settings have changed") if changed else None

    def _settings_now(self) -> KeeperSettings:
        try:
            return self._current()
        except ConfigurationError as error:
            self._say(f"the settings have mistakes, the job goes on under the old ones: {error}")
            return self._settings

    def _act(self, rest: FlinkRest, verdict: Verdict) -> None:
        """End a job that must not go on, and do what comes before the next."""
        logger.warning("the job is submitted anew: %s", verdict.words)
        self._why = verdict.why
        FLINK_RUNNING.labels(self._settings.flink.name).set(0)
        self._cancel(rest, _GONE_WITHIN_S)
        for partition in verdict.doubtful:
            if self._on:
                self._read_carefully(partition)
        if verdict.why in {Why.FAILED, Why.VANISHED, Why.GAP, Why.STATE} and not self._watch.moved:
            self._wait()

    def _read_carefully(self, partition: int) -> None:
        """Let what one chunk may hold be read one record at a time, in a process here that may die of it."""
        store, now = self._places.store, self._clock()
        starts = starts_of(self._places.bus, store, [partition])
        begin(store, STORIES, starts, self._owner, now)
        record_death(store, self._owner, now)
        CAREFUL.set(1)
        try:
            self._careful(partition)
        finally:
            CAREFUL.set(0)
        self._watch.forgive(partition)

    def _cancel(self, rest: FlinkRest, within_s: float, *, leaving: bool = False) -> None:
        """End every job of our name; return when none is left, or when stopped unless that is why.

        Raises `FlinkUnavailable` when one stays.
        """
        deadline = time.monotonic() + within_s
        asked: set[str] = set()
        while (leaving or self._on) and (living := rest.living(self._settings.flink.name)):
            for job_id in set(living) - asked:
                logger.info("job %s is cancelled", job_id)
                rest.cancel(job_id)
                asked.add(job_id)
            if time.monotonic() > deadline:
                raise FlinkUnavailable(f"job {living[0]} is still being cancelled")
            time.sleep(0.1)

    def _leave(self) -> None:
        """Cancel the job: nobody would look after it."""
        try:
            self._cancel(FlinkRest(self._settings.flink.rest), _LEAVE_WITHIN_S, leaving=True)
            if self._submission is not None:
                self._submission.cancel()
        except Unavailable as error:
            logger.warning("the job may still run (%s); `newsbeam process --stop` ends it", error)

    # --- what is said -------------------------------------------------------------------------------------

    def _tell(self, job: Job, waiting_s: Mapping[int, float]) -> None:
        """Show how the job is: gauges, and a line for each trouble that begins or is over."""
        now, flink = datetime.now(UTC), self._settings.flink
        FLINK_RUNNING.labels(self._settings.flink.name).set(job.running)
        FLINK_CHECKPOINT_BYTES.set(job.checkpoints.size_bytes)
        FLINK_CHECKPOINT_AGE.set((now - (job.checkpoints.done_at or job.started_at)).total_seconds())
        FLINK_STUCK.set(sum(seconds > flink.stuck_after_s for seconds in waiting_s.values()))
        found = troubles_of(job, waiting_s, flink, now)
        found.pop("job", None)  # a job that starts is none, and its failures are said one by one
        for kind, words in found.items():
            if kind not in self._troubles:
                logger.warning("%s", words)
        for kind in self._troubles.keys() - found.keys():
            logger.warning("over: %s", self._troubles[kind])
        self._troubles = found

    def _say(self, words: str) -> None:
        """Say it once, until something else is in the way."""
        if words != self._said:
            logger.warning("%s", words)
            self._said = words

    def _go_on(self) -> None:
        self._pause_s = self._settings.process.first_pause_s
        if self._said:
            logger.warning("the work goes on")
            self._said = ""

    def _pause(self, error: Exception) -> None:
        self._say(f"the work waits: {error}")
        self._wait()

    def _wait(self) -> None:
        """Wait, longer each time in a row."""
        self._stop.wait(self._pause_s)
        self._pause_s = min(self._pause_s * 2, self._settings.process.longest_pause_s)


def refuse_beside_workers(store: Store, now: datetime) -> None:
    """Raise `AlreadyRunning` while in-process workers hold partitions: the same work would be done twice."""
    free_shares_of_the_dead(store, now)
    holders = sorted(set(partition_holders(store, STORIES, now).values()))
    if holders:
        raise AlreadyRunning(
            f"in-process workers read these stories ({', '.join(holders)}): stop them before the job on Flink "
            "starts; what a killed one held is free after process.lease"
        )


def stop_job(store: Store, flink: FlinkSettings, now: datetime) -> list[str]:
    """Cancel the job that a dead keeper left; return the ids. Raises `AlreadyRunning` while its keeper lives."""
    refuse_beside_keeper(store, now)
    rest = FlinkRest(flink.rest)
    found = rest.living(flink.name)
    for job_id in found:
        rest.cancel(job_id)
    deadline = time.monotonic() + _GONE_WITHIN_S
    while rest.living(flink.name):
        if time.monotonic() > deadline:
            raise FlinkUnavailable(f"the job is still being cancelled after {_GONE_WITHIN_S:.0f} s")
        time.sleep(0.2)
    return found


def parallelism_for(partitions: int, rest: FlinkRest, flink: FlinkSettings) -> int:
    """Return how many tasks read: as the settings say, else one a partition, up to the free slots."""
    slots = rest.slots()
    wanted = flink.parallelism or min(partitions, max(1, slots.free))
    if slots.free < wanted:
        raise FlinkUnavailable(
            f"Flink at {flink.rest} has {slots.free} free slots of {slots.total}, and the job needs {wanted}: add "
            "task managers or slots, or set flink.parallelism lower"
        )
    return wanted

"""One transaction a chunk: a story, its tags, its counts, its alerts, their outbox rows, its dead letters and the
position appear together or not at all."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from newsbeam.alert import Alert, AlertRule
from newsbeam.chunk import Chunk, EnrichedRecord
from newsbeam.errors import Gap, StaleCatalog
from newsbeam.identity import hashed_keys, story_id
from newsbeam.metrics import (
    ALERTS_LATE,
    ALERTS_TOLD,
    CHUNK_RECORDS,
    CHUNK_SECONDS,
    CHUNKS_REPEATED,
    DEAD_LETTERS,
    LOCK_HELD_SECONDS,
    LOCK_WAITED_SECONDS,
    RECORDED_LATENCY_SECONDS,
    RECORDS,
)
from newsbeam.recording.facts import kept_of, times_of
from newsbeam.recording.ledger import Ledger
from newsbeam.recording.settings import RecordingSettings
from newsbeam.store.catalogs import DocumentKind, document_content, read_pointer
from newsbeam.store.database import Store, Transaction
from newsbeam.store.known import Known, known_keys
from newsbeam.store.writes import (
    EarlyBodies,
    add_dispositions,
    delete_early,
    insert_early,
    move_position,
    next_offset,
    write_changes,
)
from newsbeam.story import Disposition, EnrichedStory
from newsbeam.topics.catalog import Catalog

Records = tuple[EnrichedRecord, ...]


class RecordReport(msgspec.Struct, frozen=True):
    """What became of a chunk: how its records ended, and how many alerts were told or updated."""

    topic: str
    partition: int
    start: int
    next: int
    dispositions: Mapping[str, int]
    outcomes: Mapping[str, int]


class _Done(NamedTuple):
    """What a transaction did, to be measured once it is committed."""

    report: RecordReport
    records: Records = ()
    sent: Sequence[Alert] = ()


class Recorder:
    """Records chunks of enriched records. One a process; not shared between threads."""

    def __init__(self, store: Store, settings: RecordingSettings | None = None) -> None:
        self._store = store
        self._settings = settings or RecordingSettings()
        self._rules: dict[str, Mapping[str, AlertRule]] = {}

    def record(self, chunk: Chunk[EnrichedRecord], now: datetime) -> RecordReport:
        """Record what of the chunk lies at and after the stored position, and move the position.

        Raises `Gap` when records before the chunk are missing, `StaleCatalog` when it was enriched under a
        catalog that is no longer the active one, `StoreUnavailable` when nothing could be written.
        """
        began = time.perf_counter()
        with self._store.write() as connection:
            early = self._early_bodies(connection, chunk)
            insert_early(connection, early)
            asked = time.perf_counter()
            self._store.lock(connection)
            locked = time.perf_counter()
            done = self._record(connection, chunk, now, early)
            delete_early(connection, early)
        ended = time.perf_counter()
        LOCK_WAITED_SECONDS.observe(locked - asked)  # SQLite's is part of the transaction's begin
        LOCK_HELD_SECONDS.observe(ended - locked)
        _measure(done, ended - began, now)
        return done.report

    def _early_bodies(self, connection: Transaction, chunk: Chunk[EnrichedRecord]) -> EarlyBodies:
        """Return the bulk that PostgreSQL takes before the lock, so that others wait less.

        A guess: under the lock a story may turn out to be another recorder's, or one whose body may not be kept.
        SQLite locks first anyway.
        """
        early = EarlyBodies({})
        if self._store.is_sqlite:
            return early
        known = known_keys(connection, _stories(chunk.records))
        for record in chunk.records:
            one = record.result
            if not isinstance(one, EnrichedStory):
                continue
            keys = hashed_keys(one.story)
            kept = kept_of(one, self._settings)
            if kept.body and known.keys().isdisjoint(keys):
                at = times_of(one, record.appended_at, self._settings).published_at
                early.bodies.setdefault(story_id(next(iter(keys.values()))), (kept.body, at))
        return early

    def _record(
        self, connection: Transaction, chunk: Chunk[EnrichedRecord], now: datetime, early: EarlyBodies
    ) -> "_Done":
        stored = next_offset(connection, chunk.topic, chunk.partition)
        start = chunk.start if stored is None else stored
        if chunk.start > start:
            raise Gap(
                f"{chunk.topic}/{chunk.partition}: offset {start} is to be recorded next, "
                f"but what was read begins at {chunk.start}"
            )
        if chunk.next <= start:
            return _Done(RecordReport(chunk.topic, chunk.partition, start, start, {}, {}))
        records = tuple(record for record in chunk.records if start <= record.offset < chunk.next)
        stories = _stories(records)
        rules = self._active_rules(connection, stories)
        ledger = Ledger(
            Known(connection, stories, self._settings.cluster_likeness), rules, self._settings, now
        )
        changes = ledger.take(chunk, records)
        write_changes(connection, changes, early)
        ended = {name.value: number for name, number in ledger.dispositions.items()}
        absent = chunk.next - start - len(records)
        if absent:
            ended[Disposition.ABSENT.value] = absent
        add_dispositions(connection, chunk.topic, chunk.partition, ended)
        move_position(connection, chunk.topic, chunk.partition, (start, chunk.next), now)
        outcomes = {name.value: number for name, number in ledger.outcomes.items()}
        report = RecordReport(chunk.topic, chunk.partition, start, chunk.next, ended, outcomes)
        return _Done(report, records, ledger.sent)

    def _active_rules(self, connection: Transaction, stories: list[EnrichedStory]) -> Mapping[str, AlertRule]:
        """Return the active catalog's rules; raises `StaleCatalog` unless every story was enriched under it."""
        active = read_pointer(connection, DocumentKind.CATALOG.value)
        if active is None or not stories:
            return {}
        if any(one.catalog != active for one in stories):
            raise StaleCatalog(active)
        if active not in self._rules:
            content = document_content(connection, DocumentKind.CATALOG, active)
            self._rules = {active: {rule.id: rule for rule in Catalog.from_json(content).rules}}
        return self._rules[active]


def _stories(records: Records) -> list[EnrichedStory]:
    return [record.result for record in records if isinstance(record.result, EnrichedStory)]


def _measure(done: _Done, seconds: float, now: datetime) -> None:
    """Count what was committed, never before."""
    report, records, sent = done
    CHUNK_SECONDS.observe(seconds)
    if report.next == report.start:
        CHUNKS_REPEATED.labels("already_recorded").inc()
        return
    CHUNK_RECORDS.observe(len(records))
    for name, number in report.dispositions.items():
        RECORDS.labels(name).inc(number)
    for record in records:
        RECORDED_LATENCY_SECONDS.observe(max(0.0, (now - record.appended_at).total_seconds() + seconds))
        if not isinstance(record.result, EnrichedStory):
            DEAD_LETTERS.labels(record.result.reason).inc()
    for alert in sent:
        ALERTS_TOLD.labels(alert.topic, "told" if alert.version == 1 else "joined").inc()
        if alert.version == 1 and alert.late:
            ALERTS_LATE.labels(alert.topic).inc()

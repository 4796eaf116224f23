"""Every metric newsbeam exposes: all names, labels and buckets in one place.

Labels are closed sets or names from the configuration, never addresses, feeds or texts, so that the number
of series stays bounded. Dispositions are also kept in the store, exactly; the counters here are rates since the
process started.

Several processes share one exposition when `PROMETHEUS_MULTIPROC_DIR` names a folder before this module is
imported, as prometheus_client asks; the folder must be empty when the first of them starts. What a process that
ended has counted is folded into one file for all the dead, and its gauges go: so every gauge's mode is a live one.
"""

import fcntl
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from newsbeam.machine import lives

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LOCK = (0.001, 0.0025, *_FAST)
_LATENCY = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3_600.0, 21_600.0, 86_400.0)

# --- feeds in --------------------------------------------------------------------------------------------

FEED_FETCHES = Counter(
    "newsbeam_feed_fetches",
    "Feed fetches by outcome: ok, unchanged, or the kind of failure.",
    ["outcome"],
)
FEED_FETCH_SECONDS = Histogram(
    "newsbeam_feed_fetch_seconds",
    "Time of one feed fetch, from request to parsed document.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
FEED_BYTES = Counter("newsbeam_feed_bytes", "Bytes of feed documents after decompression.")
ENTRIES_PUBLISHED = Counter(
    "newsbeam_entries_published",
    "Entries acknowledged by the bus, by origin: feed, publish, api.",
    ["origin"],
)
FEEDS = Gauge(
    "newsbeam_feeds",
    "Subscribed feeds by status.",
    ["status"],
    multiprocess_mode="livemostrecent",
)
POLLING_PAUSED = Gauge(
    "newsbeam_polling_paused",
    "1 while polling waits for the store or the bus.",
    multiprocess_mode="livemax",
)

# --- the pipeline ----------------------------------------------------------------------------------------

RECORDS = Counter(
    "newsbeam_records",
    "Records read from the bus by how they ended (disposition).",
    ["disposition"],
)
RECORDED_LATENCY_SECONDS = Histogram(
    "newsbeam_recorded_latency_seconds",
    "From the bus's append of a record to the commit that recorded it.",
    buckets=_LATENCY,
)
DECODE_SECONDS = Histogram("newsbeam_decode_seconds", "Decoding one chunk.", buckets=_FAST)
ENRICH_SECONDS = Histogram("newsbeam_enrich_seconds", "Enriching one chunk.", buckets=_FAST)
CHUNK_SECONDS = Histogram("newsbeam_chunk_seconds", "Record's transaction for one chunk.", buckets=_FAST)
LOCK_WAITED_SECONDS = Histogram(
    "newsbeam_lock_waited_seconds", "How long one chunk waited for the store-wide lock.", buckets=_LOCK
)
LOCK_HELD_SECONDS = Histogram(
    "newsbeam_lock_held_seconds",
    "How long one chunk held the store-wide lock, its commit with it.",
    buckets=_LOCK,
)
CHUNK_RECORDS = Histogram(
    "newsbeam_chunk_records",
    "Records in one chunk.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
CHUNKS_REPEATED = Counter(
    "newsbeam_chunks_repeated",
    "Chunks done again, by reason: already_recorded, stale_catalog, data_error, store_unavailable.",
    ["reason"],
)
SHIFTS = Counter("newsbeam_shifts", "Shifts of the in-process runner by how they ended.", ["outcome"])
WORKERS = Gauge("newsbeam_workers", "Pipeline processes that are running.", multiprocess_mode="livesum")
CAREFUL = Gauge(
    "newsbeam_careful_partitions",
    "Partitions read one record at a time after deaths without progress.",
    multiprocess_mode="livesum",
)
CATALOG_LOADED_SECONDS = Histogram(
    "newsbeam_catalog_loaded_seconds", "Loading and compiling a catalog.", buckets=_FAST
)

FLINK_RUNNING = Gauge(
    "newsbeam_flink_running",
    "1 while every task of the job on Flink runs, as its keeper sees it; a process that keeps none says nothing.",
    ["job"],
    multiprocess_mode="livemax",
)
FLINK_SUBMISSIONS = Counter(
    "newsbeam_flink_submissions",
    "Jobs submitted to Flink, by reason: start, failed, vanished, gap, partitions, settings, careful.",
    ["reason"],
)
FLINK_FAILURES = Counter("newsbeam_flink_failures", "Failures of the job on Flink, restarted or not.")
FLINK_CHECKPOINT_AGE = Gauge(
    "newsbeam_flink_checkpoint_age_seconds",
    "Time since Flink last completed a checkpoint, or since the job began.",
    multiprocess_mode="livemax",
)
FLINK_CHECKPOINT_BYTES = Gauge(
    "newsbeam_flink_checkpoint_bytes", "Size of the last completed checkpoint.", multiprocess_mode="livemax"
)
FLINK_STUCK = Gauge(
    "newsbeam_flink_stuck_partitions",
    "Partitions whose records wait while they do not move.",
    multiprocess_mode="livemax",
)

# --- what leaves -----------------------------------------------------------------------------------------

ALERTS_TOLD = Counter(
    "newsbeam_alerts_told",
    "Alerts by alert topic and kind: told (new) or joined (updated).",
    ["topic", "kind"],
)
ALERTS_LATE = Counter("newsbeam_alerts_late", "Alerts told late, by alert topic.", ["topic"])
DELIVERIES = Counter(
    "newsbeam_deliveries",
    "Delivery attempts by channel and outcome: delivered, retried, failed.",
    ["channel", "outcome"],
)
DELIVERY_SECONDS = Histogram(
    "newsbeam_delivery_seconds", "One delivery attempt.", ["channel"], buckets=_LATENCY[:10]
)
DEAD_LETTERS = Counter("newsbeam_dead_letters", "Dead letters by reason.", ["reason"])

# --- pages -----------------------------------------------------------------------------------------------

REQUESTS = Counter(
    "newsbeam_http_requests", "Requests answered, by route and status class (2xx).", ["route", "status"]
)
REQUEST_SECONDS = Histogram(
    "newsbeam_http_request_seconds", "Time until an answer began.", ["route"], buckets=_FAST
)
STREAMS = Gauge("newsbeam_live_streams", "Open live streams.", multiprocess_mode="livesum")


def expose() -> tuple[bytes, str]:
    """Return the current metrics of all processes that share them, and their content type."""
    return generate_latest(_exposed()), CONTENT_TYPE_LATEST


@contextmanager
def exposition(host: str, port: int) -> Iterator[int]:
    """Serve what `expose` returns on an address of its own, and yield the port. Raises `OSError`."""
    server, thread = start_http_server(port, host, _exposed())
    try:
        yield int(server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- the folder that processes share ----------------------------------------------------------------------

SHARED_BY = "PROMETHEUS_MULTIPROC_DIR"
_FILE = re.compile(r"(?P<what>\w+)_(?P<pid>\d+)\.db")
_ENTRY_BYTES = 4 + 8 + 16  # around each key: its length, padding, value and time
_SMALLEST_BYTES = 1 << 16


class _Shared(Collector):
    """The numbers of all processes that share a folder; this process's alone once the folder is gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        if not self._folder.is_dir():
            yield from REGISTRY.collect()
            return
        with _held(self._folder, fcntl.LOCK_SH):
            # A process that has only now made its file has written nothing into it.
            files = [str(path) for path in self._folder.glob("*.db") if path.stat().st_size]
            found = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        yield from found


def fold_dead(folder: Path) -> None:
    """Take the processes that ended out of a shared folder: what they counted stays in the sums, in one file a kind.

    Each leaves files of 64 KiB behind, and gauges that are true no more. Raises `BlockingIOError` while somebody
    reads the folder, so that nobody who looks after processes waits, and `OSError` when there is no room to fold.
    """
    with _held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
        for path in sorted(folder.glob("*.db")):
            named = _FILE.fullmatch(path.name)
            if named is not None and not lives(int(named["pid"])):
                mark_process_dead(int(named["pid"]), str(folder))  # type: ignore[no-untyped-call]
                if path.exists():
                    _fold(path, folder / f"{named['what']}_dead.db")


def _fold(path: Path, into: Path) -> None:
    sums: dict[str, float] = defaultdict(float)
    for file in (path, into):
        if file.exists() and file.stat().st_size:
            for key, value, _, _ in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]
                sums[key] += value
    fresh = into.with_suffix(".new")
    try:
        _write(fresh, sums)
        fresh.replace(into)
    finally:
        fresh.unlink(missing_ok=True)
    path.unlink()


def _write(path: Path, sums: Mapping[str, float]) -> None:
    size = max(_SMALLEST_BYTES, 8 + sum(len(key.encode()) + _ENTRY_BYTES for key in sums))
    with path.open("wb") as file:
        if hasattr(os, "posix_fallocate"):  # a full disk is an error here, and a death (SIGBUS) once mapped
            os.posix_fallocate(file.fileno(), 0, size)
    values = MmapedDict(str(path))  # type: ignore[no-untyped-call]
    for key, value in sums.items():
        values.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    values.close()  # type: ignore[no-untyped-call]


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    """Hold a folder's lock, so that nobody adds up what is being folded."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _exposed() -> CollectorRegistry:
    folder = os.environ.get(SHARED_BY)
    if folder is None:
        return REGISTRY
    registry = CollectorRegistry()
    registry.register(_Shared(Path(folder)))
    return registry


# --- what the store and the bus know, computed when asked --------------------------------------------------

STORED = {  # metric: (help, label)
    "newsbeam_store_stories": ("Stories kept in the store.", ""),
    "newsbeam_store_clusters": ("Clusters kept in the store.", ""),
    "newsbeam_store_alerts": ("Alerts kept in the store.", ""),
    "newsbeam_store_dead_letters": ("Dead letters kept in the store.", ""),
    "newsbeam_store_records": ("Records read from the bus, by how they ended.", "disposition"),
    "newsbeam_store_next_offset": ("Next record of the topic `stories` to be recorded.", "partition"),
    "newsbeam_backlog_records": ("Records of the topic `stories` that wait to be recorded.", "partition"),
    "newsbeam_store_feeds": ("Feeds by status.", "status"),
    "newsbeam_store_deliveries": ("Deliveries by status.", "status"),
    "newsbeam_store_outbox_backlog": ("Outbox rows not yet handed to their deliveries.", ""),
    "newsbeam_store_last_recorded_timestamp_seconds": ("When a story was last recorded.", ""),
    "newsbeam_store_last_told_timestamp_seconds": ("When an alert was last told.", ""),
}


class _Stored(Collector):
    """Numbers read from the store and the bus, as a scrape wants them."""

    def __init__(self, numbers: Mapping[str, Mapping[str, float]]) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        for name, values in self._numbers.items():
            help_text, label = STORED[name]
            family = GaugeMetricFamily(name, help_text, labels=[label] if label else [])
            for value, number in values.items():
                family.add_metric([value] if label else [], number)
            yield family


def expose_stored(numbers: Mapping[str, Mapping[str, float]]) -> bytes:
    """Return numbers from the store and the bus as an exposition: by name in `STORED`, then by label value."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Stored(numbers))
    return generate_latest(registry)

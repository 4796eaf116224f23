"""The four jobs as one process each runs them: wired, until a signal."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import FrameType

from newsbeam.app.deployment import ActiveConfiguration, Deployment
from newsbeam.app.exposition import exposed, exposed_with_children
from newsbeam.app.heartbeat import heartbeat
from newsbeam.app.lifeline import hold_lifeline
from newsbeam.app.logs import set_up_logs
from newsbeam.app.metricsfolder import fold_ended, reserve_room
from newsbeam.store.clock import StoreClock

logger = logging.getLogger("newsbeam.run")
_SWEEP_EVERY_S = 3600.0


def run_poll(opened: Deployment) -> None:
    """Poll feeds until a signal."""
    begin_job(opened)
    from connectors.feeds.poll import Poller, Surroundings

    store = opened.store()
    active = ActiveConfiguration(store)
    clock = StoreClock(store)
    poller = Poller(store, opened.bus, active.feeds, opened.settings.feeds, Surroundings(clock=clock))
    with exposed(opened.settings.metrics), heartbeat(store, "poll", clock):
        _until_signal(poller.run)


def run_deliver(opened: Deployment) -> None:
    """Deliver alerts, and keep the store within its retention, until a signal."""
    begin_job(opened)
    from connectors.channels.deliver import Deliverer

    store = opened.store()
    active = ActiveConfiguration(store)
    clock = StoreClock(store)
    deliverer = Deliverer(store, opened.bus, active.subscriptions, opened.settings.deliver_here, clock=clock)

    async def both(stop: asyncio.Event) -> None:
        await asyncio.gather(deliverer.run(stop), _sweep_now_and_then(opened, stop))

    with exposed(opened.settings.metrics), heartbeat(store, "deliver", clock):
        _until_signal(both)


def run_serve(opened: Deployment) -> None:
    """Serve pages and API until a signal."""
    begin_job(opened)
    from newsbeam.app.web import serve_pages

    store = opened.store()
    clock = StoreClock(store)
    with exposed(opened.settings.metrics), heartbeat(store, "serve", clock):
        serve_pages(opened, clock)


def run_process_worker(opened: Deployment, careful: int | None = None) -> int:
    """Read, enrich and record in this one process until a signal; return its exit code.

    With `careful` only what is in doubt of that partition is read, record by record.
    """
    begin_job(opened)
    check_models(opened)
    from newsbeam.enrichment import EnricherMaker
    from pipelines.run import read_doubtful, run_worker

    settings = opened.settings
    stop, make = stopped_by_signals(), EnricherMaker(settings.language)
    to = (opened.bus, opened.store(), settings.process, settings.recording_here, stop)
    with heartbeat(opened.store(), "process"):
        if careful is None:
            return run_worker(*to, make_enricher=make)
        return read_doubtful(*to, partition=careful, make_enricher=make)


def run_pool(opened: Deployment) -> None:
    """Serve Python workers to Flink's task managers until a signal."""
    begin_job(opened)
    check_models(opened)
    from pipelines.pool import serve_pool

    flink = opened.settings.flink
    with exposed_with_children(opened.settings.metrics):
        serve_pool(flink.pool_host, flink.pool_port, stopped_by_signals(), fold_ended)


def stopped_by_signals() -> threading.Event:
    """Return the event that SIGINT and SIGTERM set from now on."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    return stop


def begin_job(opened: Deployment) -> None:
    """Get this process ready to be a job: its log, its room for metrics, its tie to a supervisor."""
    set_up_logs(opened.settings.service.log)
    reserve_room()
    hold_lifeline()


def check_models(opened: Deployment) -> None:
    """Raise `ConfigurationError` for a trained pipeline that is not there, before any story needs it."""
    from newsbeam.language import LanguageLayer

    LanguageLayer(opened.settings.language)


def _until_signal(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    async def guarded() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await work(stop)

    asyncio.run(guarded())


async def _sweep_now_and_then(opened: Deployment, stop: asyncio.Event) -> None:
    """Apply retention every hour, batch by batch until stopped; a failure is said and tried again the next time."""
    from newsbeam.errors import NewsbeamError
    from newsbeam.store.retention import sweep

    while not stop.is_set():
        try:
            await asyncio.to_thread(
                sweep,
                opened.store(),
                opened.settings.retention,
                datetime.now(UTC),
                stop.is_set,
                cluster_span_s=opened.settings.recording.cluster_span_s,
            )
        except NewsbeamError as error:
            logger.warning("retention waits for the next hour: %s", error)
        try:
            await asyncio.wait_for(stop.wait(), _SWEEP_EVERY_S)
        except TimeoutError:
            continue

"""The outbox worker: fans alerts out to deliveries, sends them through channels, writes what came of it.

Several may run on one store. At least once, and exactly once per idempotency key: a delivery is settled after
the receiver took it, so a death in between sends the same bytes again.
"""

import asyncio
import contextlib
import logging
import os
import random
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import uuid4

from connectors.channels.channel import TEST, DeliveryRefused, Parcel, Receipt
from connectors.channels.lane import Lane
from connectors.channels.plan import BUS, parcel_of, plan_deliveries
from connectors.channels.registry import open_channel
from connectors.channels.retry import next_attempt
from connectors.channels.settings import DeliverSettings
from newsbeam.alert import Alert, Severity, Subscription
from newsbeam.bus import Bus
from newsbeam.codec import encode_alert
from newsbeam.errors import ConfigurationError, DeliveryFailed, StoreUnavailable, Unavailable
from newsbeam.identity import digest
from newsbeam.metrics import DELIVERIES, DELIVERY_SECONDS
from newsbeam.store import outbox
from newsbeam.store.database import Store
from newsbeam.store.outbox import Claim, Settlement
from newsbeam.store.watch import OutboxWatch

T = TypeVar("T")
_log = logging.getLogger("newsbeam.deliver")
_HOUSEKEEPING_S = 60.0
_STORE_WAIT_S = 1.0
_LOOKS_A_TURN = 10  # at the outbox, while nothing else says that there is work
_WATCH_ENDS_S = 1.0  # it may be waiting for a store that does not answer
_OLD = "given up: too old to be sent"


def utc_now() -> datetime:
    """Return the time, aware UTC."""
    return datetime.now(UTC)


class Deliverer:
    """Delivers until it is told to stop.

    `subscriptions` is asked at every turn, beside the event loop, so that edits count within seconds; the built-in
    one to the bus is added here. With the store or the bus away it pauses, and says so once.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        subscriptions: Callable[[], Sequence[Subscription]],
        settings: DeliverSettings,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.owner = f"deliver-{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        self._store = store
        self._bus = bus
        self._subscriptions = subscriptions
        self._settings = settings
        self._clock = clock
        self._lanes: dict[str, Lane] = {}
        self._broken: dict[str, Subscription] = {}  # said once that their channel cannot be opened
        self._away = False
        self._unwritten = 0  # results that wait for the store
        self._next_housekeeping: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set, then finish what is under way within the settings' `stop_s`."""
        self._wake = asyncio.Event()
        self._stop = stop
        self._thread = ThreadPoolExecutor(1, "deliver-store")
        self._over = threading.Event()
        loop = asyncio.get_running_loop()
        self._watch = threading.Thread(target=self._look_for_news, args=(loop,), daemon=True)
        self._watch.start()
        stopping = asyncio.create_task(self._wake_on(stop))
        try:
            while not stop.is_set():
                wait_s = await self._turn()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), wait_s)
                self._wake.clear()
        finally:
            stopping.cancel()
            await self._end()

    async def send_test(self, subscription: Subscription) -> Receipt:
        """Send one test alert past the ledger and return the receiver's answer.

        Raises `DeliveryFailed`, `Unavailable` or `ConfigurationError`.
        """
        now = self._clock()
        channel = open_channel(subscription, self._bus, self._settings)
        try:
            async with asyncio.timeout(self._settings.lease_s):
                return await channel.send([sample_parcel(subscription, now)], now)
        finally:
            await channel.close()

    # --- one turn ------------------------------------------------------------------------------------------

    def _look_for_news(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake the loop when the outbox grows: in a thread of its own, so that an idle loop can sleep."""
        with OutboxWatch(self._store) as watch:
            while not self._over.wait(self._settings.poll_s):
                try:
                    if watch.moved() and not self._over.is_set():
                        loop.call_soon_threadsafe(self._wake.set)
                except StoreUnavailable:  # turns say so
                    continue

    async def _turn(self) -> float:
        """Fan out and start what is due; return the seconds until the next turn, unless something is new before."""
        now = self._clock()
        try:
            await self._refresh_lanes()
            open_lanes = {name: lane for name, lane in self._lanes.items() if lane.room(now)}
            if await self._in_store(partial(outbox.has_work, self._store, list(open_lanes), now)):
                await self._fan_out(now)
                for lane in open_lanes.values():
                    await self._start(lane, now)
            await self._keep_house(now)
        except Unavailable as error:  # or the subscriptions cannot be read now
            self._say_away(error)
            return max(_STORE_WAIT_S, self._settings.poll_s)
        if self._away and not self._unwritten:
            self._away = False
            _log.warning("delivering goes on")
        return _LOOKS_A_TURN * self._settings.poll_s

    async def _refresh_lanes(self) -> None:
        wanted = {s.id: s for s in await self._in_store(self._wanted)}
        for name, lane in list(self._lanes.items()):
            lane.closing = wanted.get(name) != lane.subscription
            if lane.closing and not lane.running:
                del self._lanes[name]
                await lane.channel.close()
        for name, subscription in wanted.items():
            if name not in self._lanes:
                self._open_lane(subscription)

    def _wanted(self) -> list[Subscription]:
        return [s for s in (*self._subscriptions(), BUS) if s.enabled]

    def _open_lane(self, subscription: Subscription) -> None:
        try:
            channel = open_channel(subscription, self._bus, self._settings)
        except ConfigurationError as error:
            if self._broken.get(subscription.id) != subscription:
                self._broken[subscription.id] = subscription
                _log.error("subscription %s waits: %s", subscription.id, error)
            return
        self._broken.pop(subscription.id, None)
        self._lanes[subscription.id] = Lane(subscription, channel, self._settings.concurrency)

    async def _fan_out(self, now: datetime) -> None:
        taken = 1
        while taken and not self._stop.is_set():
            taken = await self._in_store(partial(self._fan_out_some, now))

    def _fan_out_some(self, now: datetime) -> int:
        return outbox.fan_out(self._store, partial(plan_deliveries, subscriptions=self._wanted()), now)

    async def _start(self, lane: Lane, now: datetime) -> None:
        room = lane.room(now)
        if not room:
            return
        until = now + timedelta(seconds=self._settings.lease_s)
        claims = await self._in_store(
            partial(outbox.claim, self._store, lane.subscription.id, self.owner, now, until, room)
        )
        for batch in lane.batches(claims):
            task = asyncio.create_task(self._deliver(lane, batch))
            lane.running.add(task)
            task.add_done_callback(partial(self._ended, lane))

    def _ended(self, lane: Lane, task: asyncio.Task[None]) -> None:
        lane.running.discard(task)
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            _log.error("delivering to %s broke", lane.subscription.id, exc_info=task.exception())

    async def _keep_house(self, now: datetime) -> None:
        """Now and then give up what is too old and has no receiver that answers."""
        if self._next_housekeeping is not None and now < self._next_housekeeping:
            return
        self._next_housekeeping = now + timedelta(seconds=_HOUSEKEEPING_S)
        waiting = await self._in_store(partial(outbox.waiting_subscriptions, self._store))
        failing = {name for name, lane in self._lanes.items() if lane.failures and lane.channel.limited}
        hopeless = (waiting & failing) | (waiting - self._lanes.keys() - self._broken.keys())
        if hopeless:
            before = now - timedelta(seconds=self._settings.age_s)
            await self._in_store(partial(outbox.give_up, self._store, hopeless, before, now, _OLD))

    # --- one batch -----------------------------------------------------------------------------------------

    async def _deliver(self, lane: Lane, batch: Sequence[Claim]) -> None:
        try:
            with DELIVERY_SECONDS.labels(lane.subscription.channel).time():
                async with asyncio.timeout(self._settings.lease_s / 2):
                    receipt = await lane.channel.send([parcel_of(c) for c in batch], self._clock())
        except Unavailable as error:
            self._pause(lane, str(error), 0.0)
            await self._write(partial(outbox.release, self._store, self.owner, [c.key for c in batch]))
        except DeliveryFailed as error:
            await self._fail(lane, batch, error)
        except TimeoutError:
            await self._fail(lane, batch, DeliveryFailed("no answer within half the lease"))
        except Exception as error:  # noqa: BLE001 - one channel's fault must not stop the others
            _log.exception("the channel of %s broke", lane.subscription.id)
            await self._fail(lane, batch, DeliveryFailed(f"{type(error).__name__}: {error}"))
        else:
            if lane.succeed():
                _log.warning("%s takes alerts again", lane.subscription.id)
            now = self._clock()
            done = [Settlement(key=c.key, status=outbox.DELIVERED, at=now) for c in batch]
            await self._write(partial(outbox.settle, self._store, self.owner, done))
            DELIVERIES.labels(lane.subscription.channel, "delivered").inc(len(batch))
            _log.debug("%s: %s", lane.subscription.id, receipt.detail)

    async def _fail(self, lane: Lane, batch: Sequence[Claim], failure: DeliveryFailed) -> None:
        if len(batch) > 1:  # which of them it was shows when each goes alone
            for claimed in batch:
                await self._deliver(lane, [claimed])
            return
        if not failure.permanent and not isinstance(failure, DeliveryRefused):
            asked = min(failure.retry_after_s or 0.0, self._settings.longest_retry_after_s)
            self._pause(lane, str(failure), asked)
        settlement = self._judge(lane, batch[0], failure)
        failed = settlement.status == outbox.FAILED
        DELIVERIES.labels(lane.subscription.channel, "failed" if failed else "retried").inc()
        if failed:
            _log.error("%s: gave up on %s: %s", lane.subscription.id, batch[0].key, failure)
        await self._write(partial(outbox.settle, self._store, self.owner, [settlement]))

    def _judge(self, lane: Lane, claimed: Claim, failure: DeliveryFailed) -> Settlement:
        now = self._clock()
        again = next_attempt(
            self._settings.policy,
            failure,
            attempts=claimed.attempts + 1,
            written_at=claimed.row.written_at,
            now=now,
            chance=_chance(),
        )
        if again is None and not lane.channel.limited and not failure.permanent:
            again = now + timedelta(seconds=self._settings.longest_wait_s)
        status = outbox.FAILED if again is None else outbox.PENDING
        return Settlement(key=claimed.key, status=status, at=now, next_at=again, error=str(failure))

    def _pause(self, lane: Lane, why: str, asked_s: float) -> None:
        settings = self._settings
        first = lane.fail(self._clock(), settings.policy, settings.longest_pause_s, _chance(), asked_s)
        if first:
            _log.warning("%s does not take alerts, they wait: %s", lane.subscription.id, why)

    # --- the store -----------------------------------------------------------------------------------------

    async def _in_store(self, job: Callable[[], T]) -> T:
        """Run a call of the store beside the event loop; one at a time, as SQLite would anyway."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)

    async def _write(self, job: Callable[[], object]) -> None:
        """Write a result, however long the store is away; when the service stops first, the lease ends it."""
        self._unwritten += 1
        try:
            while not await self._written(job) and not self._stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), _STORE_WAIT_S)
        finally:
            self._unwritten -= 1

    async def _written(self, job: Callable[[], object]) -> bool:
        try:
            await self._in_store(job)
        except StoreUnavailable as error:
            self._say_away(error)
            return False
        return True

    def _say_away(self, error: Unavailable) -> None:
        if not self._away:
            self._away = True
            _log.warning("delivering pauses: %s", error)

    # --- the end -------------------------------------------------------------------------------------------

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _end(self) -> None:
        running = {task for lane in self._lanes.values() for task in lane.running}
        if running:
            _, late = await asyncio.wait(running, timeout=self._settings.stop_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        with contextlib.suppress(StoreUnavailable):
            await self._in_store(partial(outbox.release, self._store, self.owner))
        self._over.set()
        await asyncio.to_thread(self._watch.join, _WATCH_ENDS_S)
        for lane in self._lanes.values():
            await lane.channel.close()
        self._lanes.clear()
        self._thread.shutdown(wait=False)


def sample_parcel(subscription: Subscription, now: datetime) -> Parcel:
    """Return a test alert for a subscription, in the form of a real one."""
    topic = next((name for name in subscription.topics if not set(name) & set("*?[")), "test")
    alert = Alert(
        id="a" + digest("test", subscription.id),
        rule="test",
        rule_version="test",
        topic=topic,
        severity=Severity.LOW,
        cluster="c" + digest("test", subscription.id),
        version=1,
        title="This is a test alert from newsbeam",
        url=None,
        story="s" + digest("test", subscription.id),
        outlets=(),
        families=0,
        stories=0,
        late=False,
        told_at=now,
        updated_at=now,
        published_at=now,
    )
    key = digest(subscription.id, "test", now.isoformat())
    return Parcel(
        key=key, kind=TEST, topic=topic, document=encode_alert(alert), written_at=now, alert=alert.id
    )


def _chance() -> float:
    return random.random()  # noqa: S311 - jitter, not a secret

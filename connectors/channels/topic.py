"""newsbeam's own bus as a channel: alerts on `alerts.<topic>`, dead letters on `stories.dead`."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from connectors.channels.channel import DEAD, Parcel, Receipt
from connectors.channels.cloudevent import CONTENT_TYPE, cloud_event
from newsbeam.bus import Bus, Publisher, Sent
from newsbeam.bus.port import ALERTS
from newsbeam.errors import BusUnavailable, ConfigurationError, DecodeError, DeliveryFailed, RecordTooLarge

_HEADERS = (("content-type", CONTENT_TYPE.encode()),)  # CloudEvents' Kafka binding, structured mode


class BusTopic:
    """Publishes to the bus, from a thread of its own: a publisher is not shared between threads.

    Records of one alert have one key, so its versions stay in order.
    """

    batch = 200
    limited = False

    def __init__(self, bus: Bus, timeout_s: float) -> None:
        self._bus = bus
        self._timeout_s = timeout_s
        self._publisher: Publisher | None = None
        self._thread = ThreadPoolExecutor(1, "bus-topic")

    async def send(self, parcels: Sequence[Parcel], now: datetime) -> Receipt:  # noqa: ARG002
        """Publish the parcels; see `Channel.send`."""
        try:
            topics = by_topic(parcels)
        except DecodeError as error:
            raise DeliveryFailed(str(error), permanent=True) from error
        await asyncio.get_running_loop().run_in_executor(self._thread, self._publish, topics)
        return Receipt(f"published to {', '.join(sorted(topics))}")

    async def close(self) -> None:
        """Close the publisher."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)
        self._thread.shutdown(wait=False)

    def _publish(self, topics: dict[str, list[Sent]]) -> None:
        try:
            if self._publisher is None:
                self._publisher = self._bus.publisher()
            for topic, records in topics.items():
                self._publisher.publish(topic, records, self._timeout_s)
        except (RecordTooLarge, ConfigurationError) as error:  # ConfigurationError: no name for a topic
            raise DeliveryFailed(str(error), permanent=True) from error
        except BusUnavailable:
            self._drop()
            raise

    def _drop(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.close()


def by_topic(parcels: Sequence[Parcel]) -> dict[str, list[Sent]]:
    """Return the records to publish, for each bus topic, in the parcels' order."""
    topics: dict[str, list[Sent]] = defaultdict(list)
    for parcel in parcels:
        body = cloud_event(parcel)
        if parcel.kind == DEAD:
            topics[parcel.topic].append(Sent(parcel.key.encode(), body, _HEADERS))
        else:
            key = (parcel.alert or parcel.key).encode()
            topics[ALERTS + parcel.topic].append(Sent(key, body, _HEADERS))
    return dict(topics)

"""Following alerts as they are told, through everything that happens to the store meanwhile."""

from newsbeam.errors import StoreUnavailable
from newsbeam.store import reads
from newsbeam.store.catalogs import Epoch, read_epoch
from newsbeam.store.database import Store


class Follower:
    """Alerts after `cursor`, an `alert_seq`, in their order; of one alert topic when given.

    A store that was put back from a copy gives numbers again that this follower has seen. It goes on from the moment
    of the restore then: what was told since the copy and is told again is shown again, and nothing is skipped.
    """

    def __init__(self, store: Store, cursor: int, topic: str | None = None) -> None:
        self._store = store
        self._cursor = cursor
        self._topic = topic
        self._epoch: Epoch | None = None  # before the first look

    def read(self, limit: int) -> list[reads.AlertView]:
        """Return the next alerts, none while there are none. Raises `StoreUnavailable`; may be asked again then."""
        try:
            self._find_place()
            page = reads.latest_alerts(self._store, topic=self._topic, after=self._cursor, limit=limit)
        except StoreUnavailable:
            self._store.close()  # another file may take this one's place
            raise
        if page:
            self._cursor = page[-1].alert_seq
        return page

    def _find_place(self) -> None:
        epoch = read_epoch(self._store)
        if self._epoch is not None and epoch.name != self._epoch.name:
            self._cursor = min(self._cursor, reads.last_alert_before(self._store, epoch.began_at))
        self._epoch = epoch

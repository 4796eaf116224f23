"""One bounded run of a pipeline in this process, and what stays one object in it whatever Beam copies."""

import threading
import time
import uuid
from typing import Any
from weakref import WeakValueDictionary

from newsbeam.errors import NewsbeamError

END = 2**63 - 1  # no partition gets there: the end of a read that goes on until it is stopped


class InProcess:
    """Something that stays one object in this process, though Beam copies what a graph holds: pickled by name.

    Unpickling it in another process fails, so that it suits in-process runners alone.
    """

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        _by_name[self.name] = self

    def __reduce__(self) -> tuple[Any, ...]:
        return _find, (self.name,)


_by_name: WeakValueDictionary[str, InProcess] = WeakValueDictionary()


def _find(name: str) -> InProcess:
    return _by_name[name]


class Shift(InProcess):
    """One bounded run of a pipeline in this process: when it ends, why, and whether it still moves.

    `lasts_s` and `records` bound it, `stop` ends it from outside.
    """

    def __init__(
        self,
        *,
        lasts_s: float | None = None,
        records: int | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        super().__init__()
        self.error: NewsbeamError | None = None
        self.read = 0
        self._records = records
        self._deadline = None if lasts_s is None else time.monotonic() + lasts_s
        self._ended = threading.Event()
        self._stop = stop or self._ended
        self.touched_at = self.read_at = time.monotonic()

    def end(self) -> None:
        """Let the readers stop after the chunk they are at."""
        self._ended.set()

    def fail(self, error: NewsbeamError) -> None:
        """End the shift because of `error`: nothing after it may be recorded. The first error counts."""
        self.error = self.error or error
        self._ended.set()

    def count(self, records: int) -> None:
        """Note that so many records were read now."""
        self.read += records
        self.read_at = time.monotonic()

    def touch(self) -> None:
        """Say that something moved; what watches for hangs looks at `touched_at` (monotonic seconds)."""
        self.touched_at = time.monotonic()

    @property
    def over(self) -> bool:
        """Whether readers must stop now."""
        return (
            self.cut_short
            or (self._records is not None and self.read >= self._records)
            or (self._deadline is not None and time.monotonic() >= self._deadline)
        )

    @property
    def cut_short(self) -> bool:
        """Whether something else than its time or its records ended it."""
        return self._ended.is_set() or self._stop.is_set()

    @property
    def left(self) -> int:
        """How many records may still be read."""
        return END if self._records is None else max(0, self._records - self.read)

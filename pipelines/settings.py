"""Section `process`: how stories are read, and how the work is shared."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:  # commands read these settings without loading Beam
    from newsbeam.beam import Pace


class ProcessSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits and paces of `newsbeam process`; the defaults hold for the laptop and for a server alike.

    - `workers`: processes, each with a share of the partitions; None: one for each core.
    - `shift_s`: how long one run of the pipeline lasts in a worker. Beam's in-process runner keeps something
      of every bundle until the run ends, so that this bounds memory.
    - `turn_records`, `turn_wait_s`, `chunk_records`, `idle_wait_s`: see `newsbeam.beam.Pace`.
    - `lease_s`: how long a dead worker's partitions stay unread when nobody reports its death.
    - `hang_after_s`: a worker in which nothing moves for so long is ended and starts again; longer than the
      store's busy timeout, which is no hang.
    - `first_pause_s`, `longest_pause_s`: how long a worker waits while bus or store do not answer.
    - `beam_options`: more options for Beam's runner, as on a command line.
    """

    workers: int | None = None
    shift_s: float = 180.0
    turn_records: int = 2_000
    turn_wait_s: float = 0.3
    chunk_records: int = 100
    idle_wait_s: float = 1.0
    lease_s: float = 15.0
    hang_after_s: float = 120.0
    first_pause_s: float = 0.5
    longest_pause_s: float = 15.0
    beam_options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise ValueError("workers: at least 1")
        if min(self.turn_records, self.chunk_records) < 1:
            raise ValueError("turn_records and chunk_records: at least 1")
        if min(self.shift_s, self.turn_wait_s, self.idle_wait_s, self.lease_s, self.hang_after_s) <= 0:
            raise ValueError("shift, turn_wait, idle_wait, lease and hang_after: more than 0")

    @property
    def pace(self) -> "Pace":
        """The reader's pace when it reads one partition."""
        from newsbeam.beam import Pace

        return Pace(
            records=self.turn_records,
            wait_s=self.turn_wait_s,
            chunk=self.chunk_records,
            idle_wait_s=self.idle_wait_s,
        )

"""Sections `process` and `flink`: how stories are read, and how the work is shared."""

from collections.abc import Iterator
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


class FlinkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the live graph runs on a Flink cluster (`service.runner: flink`); one keeper looks after one job.

    - `job_endpoint`: Beam's job server, host:port; `rest`: Flink's REST interface.
    - `worker_pool`: host:port at which each task manager reaches Python workers; `newsbeam process --pool` serves
      them on that port of `pool_host`. An empty one leaves the environment to `options`.
    - `name`: the job's name in Flink; a job of this name that runs already is replaced.
    - `parallelism`: None for one a partition, up to the free slots. `workers`: Python processes a task manager.
    - `checkpoint_s`: how often Flink takes a checkpoint. Without any, a runner never says that a bundle is done.
    - `restarts`, `restart_delay_s`: how often Flink restarts the job by itself, before the keeper submits it anew.
    - `state_bytes`: with a checkpoint larger than that the job is submitted anew; the stored positions need none.
    - `stuck_after_s`: records that wait for so long, their partition not moving, are a trouble.
    - `look_every_s`: how often the keeper looks. `options`: more options for Beam and its Flink runner.
    """

    job_endpoint: str = "localhost:8099"
    rest: str = "http://localhost:8081"
    worker_pool: str = "localhost:50000"
    pool_host: str = "127.0.0.1"
    name: str = "newsbeam"
    parallelism: int | None = None
    workers: int = 2
    checkpoint_s: float = 10.0
    restarts: int = 10
    restart_delay_s: float = 1.0
    state_bytes: int = 64 * 1024 * 1024
    stuck_after_s: float = 60.0
    look_every_s: float = 1.0
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.checkpoint_s <= 0:
            raise ValueError(
                "checkpoint: more than 0; Flink without checkpoints never tells a reader that its bundle is done"
            )
        if min(self.workers, self.restarts, self.parallelism or 1) < 1:
            raise ValueError("workers, restarts and parallelism: at least 1")
        if min(self.restart_delay_s, self.stuck_after_s, self.look_every_s, self.state_bytes) <= 0:
            raise ValueError("restart_delay, stuck_after, look_every and state: more than 0")
        for wrong in (*self._wrong_addresses(), *self._wrong_options()):
            raise ValueError(wrong)

    def _wrong_addresses(self) -> Iterator[str]:
        for key, value in (("job_endpoint", self.job_endpoint), ("worker_pool", self.worker_pool)):
            if value and not value.rpartition(":")[2].isdecimal():
                yield f"{key}: host:port, not {value!r}"
        if not self.rest.startswith(("http://", "https://")):
            yield f"rest: an address that begins with http:// or https://, not {self.rest!r}"

    def _wrong_options(self) -> Iterator[str]:
        for option in self.options:
            name = option.partition("=")[0]
            if name in OWNED:
                yield f"options: {name} is set by flink.{OWNED[name]}"
            elif name == "--savepoint_path":
                yield f"options: {name}: a job begins at the stored positions, never at a savepoint"
            elif not name.startswith("--"):
                yield f"options: --NAME=VALUE, not {option!r}"

    @property
    def pool_port(self) -> int:
        """The port on which the pool listens."""
        return int(self.worker_pool.rpartition(":")[2] or 0)


OWNED = {  # Beam's options that are settings of their own: by option
    "--job_endpoint": "job_endpoint",
    "--job_name": "name",
    "--parallelism": "parallelism",
    "--sdk_worker_parallelism": "workers",
    "--checkpointing_interval": "checkpoint",
    "--number_of_execution_retries": "restarts",
    "--execution_retry_delay": "restart_delay",
}

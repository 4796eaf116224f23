"""A step that lets a graph run only on workers of the installation that made it."""

from collections.abc import Iterator

import apache_beam as beam

from newsbeam.errors import WorkerMismatch
from newsbeam.recording import RecordReport
from pipelines.versions import Versions, complaint, versions_here


class CheckWorker(beam.DoFn):
    """The last step: a worker makes it first, and fails there before it makes any other."""

    def __init__(self, wanted: Versions) -> None:
        self._wanted = wanted

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        wrong = complaint(self._wanted, versions_here())
        if wrong is not None:
            raise WorkerMismatch(wrong)

    def process(self, report: RecordReport) -> Iterator[RecordReport]:
        """Yield what came."""
        yield report

"""The exception tree: everything newsbeam raises on purpose, and nothing a caller must know of its libraries.

Each door to a foreign library translates that library's exceptions into one of these.
A message says what is wrong, where, and what to do; commands print it as it stands and exit with `exit_code`.
"""


class NewsbeamError(Exception):
    """Root of everything newsbeam raises on purpose."""

    exit_code = 1


class UsageError(NewsbeamError):
    """A command was called with words that do not fit together."""

    exit_code = 2


class ConfigurationError(NewsbeamError):
    """Settings or configuration files are wrong; `mistakes` holds one line each, all of them at once."""

    exit_code = 3

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


class QueryError(NewsbeamError):
    """A query cannot be understood; `position` is the code-point offset in the query, when known."""

    exit_code = 3

    def __init__(self, message: str, position: int | None = None) -> None:
        self.position = position
        super().__init__(message)


class Unavailable(NewsbeamError):
    """Something beside newsbeam (broker, database, network) does not answer now; trying again may help."""

    exit_code = 4


class BusUnavailable(Unavailable):
    """The bus does not answer."""


class StoreUnavailable(Unavailable):
    """The store does not answer, is full, or is read-only."""


class FlinkUnavailable(Unavailable):
    """Flink's REST interface or Beam's job server does not answer, or does not take the job."""


class WorkerMismatch(NewsbeamError):
    """A worker has another Python, Beam or newsbeam than the job was submitted with."""


class DataRefused(NewsbeamError):
    """The store refuses a value it was given; trying again cannot help, leaving the value out can."""


class CatalogUnusable(Unavailable):
    """The active catalog cannot be read or compiled here: another version of newsbeam may have made it active."""


class PublishFailed(BusUnavailable):
    """Not every record was acknowledged; the caller must assume that any of them may be on the bus."""


class AlreadyRunning(NewsbeamError):
    """Another newsbeam holds this data directory."""

    exit_code = 5


class RecordTooLarge(NewsbeamError):
    """One record is larger than the bus takes; retrying cannot help."""


class Gap(NewsbeamError):
    """Records between the stored position and what was read are missing without the bus's word for it."""


class DecodeError(NewsbeamError):
    """Bytes on the bus are no story; the record becomes a dead letter with this reason."""

    exit_code = 3


class FetchFailed(NewsbeamError):
    """A feed could not be fetched or parsed; `kind` is a stable word for metrics and pages."""

    exit_code = 4

    def __init__(self, kind: str, message: str, retry_after_s: float | None = None) -> None:
        self.kind = kind
        self.retry_after_s = retry_after_s
        super().__init__(message)


class DeliveryFailed(NewsbeamError):
    """A channel did not take a delivery; `permanent` says that trying again cannot help."""

    exit_code = 4

    def __init__(self, message: str, *, permanent: bool = False, retry_after_s: float | None = None) -> None:
        self.permanent = permanent
        self.retry_after_s = retry_after_s
        super().__init__(message)


class StaleCatalog(NewsbeamError):
    """A chunk was enriched under a catalog that is no longer the active one; enrich it again."""

    def __init__(self, active: str) -> None:
        self.active = active
        super().__init__(f"the active catalog is now {active}")


class NotFound(NewsbeamError):
    """What was asked for is not there."""

    exit_code = 6

"""The address on which one job, or a tree of them, shows its metrics where no page runs beside it."""

import errno
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from newsbeam import metrics
from newsbeam.app.configuration import MetricsSettings
from newsbeam.app.metricsfolder import metrics_shared_for_now
from newsbeam.errors import ConfigurationError

logger = logging.getLogger("newsbeam.run")


@contextmanager
def exposed(settings: MetricsSettings) -> Iterator[None]:
    """Serve metrics while the block runs, when a port is set. Raises `ConfigurationError` when it cannot be bound."""
    with ExitStack() as stack:
        if settings.port:
            where = f"{settings.host}:{settings.port}"
            try:
                stack.enter_context(metrics.exposition(settings.host, settings.port))
            except OSError as error:
                raise ConfigurationError([_why_not(where, error)]) from error
            logger.info("metrics are on http://%s/metrics", where)
        yield


@contextmanager
def exposed_with_children(settings: MetricsSettings) -> Iterator[None]:
    """Serve the sum of the metrics of all processes that this one starts meanwhile, when a port is set."""
    with ExitStack() as stack:
        if settings.port:
            stack.enter_context(metrics_shared_for_now())
        stack.enter_context(exposed(settings))
        yield


def _why_not(where: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"metrics.port: {where} is in use; give each job on one machine its own: --metrics-port"
    return f"metrics.host: cannot listen on {where}: {error.strerror}"

"""Lucene, started once for the whole run."""

from collections.abc import Iterator

import pytest

from tests.servers.lucene import Decisions


@pytest.fixture(scope="session")
def lucene() -> Iterator[Decisions]:
    """A process that answers which queries match which documents."""
    decisions = Decisions()
    try:
        yield decisions
    finally:
        decisions.stop()

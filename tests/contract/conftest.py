"""What tests of the store share."""

from collections.abc import Iterator

import pytest

from newsbeam.store.database import Store
from tests.contract.recordings import prepared


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A fresh store of each kind, ready for `recordings`."""
    opened = prepared(store_url)
    yield opened
    opened.close()

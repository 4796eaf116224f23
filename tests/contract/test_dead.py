"""Dead letters put back onto the bus: all of them, however many, and none twice."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsbeam.app.deployment import Deployment
from newsbeam.recording import Recorder
from newsbeam.store.database import Store
from newsbeam.store.reads import places_not_replayed
from newsbeam.story import DeadLetter
from tests.contract.recordings import NOON, chunk_of, prepared

LARGE = 900_000


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = prepared(store_url)
    yield opened
    opened.close()


def test_every_page_of_dead_letters_is_found_and_none_that_comes_meanwhile(store: Store) -> None:
    recorder = Recorder(store)
    recorder.record(chunk_of([DeadLetter("x", "y", b"z")] * 1_001), NOON)
    places = places_not_replayed(store, NOON)
    found = [next(places)]
    recorder.record(chunk_of([DeadLetter("x", "y", b"z")] * 9, 1_001), NOON + timedelta(seconds=1))
    found += places
    assert found == [("stories", 0, offset) for offset in range(1_001)]


def test_replaying_all_needs_room_for_one_letter_not_for_all(tmp_path: Path) -> None:
    (tmp_path / "newsbeam.yaml").write_text("{}")
    opened = Deployment(str(tmp_path), str(tmp_path))
    recorder = Recorder(opened.store())
    for offset in range(40):
        recorder.record(chunk_of([DeadLetter("x", "y", bytes(LARGE))], offset), NOON)
    tracemalloc.start()
    try:
        assert opened.replay_dead_letters(None) == (40, [])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20 * LARGE
    assert opened.replay_dead_letters(None) == (0, [])
    opened.close()

"""What is as long as it may be, or longer than a database takes, never stops a partition."""

import secrets
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from newsbeam.codec import decode_story, encode_story
from newsbeam.errors import DataRefused
from newsbeam.recording import Recorder
from newsbeam.store.database import Store
from newsbeam.store.forgetting import forget
from newsbeam.store.schema import sighting
from newsbeam.store.statements import insert_all
from newsbeam.story import Origin, Story
from tests.contract.recordings import NOON, a_story, chunk_of, prepared, rows_of


def off_the_bus(path: str = "/talks", **changes: Any) -> Story:
    return decode_story(encode_story(a_story(path, **changes)))


def test_an_address_longer_than_an_index_page_is_recorded_and_can_be_forgotten(store: Store) -> None:
    story = off_the_bus("/" + secrets.token_urlsafe(5_000))
    assert story.url is not None
    Recorder(store).record(chunk_of([story]), NOON)
    assert [row["url"] for row in rows_of(store, "story")] == [story.url]
    assert len(forget(store, story.url, NOON).stories) == 1


def test_a_story_told_by_an_origin_with_the_longest_names_is_a_sighting(store: Store) -> None:
    longest = "".join(chr(0x20000 + secrets.randbelow(0xA6D0)) for _ in range(5_000))
    other = off_the_bus(origin=Origin(longest, longest), feed=None, outlet="gazette")
    first = a_story()
    told = msgspec.structs.replace(other, keys=first.keys)
    report = Recorder(store).record(chunk_of([first, told]), NOON)
    assert report.dispositions == {"recorded": 1, "sighting": 1}


@pytest.mark.postgres
def test_a_value_longer_than_postgresql_takes_is_the_datas_fault(postgres_url: str) -> None:
    """It must not count as a store that is away: the pipeline would wait for ever."""
    store = prepared(postgres_url)
    Recorder(store).record(chunk_of([a_story()]), NOON)
    row = {"feed": secrets.token_urlsafe(9_000), "outlet": "courier", "url": None, "seen_at": NOON}
    with pytest.raises(DataRefused), store.write() as connection:
        insert_all(connection, sighting, [{"story": rows_of(store, "story")[0]["id"], **row}])
    store.close()


@pytest.mark.postgres
def test_recording_reads_what_others_committed_whatever_the_servers_default(postgres_url: str) -> None:
    store = prepared(postgres_url)
    with store.write() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        stricter = f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'repeatable read'"
        connection.execute(text(stricter))
    store.close()
    with store.read() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"
    store.close()

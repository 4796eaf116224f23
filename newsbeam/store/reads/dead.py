"""Dead letters: records that could not become stories."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select, tuple_

from newsbeam.errors import NotFound
from newsbeam.store.database import Store
from newsbeam.store.reads.views import DeadLetterView
from newsbeam.store.schema import dead_letter

Place = tuple[str, int, int]  # topic, partition, offset
_PAGE = 500


def dead_letters(store: Store, *, reason: str | None = None, limit: int = 100) -> list[DeadLetterView]:
    """Return dead letters, newest first."""
    order = (dead_letter.c.recorded_at.desc(), dead_letter.c.partition, dead_letter.c.offset.desc())
    query = select(dead_letter).order_by(*order).limit(limit)
    if reason is not None:
        query = query.where(dead_letter.c.reason == reason)
    with store.read() as connection:
        return [DeadLetterView(**row._asdict()) for row in connection.execute(query)]


def dead_letter_at(store: Store, topic: str, partition: int, offset: int) -> DeadLetterView:
    """Return the dead letter of one position; raises `NotFound`."""
    query = select(dead_letter).where(
        dead_letter.c.topic == topic, dead_letter.c.partition == partition, dead_letter.c.offset == offset
    )
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"no dead letter at {topic}/{partition}/{offset}")
    return DeadLetterView(**row._asdict())


def places_not_replayed(store: Store, recorded_until: datetime) -> Iterator[Place]:
    """Yield where the dead letters are that were not put back onto the bus, and were there at a moment, page by page.

    What comes back as a dead letter while others are put back is not among them.
    """
    place = (dead_letter.c.topic, dead_letter.c.partition, dead_letter.c.offset)
    query = select(*place).where(
        dead_letter.c.replayed_at.is_(None), dead_letter.c.recorded_at <= recorded_until
    )
    query = query.order_by(*place).limit(_PAGE)
    page: list[Place] = []
    while not page or len(page) == _PAGE:
        later = query.where(tuple_(*place) > page[-1]) if page else query
        with store.read() as connection:
            page = [(row.topic, row.partition, row.offset) for row in connection.execute(later)]
        yield from page
        if not page:
            return

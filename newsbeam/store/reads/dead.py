"""Dead letters: records that could not become stories."""

from sqlalchemy import select

from newsbeam.errors import NotFound
from newsbeam.store.database import Store
from newsbeam.store.reads.views import DeadLetterView
from newsbeam.store.schema import dead_letter


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

"""Dead letters that were put back onto the bus."""

from datetime import datetime

from sqlalchemy import update

from newsbeam.store.database import Store
from newsbeam.store.schema import dead_letter


def mark_replayed(store: Store, topic: str, partition: int, offset: int, now: datetime) -> None:
    """Note that the dead letter at this position was put back onto the bus."""
    here = (
        (dead_letter.c.topic == topic)
        & (dead_letter.c.partition == partition)
        & (dead_letter.c.offset == offset)
    )
    with store.write() as connection:
        connection.execute(update(dead_letter).where(here).values(replayed_at=now))

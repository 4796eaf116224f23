"""Recorded stories, with their tags and evidence."""

from collections.abc import Iterable

from sqlalchemy import Connection, Row, Select, func, select

from newsbeam.codec import from_json
from newsbeam.errors import NotFound
from newsbeam.store.database import Store
from newsbeam.store.reads.views import StoryView, TagView
from newsbeam.store.schema import story, story_body, tag
from newsbeam.store.statements import select_in
from newsbeam.story import Span


def latest_stories(  # noqa: PLR0913
    store: Store,
    *,
    topic: str | None = None,
    outlet: str | None = None,
    after: int | None = None,
    before: int | None = None,
    limit: int = 50,
    excerpt_chars: int = 500,
) -> list[StoryView]:
    """Return stories by `record_seq`: newest first, or oldest first from `after` on (to follow).

    `after` and `before` are exclusive cursors; `topic` and `outlet` restrict.
    """
    cursor = story.c.record_seq if topic is None else tag.c.record_seq
    query = _stories(excerpt_chars)
    if topic is not None:
        query = query.join(tag, tag.c.story == story.c.id).where(tag.c.topic == topic)
    if outlet is not None:
        query = query.where(story.c.outlet == outlet)
    if after is not None:
        query = query.where(cursor > after)
    if before is not None:
        query = query.where(cursor < before)
    order = cursor.asc() if after is not None else cursor.desc()
    with store.read() as connection:
        return _views(connection, connection.execute(query.order_by(order).limit(limit)).all())


def story_by_id(store: Store, story_id: str, *, excerpt_chars: int = 500) -> StoryView:
    """Return one story; raises `NotFound`."""
    with store.read() as connection:
        found = stories_by_ids(connection, [story_id], excerpt_chars=excerpt_chars)
    if not found:
        raise NotFound(f"no story {story_id} is stored")
    return found[0]


def body_of(store: Store, story_id: str) -> str | None:
    """Return a story's whole body, None when it has none or it is not kept."""
    with store.read() as connection:
        query = select(story_body.c.body).where(story_body.c.story == story_id)
        return connection.execute(query).scalar_one_or_none()


def stories_by_ids(
    connection: Connection, ids: Iterable[str], *, excerpt_chars: int = 500
) -> list[StoryView]:
    """Return the stories of `ids` that are still stored, oldest first."""
    rows = list(select_in(connection, _stories(excerpt_chars), story.c.id, ids))
    return sorted(_views(connection, rows), key=lambda view: view.record_seq)


def tags_of(connection: Connection, ids: Iterable[str]) -> dict[str, list[TagView]]:
    """Return the tags of each story that has any, by topic."""
    found: dict[str, list[TagView]] = {}
    for row in select_in(connection, select(tag), tag.c.story, ids):
        spans = from_json(row.spans, tuple[Span, ...])
        found.setdefault(row.story, []).append(TagView(row.topic, row.query, row.catalog, spans))
    for tags in found.values():
        tags.sort(key=lambda view: view.topic)
    return found


def _stories(excerpt_chars: int) -> Select[tuple[object, ...]]:
    excerpt = func.coalesce(func.substr(story_body.c.body, 1, excerpt_chars), "").label("excerpt")
    names = [name for name in StoryView.__struct_fields__ if name not in {"excerpt", "tags"}]
    columns = [story.c[name] for name in names]
    return (
        select(*columns, excerpt).select_from(story).outerjoin(story_body, story_body.c.story == story.c.id)
    )


def _views(connection: Connection, rows: Iterable[Row[tuple[object, ...]]]) -> list[StoryView]:
    fields = [row._asdict() for row in rows]
    tags = tags_of(connection, [str(row["id"]) for row in fields])
    return [StoryView(**row, tags=tuple(tags.get(str(row["id"]), ()))) for row in fields]

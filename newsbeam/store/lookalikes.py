"""The founders that a chunk's stories may be copies of, found by their anchors, and kept current while it is decided.

A founder's signature is a row, and each of its anchors one; those who join a founder leave nothing. So a cluster
stays what its first story made it, however many join.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, select

from newsbeam.codec import from_json, to_json
from newsbeam.likeness import begin_alike, likeness
from newsbeam.store.schema import anchor, signature
from newsbeam.store.statements import insert_all, select_in
from newsbeam.story import Signature

_COMMON = (
    16  # clusters: what so many share says nothing, such as the words that all pages of an outlet end with
)


class Founder(NamedTuple):
    """The first story of a cluster, which others are compared with."""

    seq: int
    cluster: str
    family: str
    signature: Signature


class Lookalike(NamedTuple):
    """A founder and how much a story is like it, from 0 to 1."""

    founder: Founder
    likeness: float


class Lookalikes:
    """Founders by the anchors of a chunk's stories; `least` is the likeness of a copy."""

    def __init__(self, connection: Connection, signatures: Iterable[Signature], least: float) -> None:
        self._least = least
        self._anchors: dict[int, list[Founder]] = defaultdict(list)
        self._found: dict[Signature, dict[int, float]] = defaultdict(dict)
        wanted = list(signatures) if least < 1 else []
        rows = list(
            select_in(
                connection,
                select(anchor),
                anchor.c.hash,
                {one for each in wanted for one in each.anchors},
            )
        )
        stored = select_in(connection, select(signature), signature.c.seq, {row.seq for row in rows})
        founders = {row.seq: _founder(row) for row in stored}
        for row in rows:
            if row.seq in founders:
                self._anchors[row.hash].append(founders[row.seq])

    def of(self, one: Signature, family: str | None = None) -> list[Lookalike]:
        """Return the founders that a story may be a copy of; `family` is the owner of its outlet."""
        if self._least >= 1:
            return []
        found = self._found[one]
        near = {f.seq: f for each in one.anchors for f in self._anchors.get(each, ())}
        for seq in near.keys() - found.keys():
            found[seq] = likeness(one, near[seq].signature)
        return [
            Lookalike(founder, found[seq])
            for seq, founder in near.items()
            if found[seq] >= self._least and (founder.family != family or begin_alike(one, founder.signature))
        ]

    def add(self, founder: Founder) -> list[int]:
        """Remember a new founder; return the anchors by which it is to be found, without those that many have."""
        if self._least >= 1:
            return []
        rare = [one for one in founder.signature.anchors if len(self._anchors[one]) < _COMMON]
        for one in rare:
            self._anchors[one].append(founder)
        return rare


def write_founders(connection: Connection, founders: Iterable[tuple[Founder, list[int], datetime]]) -> None:
    """Insert founders, each with the anchors to be found by and when it was recorded."""
    rows, anchors = [], []
    for founder, rare, recorded_at in founders:
        content = msgspec.structs.replace(founder.signature, anchors=tuple(rare))
        rows.append(
            {
                "seq": founder.seq,
                "cluster": founder.cluster,
                "family": founder.family,
                "recorded_at": recorded_at,
                "content": to_json(content),
            }
        )
        anchors += [{"hash": one, "seq": founder.seq} for one in rare]
    insert_all(connection, signature, rows)
    insert_all(connection, anchor, sorted(anchors, key=itemgetter("hash")))


def delete_founders(connection: Connection, rows: Iterable[Row[Any]]) -> None:
    """Delete the signatures whose `seq` and `content` are given, and their anchors."""
    given = list(rows)
    gone = [
        {"this_hash": one, "this_seq": row.seq}
        for row in given
        for one in from_json(row.content, Signature).anchors
    ]
    if gone:
        this = (anchor.c.hash == bindparam("this_hash")) & (anchor.c.seq == bindparam("this_seq"))
        connection.execute(delete(anchor).where(this), gone)
    connection.execute(delete(signature).where(signature.c.seq.in_([row.seq for row in given])))


def _founder(row: Row[Any]) -> Founder:
    return Founder(row.seq, row.cluster, row.family, from_json(row.content, Signature))

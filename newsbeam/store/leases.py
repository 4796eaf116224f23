"""Leases: one owner at a time for a named thing, such as a partition, until a moment in the future."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update

from newsbeam.machine import lives
from newsbeam.store.database import Store
from newsbeam.store.schema import lease
from newsbeam.store.statements import insert_returning


class Leases:
    """The leases of one `owner` (a name that no other process uses)."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self.owner = owner

    def acquire(self, name: str, ttl: timedelta, now: datetime) -> bool:
        """Take the lease if it is free, expired or this owner's already; True when held until now + ttl."""
        until = now + ttl
        free = (lease.c.name == name) & ((lease.c.until <= now) | (lease.c.owner == self.owner))
        with self._store.write() as connection:
            taken = connection.execute(
                update(lease).where(free).values(owner=self.owner, until=until)
            ).rowcount
            if taken == 1:
                return True
            row = {"name": name, "owner": self.owner, "until": until}
            return insert_returning(connection, lease, [row], lease.c.name) == [name]

    def renew(self, ttl: timedelta, now: datetime) -> frozenset[str]:
        """Prolong every lease of this owner that is still valid; return the names still held."""
        with self._store.write() as connection:
            connection.execute(
                update(lease).where(lease.c.owner == self.owner, lease.c.until > now).values(until=now + ttl)
            )
            return frozenset(connection.execute(self._own(now)).scalars())

    def release(self, name: str) -> None:
        """Give the lease back, if it is this owner's."""
        with self._store.write() as connection:
            connection.execute(delete(lease).where(lease.c.name == name, lease.c.owner == self.owner))

    def release_all(self) -> None:
        """Give every lease of this owner back."""
        with self._store.write() as connection:
            connection.execute(delete(lease).where(lease.c.owner == self.owner))

    def held(self, now: datetime) -> frozenset[str]:
        """Return the names of the leases that this owner holds now."""
        with self._store.read() as connection:
            return frozenset(connection.execute(self._own(now)).scalars())

    def _own(self, now: datetime) -> Select[str]:
        return select(lease.c.name).where(lease.c.owner == self.owner, lease.c.until > now)


def owners(store: Store, prefix: str, now: datetime) -> dict[str, str]:
    """Return who holds which lease whose name starts with `prefix`, of those valid now."""
    with store.read() as connection:
        rows = connection.execute(
            select(lease.c.name, lease.c.owner).where(
                lease.c.name.startswith(prefix, autoescape=True), lease.c.until > now
            )
        )
        return {row.name: row.owner for row in rows}


def owner_here(pid: int) -> str:
    """Return the name of a process of this host as an owner; after a slash may follow what tells its lives apart."""
    return f"{socket.gethostname()}-{pid}"


def died_here(owner: str) -> bool:
    """Whether an owner is a process of this host that lives no more, as far as this process can see.

    A process that has this one's own number under another name is dead too: a container begins to count anew. A
    mistake (a host name that two machines share) costs double work at most.
    """
    here = f"{socket.gethostname()}-"
    pid, _, life = owner.removeprefix(here).partition("/")
    if not owner.startswith(here) or not pid.isdecimal():
        return False
    return bool(life) if int(pid) == os.getpid() else not lives(int(pid))

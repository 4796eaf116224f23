"""The simulated newswire: every feed's answer at any time, as a pure function of seed, start and pace."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbeam.newswire.documents import Item, Link, render
from newsbeam.newswire.outlets import BY_ID, Format, Outlet, Quirk
from newsbeam.newswire.prose import Piece
from newsbeam.newswire.timeline import Entry, Script, Timeline

WINDOW = 25  # entries of a document, more only while they are younger than KEPT_S
KEPT_S = 300.0
ROTATE_S = 20.0  # how often rotating GUIDs and varying links change
TICKER_PATH = "/live"
FILES = {Format.RSS2: "rss.xml", Format.ATOM: "atom.xml", Format.JSON: "feed.json", Format.RSS1: "index.rdf"}
TYPES = {
    Format.RSS2: "application/rss+xml; charset=utf-8",
    Format.ATOM: "application/atom+xml; charset=utf-8",
    Format.JSON: "application/feed+json",
    Format.RSS1: "application/rdf+xml; charset=utf-8",
}


@dataclass(frozen=True)
class State:
    """What a feed is like at a time: whether it gives a document, and a name for that document's content."""

    kind: str  # document | error | refused | rubbish | oversized
    version: str = ""
    changed_at: float = 0.0  # seconds since the start


class Newswire:
    """A few dozen outlets; equal arguments give equal news, for ever.

    `pace` is how many things happen a second once live news began; `stop_after` is how many will happen at
    all, or `stop_after_s` how long: then the wire is settled and every document stays as it is.
    """

    def __init__(
        self,
        seed: int,
        started_at: datetime,
        pace: float = 0.5,
        *,
        stop_after: int | None = None,
        stop_after_s: float | None = None,
        script: Script | None = None,
    ) -> None:
        self.seed = seed
        self.started_at = started_at
        self.pace = pace
        self.script = script or Script()
        slots = stop_after
        if stop_after_s is not None:
            within = math.ceil(stop_after_s * pace)
            slots = within if slots is None else min(slots, within)
        self.timeline = Timeline(seed, pace, self.script, slots)

    # --- time --------------------------------------------------------------------------------------------

    def seconds(self, moment: datetime) -> float:
        """Return a moment as seconds since the start."""
        return (moment - self.started_at).total_seconds()

    def moment(self, t: float) -> datetime:
        """Return seconds since the start as a moment."""
        return self.started_at + timedelta(seconds=t)

    @property
    def settled_at(self) -> datetime | None:
        """When nothing will change any more; None for a wire that never stops."""
        t = self.timeline.settled_at
        return None if math.isinf(t) else self.moment(t)

    # --- feeds -------------------------------------------------------------------------------------------

    def state(self, feed: str, t: float) -> State:
        """Return what a feed is like at a time; cheap: no text is written."""
        outlet = BY_ID[feed]
        if outlet.quirk is Quirk.OVERSIZED:
            return State("oversized")
        ends_at = self.script.ends_at(outlet.quirk)
        if t >= ends_at:
            return State("rubbish" if outlet.quirk is Quirk.RUBBISH else self._death(t))
        entries = self.visible(feed, t)
        changes = [entry.at for entry in entries if entry.at > 0]
        changes += [at for entry in entries for at in (entry.edited_at, entry.moved_at) if at <= t]
        if outlet.quirk in {Quirk.ROTATING, Quirk.VARIANTS}:
            changes.append(self._turn(t) * ROTATE_S)
        changed_at = max(changes, default=0.0)
        told = f"{self.seed}/{feed}/{len(changes)}/{changed_at!r}/{entries[0].key if entries else ''}"
        return State("document", hashlib.blake2b(told.encode(), digest_size=10).hexdigest(), changed_at)

    def _death(self, t: float) -> str:
        return "refused" if t >= self.script.lead_s + self.script.refuses_after_s else "error"

    def visible(self, feed: str, t: float) -> Sequence[Entry]:
        """Return the entries in a feed's document at a time, oldest first."""
        entries = self.timeline.entries(feed, t)
        young = sum(entry.at > t - KEPT_S for entry in entries[-1000:])
        return entries[-max(WINDOW, young) :]

    def document(self, feed: str, t: float, base: str) -> bytes:
        """Return a feed's document at a time, its links below `base` (such as `http://127.0.0.1:8090`)."""
        outlet = BY_ID[feed]
        items = [self.item(entry, t, base) for entry in reversed(self.visible(feed, t))]
        home = Link(f"{base}/{feed}/", f"{base}/{feed}/{FILES[outlet.format]}")
        return render(outlet, home, items)

    def item(self, entry: Entry, t: float, base: str) -> Item:
        """Return an entry as documents and pages show it at a time."""
        outlet, piece = BY_ID[entry.feed], self.timeline.piece(entry)
        source = BY_ID[entry.source] if entry.source else None
        return Item(
            guid=self.guid(outlet, entry, t),
            link=self._link(outlet, entry, t, base),
            title=self.timeline.title(entry, t),
            summary=piece.summary,
            paragraphs=piece.paragraphs,
            published=self._claim(outlet, entry),
            source=(source.name, f"https://{source.domain}/") if source else None,
        )

    def guid(self, outlet: Outlet, entry: Entry, t: float) -> str | None:
        """What an entry is called in its feed at this moment, None where the feed gives no names."""
        if outlet.quirk is Quirk.NO_GUID:
            return None
        if outlet.quirk is Quirk.ROTATING:
            return f"{entry.key}-{self._turn(t)}"
        return f"urn:{outlet.id}:{entry.key}"

    def _link(self, outlet: Outlet, entry: Entry, t: float, base: str) -> str:
        link = base + self.path(entry, t)
        if outlet.quirk is Quirk.AGGREGATOR:
            return f"{link}?utm_source=roundup&utm_medium=feed"
        if outlet.quirk is Quirk.VARIANTS and self._turn(t) % 2:
            return f"{link}?fbclid=f{self._turn(t)}".replace("http://", "https://", 1)
        return f"{link}?utm_source=rss" if outlet.quirk is Quirk.VARIANTS else link

    def _claim(self, outlet: Outlet, entry: Entry) -> datetime | str | None:
        if outlet.quirk is not Quirk.BAD_DATES:
            return self.moment(entry.published)
        claims = ("Thu, 01 Jan 1970 00:00:00 GMT", None, "Fri, 31 Dec 2199 23:59:59 GMT", "Foo, 32 Bar 20x6")
        return claims[int(hashlib.blake2b(entry.key.encode(), digest_size=2).hexdigest(), 16) % len(claims)]

    def _turn(self, t: float) -> int:
        return int(max(0.0, min(t, self.timeline.settled_at)) // ROTATE_S)

    # --- articles ----------------------------------------------------------------------------------------

    def path(self, entry: Entry, t: float) -> str:
        """Return the path of an entry's article at a time; an aggregator's entry leads to the original."""
        feed = entry.source or entry.feed
        if BY_ID[feed].quirk is Quirk.TICKER:
            return f"/{feed}{TICKER_PATH}"
        day = self.moment(entry.published)
        slug = slug_of(self.timeline.piece(entry)) + ("-corrected" if t >= entry.moved_at else "")
        return f"/{feed}/{day:%Y/%m/%d}/{slug}-{entry.story}"

    def articles(self, feed: str, t: float) -> dict[str, Entry]:
        """Return every article path of an outlet that has been valid by a time, with its entry."""
        found: dict[str, Entry] = {}
        for entry in self.timeline.entries(feed, t):
            if entry.source is None:
                found[self.path(entry, entry.at)] = entry
                found[self.path(entry, t)] = entry
        return found


def slug_of(piece: Piece) -> str:
    """Return a headline as part of an address."""
    kept = "".join(c.lower() if c.isascii() and c.isalnum() else " " for c in piece.title)
    return "-".join(kept.split()[:8])

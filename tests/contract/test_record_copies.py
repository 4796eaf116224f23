"""Near-duplicates make one cluster and one living alert (DESIGN: promise 3), on every store."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbeam.recording import Recorder, RecordingSettings
from newsbeam.store import reads
from newsbeam.store.database import Store
from newsbeam.store.positions import read_positions
from newsbeam.store.retention import RetentionSettings, sweep
from newsbeam.story import Story
from tests.contract.recordings import NOON, a_story, chunk_of, contents, fresh, prepared, rows_of

DAY = timedelta(days=1)
WIRE = """A truce for the river ports of Selva began at noon on Tuesday, and for the first time in 19 weeks no shell
fell on the quays of Tamsala.

Farid Haddad, who led the talks for the lake states, said that monitors from 7 countries had reached both banks. "We
counted 212 violations a day last week, and none in the first three hours of this one," he said.

Under its terms guns are drawn back 30 kilometres from the water, and grain ships may pass by daylight. The first 4 of
them, with 61,000 tonnes of barley aboard, were waiting off the island of Ostra.

Dockers in Tamsala said they would believe it when the cranes moved. The yard has been closed since November."""
LEAD, *REST = WIRE.split("\n\n")


def told_by(outlet: str, body: str, path: str = "", **changes: Any) -> Story:
    given = {"title": f"From {outlet}", "summary": "", "body": body, "outlet": outlet}
    return a_story(f"/{outlet}{path}", **(given | changes))


COPIES = [
    told_by("agency", WIRE),
    told_by("courier", f"TAMSALA (Agency) — {WIRE}\n\nRead more on our site."),
    told_by("brief", " ".join(WIRE.split()[:70])),
    told_by(
        "terse",
        "\n\n".join(["People danced as the truce began in the streets of Tamsala on Tuesday.", *REST]),
    ),
]
OTHER = """A truce between dockers and the port of Averin ended on Friday when 340 crane drivers walked out over night
shifts. Petra Lind, who speaks for them, said that talks would begin anew once 2 sacked colleagues were back."""


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = prepared(store_url)
    yield opened
    opened.close()


def record(store: Store, *items: Story, at: Any = NOON, **settings: Any) -> None:
    start = read_positions(store, "stories").get(0, 0)
    Recorder(store, RecordingSettings(**settings)).record(chunk_of(items, start, seen_at=at), at)


def clusters(store: Store) -> list[tuple[str, ...]]:
    """Outlets by cluster, in the order of records."""
    found: dict[str, list[str]] = {}
    for row in sorted(rows_of(store, "story"), key=lambda row: row["record_seq"]):
        found.setdefault(row["cluster"], []).append(row["outlet"])
    return [tuple(outlets) for outlets in found.values()]


def versions(store: Store) -> list[int]:
    return [row["version"] for row in rows_of(store, "alert") if row["rule"] == "truce-watch"]


@pytest.mark.parametrize("at_once", [True, False], ids=["one chunk", "chunks"])
def test_near_copies_are_one_cluster_and_update_one_alert(store: Store, at_once: bool) -> None:
    for chunk in [COPIES] if at_once else [[one] for one in COPIES]:
        record(store, *chunk)
    record(store, told_by("gazette", OTHER))
    assert clusters(store) == [("agency", "courier", "brief", "terse"), ("gazette",)]
    assert sorted(versions(store)) == [1, 4]
    assert len(rows_of(store, "signature")) == 2
    assert 2 <= len(rows_of(store, "anchor")) <= 16


def test_where_a_chunk_ends_changes_nothing(tmp_path: Path) -> None:
    whole, parts = fresh(tmp_path, "whole"), fresh(tmp_path, "parts")
    record(whole, *COPIES)
    for one in COPIES:
        record(parts, one)
    assert contents(whole) == contents(parts)
    whole.close()
    parts.close()


def test_trace_says_why_a_story_is_in_its_cluster(store: Store) -> None:
    record(store, *COPIES[:2], told_by("gazette", WIRE, title="From agency"))
    joined = {
        outlet: reads.trace(store, f"https://{outlet}.example/{outlet}").stories[0].joined
        for outlet in ("agency", "courier", "gazette")
    }
    assert joined["agency"] is None
    assert joined["courier"] is not None
    assert joined["courier"].url == "https://agency.example/agency"
    assert 80 <= (joined["courier"].likeness or 0) <= 100
    assert joined["gazette"] is not None
    assert joined["gazette"].likeness is None


def test_a_bridging_story_joins_the_best_match_and_clusters_never_merge(store: Store) -> None:
    half, other_half = "\n\n".join([LEAD, REST[0]]), "\n\n".join(REST[1:])
    record(store, told_by("courier", half), told_by("agency", other_half), told_by("brief", WIRE))
    assert clusters(store) == [("courier", "brief"), ("agency",)]


def test_equality_can_be_made_the_only_evidence(store: Store) -> None:
    record(store, *COPIES, told_by("gazette", WIRE, title="From agency"), cluster_likeness=1.0)
    assert clusters(store) == [("agency", "gazette"), ("courier",), ("brief",), ("terse",)]
    assert rows_of(store, "signature") == rows_of(store, "anchor") == []


def test_copies_far_apart_are_two_events(store: Store) -> None:
    record(store, COPIES[0])
    record(store, told_by("courier", f"{WIRE} More.", published_at=NOON + 4 * DAY), at=NOON + 4 * DAY)
    assert clusters(store) == [("agency",), ("courier",)]


def test_what_all_pages_of_an_outlet_end_with_makes_no_cluster(store: Store) -> None:
    note = "All rights reserved. " + " ".join(f"Clause {n} of our terms applies to you." for n in range(40))
    news = (
        "A truce holds in Averin, monitors said after a night in which nobody fired.",
        "Dockers went back to work on Friday when the owners of the port gave in over night shifts.",
        "Petra Lind was chosen to lead the lake states' parliament, the first woman to do so.",
        "Snow closed the pass to Karash, and forty lorries with seed potatoes are waiting below it.",
    )
    record(store, *(told_by("courier", f"{one}\n\n{note}", f"/{n}") for n, one in enumerate(news)))
    assert clusters(store) == [("courier",)] * len(news)


def test_what_many_clusters_share_is_written_no_more(store: Store) -> None:
    note = " ".join(f"Clause {n} of our terms of use applies to every reader." for n in range(60))
    for n in range(30):
        body = f"Truce {n}. {' '.join(f'Word{n * k} ended.' for k in range(9))}\n\n{note}"
        record(store, told_by("courier", body, f"/{n}"))
    hashes = [row["hash"] for row in rows_of(store, "anchor")]
    assert max(hashes.count(one) for one in hashes) == 16


def test_signatures_go_when_nothing_may_join_their_clusters(store: Store) -> None:
    record(store, COPIES[0])
    assert sweep(store, RetentionSettings(), NOON + 6 * DAY)["signature"] == 0
    assert sweep(store, RetentionSettings(), NOON + 8 * DAY)["signature"] == 1
    assert rows_of(store, "signature") == rows_of(store, "anchor") == []
    record(store, COPIES[1])
    assert clusters(store) == [("agency",), ("courier",)]

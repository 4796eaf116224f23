"""Quotes, speakers, countries and names against the annotated stories: both halves, each language."""

import argparse
from collections.abc import Iterable, Sequence

from bench.annotated import HALVES, Annotated, Kind, read_all
from bench.scoring import (
    QUOTED,
    Found,
    Score,
    overlapping,
    plain_name,
    right_speaker,
    same_span,
    score,
    total,
)
from bench.table import show

MEASURES = (
    *(kind.value for kind in Kind),
    QUOTED,
    *(f"{kind.value}, overlap" for kind in Kind),
    "speaker, named",
    "speaker, unnamed",
    "countries",
    "people",
    "organisations",
)
BY_LANGUAGE = ("direct", "mixed", "indirect", "speaker, named", "countries", "people", "organisations")
HEAD = ("", "recall", "precision", "of")


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench language", description=__doc__)
    parser.add_argument("--markdown", action="store_true", help="tables for the docs")
    parser.add_argument(
        "--misses", action="store_true", help="what is missed or wrong in the summit and the open half"
    )
    options = parser.parse_args(words)
    from bench.reading import reader

    stories = read_all()
    read = reader()
    found = [(story, read(story)) for story in stories]
    if options.misses:
        report_misses([pair for pair in found if pair[0].half != "heldout"])
        return
    table = markdown if options.markdown else _plain
    for caption, head, rows in tables(found):
        table(caption, head, rows)


Pair = tuple[Annotated, Found]
Table = tuple[str, Sequence[str], list[list[str]]]


def tables(found: Sequence[Pair]) -> Iterable[Table]:
    """Return the tables: every measure of each half, then recall/precision by language of each half."""
    for half in (*HALVES, "summit"):
        pairs = [pair for pair in found if pair[0].half == half]
        scores = _sum(pairs)
        yield f"{half}: {len(pairs)} stories", HEAD, [_row(name, scores[name]) for name in MEASURES]
    for half in HALVES:
        pairs = [pair for pair in found if pair[0].half == half]
        languages = sorted({story.language for story, _ in pairs})
        rows = []
        for language in languages:
            scores = _sum([pair for pair in pairs if pair[0].language == language])
            rows.append([language, *(_both(scores[name]) for name in BY_LANGUAGE)])
        yield f"{half}, by language: recall / precision", ("", *BY_LANGUAGE), rows


def _sum(pairs: Sequence[Pair]) -> dict[str, Score]:
    return total(score(story, found) for story, found in pairs)


def _row(name: str, result: Score) -> list[str]:
    if name.startswith("speaker"):
        return [f"{name} (of the found)", _share(result.recall), "", str(result.wanted)]
    return [name, _share(result.recall), _share(result.precision), str(result.wanted)]


def _both(result: Score) -> str:
    if result.recall == result.precision:
        return _share(result.recall)
    return f"{_share(result.recall)} / {_share(result.precision)}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"  # noqa: RUF001


def _plain(caption: str, head: Sequence[str], rows: list[list[str]]) -> None:
    print(caption)
    show(head, rows)


def markdown(caption: str, head: Sequence[str], rows: list[list[str]]) -> None:
    """Print a table for the docs."""
    print(f"**{caption}**\n")
    for row in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(row)} |")
    print()


def report_misses(found: Sequence[Pair]) -> None:
    """Print what differs, story by story."""
    for story, given in found:
        lines = [*quote_misses(story, given), *name_misses(story, given)]
        if lines:
            print(f"{story.half}/{story.name}", *lines, sep="\n  ")


def quote_misses(story: Annotated, given: Found) -> Iterable[str]:
    """Return lines on quotes that are missed, of another kind or edge, of another speaker, or too many."""
    for wanted in story.quotes:
        same = next((quote for quote in given.quotes if same_span(wanted, quote)), None)
        near = same or next((quote for quote in given.quotes if overlapping(wanted, quote)), None)
        if near is None:
            yield f"missed {wanted.kind.value}: {wanted.text!r}"
            continue
        if same is None:
            yield f"other edges, {wanted.kind.value}: {wanted.text!r} is {story.body[near.start : near.end]!r}"
        if near.kind != wanted.kind:
            yield f"{near.kind} instead of {wanted.kind.value}: {wanted.text!r}"
        if not right_speaker(wanted, near):
            yield f"speaker {near.speaker!r} instead of {(wanted.speaker or (None,))[0]!r}: {wanted.text!r}"
    for quote in given.quotes:
        if not any(overlapping(wanted, quote) for wanted in story.quotes):
            yield f"too much, {quote.kind}: {story.body[quote.start : quote.end]!r}"


def name_misses(story: Annotated, given: Found) -> Iterable[str]:
    """Return lines on countries, people and organisations that are missed or too many."""
    yield from _difference("countries", set(story.countries), set(given.countries - story.optional))
    for label, wanted, names in (
        ("people", story.people, given.people),
        ("organisations", story.organisations, given.organisations),
    ):
        plain = {plain_name(name) for name in names}
        missed = {forms[0] for forms in wanted if plain.isdisjoint(map(plain_name, forms))}
        forms = {plain_name(form) for name in wanted for form in name}
        yield from _difference(label, missed, {name for name in names if plain_name(name) not in forms})


def _difference(label: str, wanted: set[str], given: set[str]) -> Iterable[str]:
    if missed := wanted - given:
        yield f"{label} missed: {', '.join(sorted(missed))}"
    if extra := given - wanted:
        yield f"{label} too many: {', '.join(sorted(extra))}"

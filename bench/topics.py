"""Precision and recall of the shipped topics on labelled news, by topic and language.

Every item goes through the product's own Enricher over the shipped catalog, as a story that declares its language.
"""

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.labelled import APART, HALVES, LANGUAGES, PARTS, STORIES, Labelled, meanings, read_labelled
from bench.table import show
from bench.tagscores import Score, compare, total
from newsbeam.enrichment import Enricher
from newsbeam.topics.loading import load_catalog

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "topics.md"
BEGIN, END = "<!-- tables: python -m bench topics --update -->", "<!-- end of tables -->"
OPEN, HELD_OUT = HALVES
NAMES = {OPEN: "open", HELD_OUT: "held out", APART: "apart", STORIES: "longer stories"}
Table = tuple[str, list[str], list[list[str]]]  # caption, head, rows


class Result(NamedTuple):
    """A labelled item and the labelled topics among its tags."""

    labelled: Labelled
    tags: frozenset[str]

    @property
    def labels(self) -> frozenset[str]:
        """The topics that the item is about."""
        return frozenset(self.labelled.item.topics)

    def score(self, topic: str | None = None) -> Score:
        """Return the item's score, for all topics or for one."""
        if topic is None:
            return compare(self.labels, self.tags)
        return compare(self.labels & {topic}, self.tags & {topic})


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="bench topics", description=__doc__)
    parser.add_argument("--markdown", action="store_true", help="print the tables of docs/topics.md")
    parser.add_argument("--update", action="store_true", help="write the tables into docs/topics.md")
    parser.add_argument("--misses", choices=[OPEN], help="list what was missed and what was wrong")
    parser.add_argument("--topic", choices=list(meanings()), help="with --misses: of this topic only")
    parser.add_argument("--language", choices=LANGUAGES, help="with --misses: of this language only")
    options = parser.parse_args(words)
    results = tagged(read_labelled())
    if options.misses:
        chosen = [one for one in results if one.labelled.part == options.misses]
        print(*misses(chosen, options.topic, options.language), sep="\n")
    elif options.update:
        PAGE.write_text(with_tables(PAGE.read_text("utf-8"), markdown(results)), "utf-8")
    elif options.markdown:
        print(markdown(results))
    else:
        for caption, head, rows in tables(results):
            print(caption)
            show(head, rows)


def tagged(items: Iterable[Labelled], config: Path = ROOT / "config") -> list[Result]:
    """Return each item with the topics that the catalog in `config` finds; topics without labels are left out."""
    enricher, judged = Enricher(load_catalog(config)), frozenset(meanings())
    return [Result(one, judged & {tag.topic for tag in enricher.enrich(one.story()).tags}) for one in items]


def misses(results: Iterable[Result], topic: str | None = None, language: str | None = None) -> list[str]:
    """Return a line for every item with a label that was not found or a tag that is wrong."""
    lines = []
    for (_, spoken, item), tags in results:
        labels = frozenset(item.topics)
        differing = labels ^ tags if topic is None else (labels ^ tags) & {topic}
        if differing and language in {None, spoken}:
            told = [f"missed {name}" if name in labels else f"WRONG {name}" for name in sorted(differing)]
            lines.append(f"{item.id}  {', '.join(told)}: {item.title} | {item.text}")
    return lines


def tables(results: Sequence[Result]) -> list[Table]:
    """Return the scores by language and by topic, quiet items, the stories, and topics by language in counts."""
    spoken = [name for name in LANGUAGES if any(one.labelled.language == name for one in results)]
    unseen = [*_of_part(results, HELD_OUT), *_of_part(results, APART)]
    return [
        _scored("language", spoken, results, _of_language),
        _scored("topic", list(meanings()), results, _of_topic),
        _quiet(spoken, results),
        _stories(spoken, _of_part(results, STORIES)),
        _crossed(spoken, unseen),
    ]


def markdown(results: Sequence[Result]) -> str:
    """Return the tables as they stand in docs/topics.md."""
    return "\n\n".join(_as_markdown(*table) for table in tables(results))


def with_tables(page: str, new: str) -> str:
    """Return a page with these tables between its two marks; raises `ValueError` when it lacks a mark."""
    whole, found = re.subn(
        f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: f"{BEGIN}\n\n{new}\n\n{END}", page, flags=re.DOTALL
    )
    if not found:
        raise ValueError(f"the page has no {BEGIN} ... {END}")
    return whole


def _as_markdown(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join([caption, "", *(f"| {' | '.join(line)} |" for line in lines)])


def _of_part(results: Iterable[Result], part: str) -> list[Result]:
    return [one for one in results if one.labelled.part == part]


def _of_language(results: Iterable[Result], language: str) -> Score:
    return total(one.score() for one in results if one.labelled.language == language)


def _of_topic(results: Iterable[Result], topic: str) -> Score:
    return total(one.score(topic) for one in results)


def _scored(
    kind: str,
    names: Sequence[str],
    results: Sequence[Result],
    score: Callable[[Iterable[Result], str], Score],
) -> Table:
    """One row a name with the parts side by side, and the total last; of the open half F1 tells enough."""
    head = [kind, "open: F1"]
    for part in (HELD_OUT, APART):
        head += [f"{NAMES[part]}: labels", "precision", "recall", "F1"]
    parts = [_of_part(results, part) for part in (OPEN, HELD_OUT, APART)]
    rows = [[name, *_side_by_side([score(part, name) for part in parts])] for name in names]
    rows.append(["all", *_side_by_side([total(one.score() for one in part) for part in parts])])
    return f"By {kind}, every label and tag weighing the same:", head, rows


def _side_by_side(scores: Sequence[Score]) -> list[str]:
    return [_cells(scores[0])[-1], *(cell for score in scores[1:] for cell in _cells(score))]


def _quiet(languages: Sequence[str], results: Sequence[Result]) -> Table:
    """Of the items about no topic at all, how many were left without a tag."""
    rows = []
    for language in languages:
        mine = [one for one in results if one.labelled.language == language and not one.labels]
        parts = [_of_part(mine, part) for part in PARTS]
        rows.append([language, *(f"{sum(not one.tags for one in part)} of {len(part)}" for part in parts)])
    return "Items about none of the topics that got no tag:", ["language", *NAMES.values()], rows


def _stories(languages: Sequence[str], results: Sequence[Result]) -> Table:
    """How the longer stories fare."""
    rows = [[language, *_cells(_of_language(results, language))] for language in languages]
    rows.append(["all", *_cells(total(one.score() for one in results))])
    return "Longer stories:", ["language", "labels", "precision", "recall", "F1"], rows


def _crossed(languages: Sequence[str], results: Sequence[Result]) -> Table:
    """Counts, not shares: of a topic there are only a few items a language."""
    by_language = {name: [one for one in results if one.labelled.language == name] for name in languages}
    rows = [
        [topic, *(_counts(_of_topic(by_language[name], topic)) for name in languages)] for topic in meanings()
    ]
    caption = (
        "Held out and apart together, found of labelled by topic and language, with the number of wrong tags:"
    )
    return caption, ["topic", *languages], rows


def _counts(score: Score) -> str:
    return f"{score.found}/{score.found + score.missed}" + (f" +{score.wrong}" if score.wrong else "")


def _cells(score: Score) -> list[str]:
    shares = (score.precision, score.recall, score.f1)
    return [str(score.found + score.missed), *("-" if one is None else f"{one:.2f}" for one in shares)]

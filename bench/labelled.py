"""The labelled news of tests/data/labelled: short invented items and the topics that they are about.

One file a language in each part. Who writes queries may read `open`; `heldout`, `apart` and the longer
`stories` are only scored.
"""

from pathlib import Path
from typing import NamedTuple

import msgspec

from newsbeam.story import Key, KeyKind, Origin, Story

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "labelled"
HALVES = ("open", "heldout")
APART = "apart"  # events that are told in one language only
STORIES = "stories"
PARTS = (*HALVES, APART, STORIES)
LANGUAGES = ("en", "fr", "es", "de", "ru", "uk", "ar", "zh")


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item: `topics` are all that it is about, sorted; an ordinary item has none."""

    id: str
    title: str
    text: str
    topics: tuple[str, ...]


class Labelled(NamedTuple):
    """An item with its part (a half, apart or the stories) and its language."""

    part: str
    language: str
    item: Item

    def story(self) -> Story:
        """Return the item as a story that declares its language."""
        url = f"https://labelled.example/{self.item.id}"
        return Story(
            origin=Origin("publish", "labelled"),
            keys=(Key(KeyKind.URL, url),),
            title=self.item.title,
            url=url,
            summary=self.item.text,
            language=self.language,
        )


def meanings() -> dict[str, str]:
    """Return what each label means, by topic, in the order of the file."""
    return msgspec.yaml.decode((FOLDER / "topics.yaml").read_bytes(), type=dict[str, str])


def read_labelled() -> list[Labelled]:
    """Return every item there is; a language without a file in a part has none."""
    return [
        Labelled(part, language, item)
        for part in PARTS
        for language in LANGUAGES
        for item in _items(FOLDER / part / f"{language}.jsonl")
    ]


def _items(path: Path) -> list[Item]:
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Item) for line in lines]

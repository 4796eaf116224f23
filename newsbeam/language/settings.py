"""Section `language`: which trained pipelines are used, on which stories, and how much is kept of each."""

from typing import Annotated, Literal

import msgspec

from newsbeam.language.words import SPOKEN

Count = Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class LanguageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a story beside its topics.

    - `models`: a trained spaCy pipeline by language, a package's name or a folder; none by default.
    - `deep`: the stories on which it runs: `chosen` by a topic or a rule, `all`, or none (`off`).
    - `max_countries`, `max_entities`, `max_speakers`: for how many of each a story counts, the most mentioned first.
    """

    models: dict[str, str] = msgspec.field(default_factory=dict)
    deep: Literal["chosen", "all", "off"] = "chosen"
    max_countries: Count = 10
    max_entities: Count = 6
    max_speakers: Count = 4

    def __post_init__(self) -> None:
        unread = sorted(self.models.keys() - SPOKEN.keys())
        if unread:
            raise ValueError(
                f"models: {', '.join(unread)} would never be read with; languages: {', '.join(SPOKEN)}"
            )

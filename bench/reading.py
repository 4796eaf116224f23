"""The language layer as the scorer sees it: the one place that knows the product's names."""

from collections.abc import Callable

from bench.annotated import Annotated
from bench.scoring import Found, FoundQuote
from newsbeam.language import LanguageLayer


def reader() -> Callable[[Annotated], Found]:
    """Return a function from an annotated story to what the blank language layer finds in it."""
    layer = LanguageLayer()

    def read(story: Annotated) -> Found:
        found = layer.read(story.title, "", story.body, story.language)
        return Found(
            quotes=[
                FoundQuote(str(quote.kind), quote.start, quote.end, quote.speaker)
                for quote in found.quotes
                if quote.field == "body"
            ],
            countries=frozenset(country.code for country in found.countries),
            people=frozenset(entity.name for entity in found.entities if entity.type == "person"),
            organisations=frozenset(
                entity.name for entity in found.entities if entity.type == "organisation"
            ),
        )

    return read

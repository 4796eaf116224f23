"""Story → EnrichedStory: pure, no I/O, no clock. What `tag`, the pipeline and the back-test share."""

from newsbeam.story import EnrichedStory, Story
from newsbeam.topics.catalog import Catalog


class Enricher:
    """Everything compiled from one catalog; make it once, use it for many stories."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def enrich(self, story: Story) -> EnrichedStory:
        """Return the story with outlet, language, tags, rule matches and hashes."""
        raise NotImplementedError

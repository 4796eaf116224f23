"""An enricher for tests: one word in a story's body kills the process, another one hangs it."""

import os
import signal
import threading

from newsbeam.enrichment import Enricher
from newsbeam.story import EnrichedStory, Story

DEADLY = "deadlyword"
ENDLESS = "endlessword"


class PoisonedEnricher(Enricher):
    """Dies as a crashing C library would, or never comes back."""

    def enrich(self, story: Story) -> EnrichedStory:
        if DEADLY in story.body:
            os.kill(os.getpid(), signal.SIGSEGV)
        if ENDLESS in story.body:
            threading.Event().wait()
        return super().enrich(story)

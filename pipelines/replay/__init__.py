"""Stored history, enriched again: tags under a newer catalog, counts anew, queries tried on the past.

Bounded Beam jobs over the store. Nothing here alerts: history is not news.
"""

from pipelines.replay.backtest import BackTest, PastMatch, back_test
from pipelines.replay.recount import Difference, check_counts, recount
from pipelines.replay.retag import retag_history

__all__ = ["BackTest", "Difference", "PastMatch", "back_test", "check_counts", "recount", "retag_history"]

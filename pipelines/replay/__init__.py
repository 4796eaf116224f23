"""Stored history, enriched again: tags under a newer catalog, counts anew, queries tried on the past.

`recount` and `retag` are bounded Beam jobs over the store; `backtest` answers within a second, and so must be
imported without Beam: import the module that you mean. Nothing here alerts: history is not news.
"""

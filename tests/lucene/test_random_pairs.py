"""newsbeam decides as Apache Lucene does, on random queries and texts.

Half of the texts are cut by Lucene's own analysis (StandardTokenizer, which is UAX #29, possessives, case,
ASCII folding, pairs of Han characters): those that hold nothing which newsbeam's page says it treats in its
own way. The others are cut by newsbeam for both, so that only the matching is compared.
"""

import pytest

from tests.lucene.comparing import compare, explained
from tests.servers.lucene import Decisions

SEEDS = ("one", "two", "three", "four")
PAIRS = 5_040  # a seed


@pytest.mark.parametrize("seed", SEEDS)
def test_both_decide_the_same(lucene: Decisions, seed: str) -> None:
    tally = compare(lucene, seed, PAIRS)
    shown = "\n\n".join(explained(lucene, case) for case in tally.different[:3])
    assert not tally.different, f"{len(tally.different)} of {tally.pairs:,} pairs:\n\n{shown}"
    assert tally.pairs >= PAIRS
    assert 0.2 < tally.matches / tally.pairs < 0.5

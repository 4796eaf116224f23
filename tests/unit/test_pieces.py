"""What is known beforehand of plain chunks is what the exact rule says of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbeam.topics.analysis import Folding
from newsbeam.topics.folding import fold, fold_keeping_accents, fold_keeping_case
from newsbeam.topics.pieces import _PLAIN, narrow_pieces, wide_pieces

FOLDINGS = (fold, fold_keeping_accents, fold_keeping_case)
NAMES = st.from_regex(r"[A-Za-z]{2,12}['\u2019]s[.,]?", fullmatch=True)
NUMBERS = st.from_regex(r"[0-9]{1,4}([.,][0-9]{1,4}){1,3}[.,]?", fullmatch=True)


@pytest.mark.parametrize("folded", FOLDINGS)
@given(chunk=st.one_of(NAMES, NUMBERS))
def test_plain_chunks_are_read_as_the_exact_rule_reads_them(folded: Folding, chunk: str) -> None:
    plain = _PLAIN.fullmatch(chunk)
    assert plain is not None
    for pieces in (narrow_pieces(folded), wide_pieces(folded)):
        assert pieces._plain_piece(chunk, plain) == pieces._piece(chunk)

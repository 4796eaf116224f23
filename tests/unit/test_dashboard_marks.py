"""Marked texts: whatever the spans, nothing of the text is lost or added, and only evidence is marked."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.links import safe_link
from dashboard.marks import EXCERPT, mark, mark_excerpt
from newsbeam.story import Span

spans = st.lists(
    st.builds(Span, field=st.sampled_from(["title", "body"]), start=st.integers(-3, 60), end=st.integers(-3, 60),
              text=st.just("")),
    max_size=8,
)  # fmt: skip


@given(st.text(max_size=50), spans)
def test_the_pieces_join_to_the_text_and_mark_exactly_the_code_points_of_valid_spans(
    text: str, found: list[Span]
) -> None:
    pieces = mark(text, "title", found)
    assert "".join(piece.text for piece in pieces) == text
    expected = [False] * len(text)
    for span in found:
        if span.field == "title" and 0 <= span.start < span.end <= len(text):
            expected[span.start : span.end] = [True] * (span.end - span.start)
    assert [piece.marked for piece in pieces for _ in piece.text] == expected


def test_offsets_are_code_points_also_beyond_the_basic_plane() -> None:
    text = "🕊️ peace 👨‍👩‍👧 force"
    start = text.index("force")
    marked = [
        piece.text
        for piece in mark(text, "title", [Span("title", start, start + 5, "force")])
        if piece.marked
    ]
    assert marked == ["force"]


@given(st.integers(0, 2000))
def test_an_excerpt_is_short_and_holds_the_first_evidence(at: int) -> None:
    text = "lorem ipsum " * (at // 12) + "EVIDENCE" + " dolor sit" * 60
    start = text.index("EVIDENCE")
    pieces = mark_excerpt(text, "summary", [Span("summary", start, start + 8, "EVIDENCE")])
    assert [piece.text for piece in pieces if piece.marked] == ["EVIDENCE"]
    assert sum(len(piece.text) for piece in pieces) <= EXCERPT + 40


def test_only_web_addresses_become_links() -> None:
    assert safe_link("https://a.example/x?q=1#f") == "https://a.example/x?q=1#f"
    assert safe_link("HTTP://a.example/") == "HTTP://a.example/"
    refused = ["javascript:alert(1)", "JaVaScRiPt://x/%0aalert(1)", "data:text/html,x", "//a.example", "/a", "",
               None, "https://", "http://[::1", "https://a.example/\u202e",
               "https://a b", "https:\\\\a", "java\nscript:x"]  # fmt: skip
    assert [safe_link(url) for url in refused] == [None] * len(refused)

"""One query that nobody saved: what `topics try`, the playground and a search box run over stories."""

from newsbeam.story import Span
from newsbeam.topics.checking import usable_query
from newsbeam.topics.document import Document
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.query import Mode


class Search:
    """A query, ready to run over many documents. Raises `QueryError` with position and advice.

    In `search` mode words side by side mean AND; `topic` mode reads the query as a saved topic would be read.
    """

    def __init__(self, text: str, *, mode: Mode = "search") -> None:
        self.node = usable_query(text, mode)
        self._matcher = compile_queries({"query": self.node})

    def match(self, document: Document) -> tuple[Span, ...] | None:
        """Return the evidence, None when the document does not match; a match by values alone has none."""
        return self._matcher.match(document).get("query")

    def match_text(self, title: str, summary: str = "", body: str = "") -> tuple[Span, ...] | None:
        """Return the evidence in a text of which nothing else is known, None when it does not match."""
        return self.match(Document(title, summary, body))

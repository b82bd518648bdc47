"""HTML that is ready: kept aside while the rest of the text is read.

The package marks its place with control characters, and takes these out of every text before.
"""

from __future__ import annotations

from markdown import Markdown
from markdown.util import HTML_PLACEHOLDER_RE


class Aside:
    """What was kept aside of one text, with the words and the source that it stands for."""

    def __init__(self, md: Markdown) -> None:
        self.md = md
        self._words: list[str] = []
        self._source: list[str] = []

    def start(self) -> None:
        """Begin a text."""
        self._words, self._source = [], []

    def keep(self, html: str, words: str = "", source: str = "") -> str:
        """Keep HTML aside; returns what stands for it in the text."""
        self._words.append(words)
        self._source.append(source)
        return self.md.htmlStash.store(html)

    def words(self, text: str) -> str:
        """Return the text with the words of what was kept aside in it, for attributes."""
        return HTML_PLACEHOLDER_RE.sub(lambda found: self._words[int(found[1])], text)

    def source(self, text: str) -> str:
        """Return the text as it was written."""
        return HTML_PLACEHOLDER_RE.sub(lambda found: self._source[int(found[1])], text)

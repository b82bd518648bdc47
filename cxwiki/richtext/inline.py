"""Bare addresses and mentions within a paragraph."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

from cxwiki.richtext import marks
from cxwiki.richtext.raw import Aside

ADDRESS = (
    r"(?P<web>\b(?:(?i:https?://)|www\.)[^\s<>\"\x02\x03]*[^\s<>\"'.,:;!?)\]}*_~\x02\x03])"
    r"|(?P<mail>(?<![\w.+/@-])[\w+-]{1,64}(?:\.[\w+-]{1,64}){0,4}@[a-zA-Z\d-]{1,63}"
    r"(?:\.[a-zA-Z\d-]{1,63}){1,4})"
)
MENTION = r"(?<![\w@/.+-])@(?=[^\W_])"


class Kept(InlineProcessor):
    """What becomes HTML of its own, but stays as it is within a link."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(
        self, pattern: str, html: Callable[[re.Match[str]], str], md: Markdown, aside: Aside
    ) -> None:
        super().__init__(pattern, md)
        self.html, self.aside = html, aside

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802
        """Keep it aside."""
        return self.aside.keep(self.html(m), m[0], m[0]), m.start(), m.end()


def address(found: re.Match[str]) -> str:
    """The link that an address becomes which stands in the text as it is."""
    words = found[0]
    prefix = "mailto:" if found["mail"] else "" if "://" in words[:8] else "https://"
    return f'<a href="{escape(prefix + words)}">{escape(words, quote=False)}</a>'


def mention(_found: re.Match[str]) -> str:
    """The sign before a name: whom it means is found when it is read."""
    return marks.mention()

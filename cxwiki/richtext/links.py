"""Links and images within a paragraph.

Two patterns in place of six of the package, which read to the end of the paragraph for every
bracket, character by character: for thousands of brackets that takes minutes.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any, ClassVar
from urllib.parse import quote
from xml.etree import ElementTree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE

from cxwiki.richtext.limits import DEEPEST, FARTHEST, Budget
from cxwiki.richtext.paragraphs import reference
from cxwiki.richtext.raw import Aside

_BRACKET = re.compile(r"[\[\]]")
_INNER = r"[^\s()\x00-\x1f]|[\x02\x03]"
_TARGET = re.compile(
    r"\(\s*+(?:<(?P<angled>[^<>\n]{0,2000}+)>"
    rf"|(?P<plain>(?:{_INNER}|\((?:{_INNER}|\((?:{_INNER})*+\))*+\)){{0,2000}}+))"
    r"""(?:\s++(?P<title>"[^"]{0,2000}+"|'[^']{0,2000}+'|\([^()]{0,2000}+\)))?+\s*+\)"""
)
_LABEL = re.compile(r"\[([^\[\]]{0,999}+)\]")
_MARKS = re.compile(r"[*_]|!?\[([^\[\]]*)\]\([^()]*\)")


class Links(InlineProcessor):
    """`[words](address "title")`, `[words][label]`, `[label]`; not within another link."""

    ANCESTOR_EXCLUDES: ClassVar[tuple[str, ...]] = ("a",)
    BEGIN = r"\["

    def __init__(self, md: Markdown, aside: Aside, budget: Budget) -> None:
        super().__init__(self.BEGIN, md)
        self.references: dict[str, tuple[str, str]] = md.references
        self.aside, self.budget = aside, budget

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int | None, int | None]:  # type: ignore[override]  # noqa: N802
        """Make an element of it, if it is one."""
        end = _partner(data, m.end())
        target = None if end is None else self._target(data, end + 1, data[m.end() : end])
        if target is None:
            self.budget.unclosed += 1
            self.budget.check()
            return None, None, None
        address, title, behind = target
        element = self.element(data[m.end() : end], _for_attribute(quote(address, safe=_SAFE)))
        if title:
            element.set("title", title)
        return element, m.start(), behind

    def _target(self, data: str, at: int, words: str) -> tuple[str, str, int] | None:
        """Return address, title and the end of what follows the words."""
        if found := _TARGET.match(data, at):
            address = found["angled"] if found["angled"] is not None else found["plain"]
            title = self.aside.words(found["title"] or "")[1:-1]
            return self.aside.words(address), title, found.end()
        label = _LABEL.match(data, at)
        named = self.aside.source(label[1] if label and label[1] else words)
        if (known := self.references.get(reference(named))) is None:
            return None
        return *known, label.end() if label else at

    def element(self, words: str, address: str) -> Any:
        """The link; a wiki link within it is what was written."""
        link = ElementTree.Element("a", href=address)
        link.text = HTML_PLACEHOLDER_RE.sub(self._unlinked, words)
        return link

    def _unlinked(self, found: re.Match[str]) -> str:
        written = self.aside.source(found[0])
        if written.startswith("[["):
            return self.aside.keep(escape(written, quote=False), written, written)
        return found[0]


class Images(Links):
    """`![words](address "title")` and the other two, also within a link."""

    ANCESTOR_EXCLUDES = ()
    BEGIN = r"!\["

    def element(self, words: str, address: str) -> Any:
        """The image; its words without the marks in them."""
        words = self.aside.words(INLINE_PLACEHOLDER_RE.sub(self._of_image, words))
        return ElementTree.Element("img", src=address, alt=_for_attribute(_MARKS.sub(r"\1", words)))

    def _of_image(self, found: re.Match[str]) -> str:
        image = self.md.treeprocessors["inline"].stashed_nodes[found[1]]  # type: ignore[attr-defined]
        return str(image.get("alt"))


_SAFE = "!#$%&'()*+,-./:;=?@_~"


def _partner(data: str, at: int) -> int | None:
    """Where the bracket ends that begins before `at`."""
    depth = 1
    for found in _BRACKET.finditer(data, at, at + FARTHEST):
        depth += 1 if found[0] == "[" else -1
        if not depth:
            return found.start()
        if depth > DEEPEST:
            break
    return None


def _for_attribute(text: str) -> str:
    """What looks like an entity is none."""
    return text.replace("&", "&amp;")

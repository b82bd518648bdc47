"""Links, images, bare addresses and mentions within a paragraph."""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from html import escape, unescape
from typing import Any
from urllib.parse import quote

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE

from cxwiki.richtext import marks
from cxwiki.richtext.limits import Budget
from cxwiki.richtext.paragraphs import reference
from cxwiki.richtext.raw import Aside

Result = tuple[Any, int | None, int | None]
FARTHEST = 4_000
"""How far behind a bracket its end may be."""

ADDRESS = (
    r"(?P<web>\b(?:(?i:https?://)|www\.)[^\s<>\"\x02\x03]*[^\s<>\"'.,:;!?)\]}*_~\x02\x03])"
    r"|(?P<mail>(?<![\w.+/@-])[\w+-]{1,64}(?:\.[\w+-]{1,64}){0,4}@[a-zA-Z\d-]{1,63}"
    r"(?:\.[a-zA-Z\d-]{1,63}){1,4})"
)
MENTION = r"(?<![\w@/.+-])@(?=[^\W_])"
_BRACKET = re.compile(r"[\[\]]")
_INNER = r"[^\s()\x00-\x1f]|[\x02\x03]"
_TARGET = re.compile(
    r"\(\s*+(?:<(?P<angled>[^<>\n]{0,2000}+)>"
    rf"|(?P<plain>(?:{_INNER}|\((?:{_INNER}|\((?:{_INNER})*+\))*+\)){{0,2000}}+))"
    r"""(?:\s++(?P<title>"[^"]{0,2000}+"|'[^']{0,2000}+'|\([^()]{0,2000}+\)))?+\s*+\)"""
)
_LABEL = re.compile(r"\[([^\[\]]{0,999}+)\]")
_LINK_WITHIN = re.compile(r"(?<!!)\[[^\[\]]*+\](?:\(|\[)")


class Links(InlineProcessor):
    """`[words](address "title")`, `[words][label]`, `[label]`; not within another link."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown, aside: Aside, budget: Budget, begin: str = r"(?<!!)\[") -> None:
        super().__init__(begin, md)
        self.aside, self.budget = aside, budget

    def handleMatch(self, m: re.Match[str], data: str) -> Result:  # type: ignore[override]  # noqa: N802
        """Make an element of it, if it is one."""
        end = self._partner(data, m.end())
        if end is not None:
            words = data[m.end() : end]
            target = self._target(data, end + 1, words)
            if target is not None and not self._holds_link(words):
                address, title, behind = target
                element = self._element(words, _address(address))
                if title:
                    element.set("title", title)
                return element, m.start(), behind
        self.budget.unclosed += 1
        self.budget.check()
        return None, None, None

    def _partner(self, data: str, at: int) -> int | None:
        """Where the bracket ends that begins before `at`."""
        depth = 1
        for found in _BRACKET.finditer(data, at, at + FARTHEST):
            depth += 1 if found[0] == "[" else -1
            if not depth:
                return found.start()
        return None

    def _target(self, data: str, at: int, words: str) -> tuple[str, str, int] | None:
        """Return address, title and the end of what follows the words."""
        if found := _TARGET.match(data, at):
            address = found["angled"] if found["angled"] is not None else found["plain"]
            title = self.aside.words(found["title"] or "")[1:-1]
            return self.aside.words(address), title, found.end()
        label = _LABEL.match(data, at)
        named = self.aside.source(label[1] if label and label[1] else words)
        if (known := self.md.references.get(reference(named))) is None:  # type: ignore[union-attr]
            return None
        address, title = (_plain(part or "") for part in known)
        return address, title, label.end() if label else at

    def _holds_link(self, words: str) -> bool:
        """Whether another link is in the words: the inner one counts."""
        for found in _LINK_WITHIN.finditer(words):
            end = words.index("]", found.start())
            if self._target(words, end + 1, words[found.start() + 1 : end]):
                return True
        return False

    def _element(self, words: str, address: str) -> Any:
        link = etree.Element("a", href=address)
        link.text = HTML_PLACEHOLDER_RE.sub(self._unlinked, words)
        return link

    def _unlinked(self, found: re.Match[str]) -> str:
        """A wiki link within a link is what was written."""
        written = self.aside.source(found[0])
        if written.startswith("[["):
            return self.aside.keep(escape(written, quote=False), written, written)
        return found[0]


class Images(Links):
    """`![words](address "title")`, also within a link."""

    ANCESTOR_EXCLUDES = ()

    def __init__(self, md: Markdown, aside: Aside, budget: Budget) -> None:
        super().__init__(md, aside, budget, r"!\[")

    def _holds_link(self, words: str) -> bool:
        return False

    def _element(self, words: str, address: str) -> Any:
        return etree.Element("img", src=address, alt=_escaped(self._words(words)))

    def _words(self, words: str) -> str:
        """The words without the marks in them."""
        stash = self.md.treeprocessors["inline"].stashed_nodes  # type: ignore[union-attr, attr-defined]

        def of(found: re.Match[str]) -> str:
            node = stash.get(found[1], "")
            if isinstance(node, str):
                return str(node)
            return node.get("alt") or self._words("".join(node.itertext()))

        words = self.aside.words(INLINE_PLACEHOLDER_RE.sub(of, words))
        return re.sub(r"[*_]|!?\[([^\[\]]*)\]\([^()]*\)", r"\1", words)


class Addresses(InlineProcessor):
    """Addresses that stand in the text as they are."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown, aside: Aside) -> None:
        super().__init__(ADDRESS, md)
        self.aside = aside

    def handleMatch(self, m: re.Match[str], data: str) -> Result:  # type: ignore[override]  # noqa: N802
        """Make a link of it."""
        words = m[0]
        prefix = "mailto:" if m["mail"] else "" if "://" in words[:8] else "https://"
        address = escape(prefix + words)
        html = f'<a href="{address}">{escape(words, quote=False)}</a>'
        return self.aside.keep(html, words, words), m.start(), m.end()


class Mentions(InlineProcessor):
    """The sign before a name: whom it means is found when it is read."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, md: Markdown, aside: Aside) -> None:
        super().__init__(MENTION, md)
        self.aside = aside

    def handleMatch(self, m: re.Match[str], data: str) -> Result:  # type: ignore[override]  # noqa: N802
        """Leave it open."""
        return self.aside.keep(marks.mention(), "@", "@"), m.start(), m.end()


def _plain(text: str) -> str:
    """Without backslashes before signs and with entities as what they mean."""
    return unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text))


def _address(address: str) -> str:
    return _escaped(quote(address, safe="!#$%&'()*+,-./:;=?@_~"))


def _escaped(text: str) -> str:
    """For an attribute: what looks like an entity is none."""
    return text.replace("&", "&amp;")

"""What no mark within counts in: code, escaped signs, HTML, entities, <addresses>, wiki links.

Whichever begins first wins. Read in one pass, each part once.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from html import escape, unescape
from html.entities import html5
from typing import Any

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from cxwiki.richtext import marks
from cxwiki.richtext.limits import Budget
from cxwiki.richtext.raw import Aside

ATTRIBUTE = r"""\s++[A-Za-z_:][\w.:-]*+(?:\s*+=\s*+(?:[^\s"'=<>`]++|'[^']*+'|"[^"]*+"))?+"""
TAG = rf"<[A-Za-z][A-Za-z0-9-]*+(?:{ATTRIBUTE})*+\s*+/?>|</[A-Za-z][A-Za-z0-9-]*+\s*+>"
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LITERAL = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`++)"
    rf"|(?P<wiki>{marks.WIKI_LINK.pattern})"
    r"|<(?P<mail>[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,9})>"
    r"|<(?P<web>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>\x00-\x1f]{0,4000})>"
    rf"|(?<!\]\()(?P<tag>{TAG})"
    r"|(?P<comment><!--(?:[^<>-]|-(?!->))*+-->)"
    rf"|(?P<entity>{ENTITY.pattern})"
    r"|(?P<line>\\?\n)"
)
_TICKS = re.compile(r"`++")
_MARKS = re.compile(r"[*_~@\[:]")


class Literals(Treeprocessor):
    """Keeps them aside before marks are looked for."""

    def __init__(self, md: Markdown, aside: Aside, budget: Budget) -> None:
        super().__init__(md)
        self.aside, self.budget = aside, budget

    def run(self, root: Any) -> None:
        """Read the text of every paragraph, heading and cell."""
        for element in root.iter():
            if element.text and not isinstance(element.text, AtomicString):
                element.text = self.read(element.text)
                self.budget.copying += len(_MARKS.findall(element.text)) * len(element.text)
        self.budget.check()

    def read(self, text: str) -> str:
        """Return the text with its literal parts kept aside."""
        code = _Code(text)
        done, at = [], 0
        while found := _LITERAL.search(text, at):
            start, end, kind = found.start(), found.end(), found.lastgroup or ""
            if kind == "ticks":
                end, html, words = code.at(start, end)
            else:
                html, words = _html_of(kind, found)
            kept = (
                text[start:end] if html is None else self.aside.keep(html, words, text[start:end])
            )
            done += [text[at:start], kept]
            at = end
        return "".join([*done, text[at:]])


class _Code:
    """Where the runs of backticks of a text are, by their length."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.runs: dict[int, list[int]] = {}
        for run in _TICKS.finditer(text):
            self.runs.setdefault(len(run[0]), []).append(run.start())

    def at(self, start: int, end: int) -> tuple[int, str | None, str]:
        """Return the end, the HTML and the words of the code that may begin there."""
        length = end - start
        places = self.runs.get(length, [])
        later = bisect_left(places, end)
        if later == len(places):
            return end, None, ""
        words = self.text[end : places[later]].replace("\n", " ")
        if words.startswith(" ") and words.endswith(" ") and words.strip():
            words = words[1:-1]
        return places[later] + length, f"<code>{escape(words, quote=False)}</code>", words


def entity(found: re.Match[str]) -> str:
    """What an ENTITY means; one with no such name is what was written."""
    known = found[0][1] == "#" or found[0][1:] in html5
    return unescape(found[0]) if known else found[0]


def _html_of(kind: str, found: re.Match[str]) -> tuple[str | None, str]:
    """Return the HTML and the words of what needs no other place of the text."""
    if kind == "escaped":
        return escape(found["escaped"]), found["escaped"]
    if kind == "entity":
        words = entity(found)
        return escape(words), words
    if kind == "line":
        return "<br>\n", "\n"
    if kind in ("web", "mail"):
        words = found[kind]
        address = escape(("mailto:" if kind == "mail" else "") + words)
        return f'<a href="{address}">{escape(words)}</a>', words
    if kind in ("tag", "comment"):
        return found[0], ""
    return _wiki_link(found)


def _wiki_link(found: re.Match[str]) -> tuple[str, str]:
    whole = marks.WIKI_LINK.fullmatch(found["wiki"])
    assert whole is not None
    title = whole[1].strip()
    label = (whole[2] or "").strip() or title
    return (marks.link(title, label), label) if title else (escape(found["wiki"]), found["wiki"])

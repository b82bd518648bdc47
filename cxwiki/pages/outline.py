"""The headings of a page: each gets a name that links can lead to; all make a table of contents.

Names begin with "text-", so that no text can take the name of a part of our own pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from markupsafe import Markup

from cxwiki.subjects import slugify

FEWEST = 3
ENOUGH = 16
MOST = 200
_HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.S)
_TAG = re.compile(r"<[^>]*>")
_JUMP = re.compile(r'(<a href="#)(?!text-)([^"]+)"')


@dataclass(frozen=True)
class Heading:
    """One heading: its name in the address, its words, and how deep it is, 1 being the top."""

    name: str
    words: str
    level: int


@dataclass(frozen=True)
class Outlined:
    """A text whose headings have names; `headings` are those that a table of contents lists."""

    html: Markup
    headings: Sequence[Heading]


def anchor_of(words: str) -> str:
    """The name that a heading of these words gets, if it is the first of them on the page."""
    return f"text-{slugify(_TAG.sub('', words)) or 'part'}"


def _meant_by(fragment: str) -> str:
    return anchor_of(unquote(unescape(fragment)).replace("-", " "))


def outline(html: str) -> Outlined:
    """Give each heading its name, and lead links within the text there."""
    used: dict[str, int] = {}
    headings: list[Heading] = []

    def name(found: re.Match[str]) -> str:
        words = unescape(_TAG.sub("", found[2])).strip()
        anchor = anchor_of(words)
        used[anchor] = used.get(anchor, 0) + 1
        if used[anchor] > 1:
            anchor = f"{anchor}-{used[anchor]}"
        level = int(found[1])
        if words and len(headings) < MOST:
            headings.append(Heading(anchor, words, level))
        return f'<h{level} id="{anchor}">{found[2]}</h{level}>'

    named = _HEADING.sub(name, html)
    named = _JUMP.sub(lambda jump: f'{jump[1]}{_meant_by(jump[2])}"', named)
    return Outlined(Markup(named), _listed(headings))  # noqa: S704


def _listed(headings: Sequence[Heading]) -> Sequence[Heading]:
    """The topmost level of the text, with the next one as long as that makes no long list."""
    top = min((heading.level for heading in headings), default=2)
    listed = [
        Heading(heading.name, heading.words, heading.level - top + 1)
        for heading in headings
        if heading.level <= top + 1
    ]
    topmost = [heading for heading in listed if heading.level == 1]
    if len(listed) > ENOUGH and len(topmost) >= FEWEST:
        return topmost
    return listed if len(listed) >= FEWEST else []

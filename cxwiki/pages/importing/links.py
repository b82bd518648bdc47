"""Finding the links and pictures of a Markdown text, and writing them anew. Pure.

What stands in code is left alone. Links are those of Markdown, its reference definitions, and the
`href` and `src` of HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Literal
from urllib.parse import unquote, urlsplit

from cxwiki.pages.importing.segments import outside_code

_TARGET = (
    r"(?:<(?P<angled>[^<>\n]*)>"
    r"|(?P<plain>[^\s()<>]{1,2000}(?:\([^\s()]{0,500}\)[^\s()]{0,500}){0,5}))"
)
_INLINE = re.compile(
    r"(?<!\\)(?P<picture>!?)"
    r"\[(?P<label>(?:[^\[\]\\]|\\.|!?\[[^\[\]]{0,500}\](?:\([^()\s]{0,1000}\))?){0,1000}?)\]"
    rf"\([ \t]*\n?[ \t]*{_TARGET}"
    r"(?P<title>[ \t\n]+(?:\"[^\"]{0,1000}\"|'[^']{0,1000}'))?[ \t]*\)",
    re.S,
)
_REFERENCE = re.compile(
    rf"^(?P<start> {{0,3}}\[(?!\^)(?P<name>[^\[\]\n]{{1,300}})\]:[ \t]*){_TARGET}"
    r"(?P<title>[^\n]{0,1000})$",
    re.M,
)
_HTML = re.compile(
    r"(?P<start><(?P<tag>a|img|source|iframe)\b[^<>]{0,2000}?\s(?:href|src)\s*=\s*)"
    r"(?P<quote>[\"'])(?P<target>[^\"'<>]{0,2000})(?P=quote)",
    re.I,
)


@dataclass(frozen=True)
class Link:
    """One link: where it leads, its words as Markdown, and how it is written.

    `title` is what stands behind the target, quotation marks included.
    """

    target: str
    label: str
    title: str
    form: Literal["inline", "picture", "reference", "html"]
    in_table: bool = False

    @property
    def path(self) -> str:
        """The target without query and fragment, as people read it; empty for another site."""
        return "" if self.is_foreign else unquote(_split(self.target)[0]).lstrip("\\")

    @property
    def fragment(self) -> str:
        """The part behind `#`."""
        return unquote(_split(self.target)[1])

    @property
    def is_foreign(self) -> bool:
        """Whether it leads to another site, or writes a mail."""
        try:
            parts = urlsplit(self.target)
        except ValueError:
            return True
        return bool(parts.scheme or parts.netloc)


Change = Callable[[Link], str | None]
"""Given a link, what stands in its place: for "inline" and "picture" the whole link, for the other
forms the target alone; None leaves it as it is."""


def rewrite(text: str, change: Change) -> str:
    """Return the text with every link changed that `change` wants changed."""
    return outside_code(text, lambda part: _rewrite(part, change))


def found(text: str) -> list[Link]:
    """All links of a text, in no certain order."""
    links: list[Link] = []

    def note(link: Link) -> None:
        links.append(link)

    rewrite(text, note)
    return links


def _rewrite(text: str, change: Change) -> str:
    text = _REFERENCE.sub(lambda match: _reference(match, change), text)
    text = _HTML.sub(lambda match: _html(match, change), text)
    done: list[str] = []
    for in_table, lines in groupby(text.split("\n"), _is_row):
        # A link can go over several lines, but never from one row of a table into the next.
        some = list(lines)
        parts = some if in_table else ["\n".join(some)]
        one = partial(_inline, change=change, in_table=in_table)
        done += [_INLINE.sub(one, part) for part in parts]
    return "\n".join(done)


def _is_row(line: str) -> bool:
    return "|" in line


def _inline(match: re.Match[str], change: Change, in_table: bool) -> str:
    label = match["label"]
    if "](" in label:
        label = _INLINE.sub(lambda inner: _inline(inner, change, in_table), label)
    target = match["angled"] if match["angled"] is not None else match["plain"]
    title = (match["title"] or "").strip()
    form: Literal["picture", "inline"] = "picture" if match["picture"] else "inline"
    written = change(Link(target, label, title, form, in_table))
    if written is not None:
        return written
    return match.group().replace(match["label"], label, 1) if label else match.group()


def _reference(match: re.Match[str], change: Change) -> str:
    target = match["angled"] if match["angled"] is not None else match["plain"]
    written = change(Link(target, match["name"], match["title"].strip(), "reference"))
    return match.group() if written is None else f"{match['start']}{written}{match['title']}"


def _html(match: re.Match[str], change: Change) -> str:
    written = change(Link(match["target"], "", "", "html"))
    if written is None:
        return match.group()
    return f"{match['start']}{match['quote']}{written}{match['quote']}"


def _split(target: str) -> tuple[str, str]:
    path, _mark, fragment = target.partition("#")
    return path.partition("?")[0], fragment

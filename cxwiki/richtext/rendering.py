"""From Markdown to harmless HTML, with bounded work."""

from __future__ import annotations

import re
import threading
from html import escape, unescape
from typing import Any

import nh3
from markdown import Markdown

from cxwiki.richtext import marks
from cxwiki.richtext.boxes import RAW, TIGHT
from cxwiki.richtext.extension import House
from cxwiki.richtext.limits import MOST_OPEN, TooMuchWork
from cxwiki.richtext.plain import clean

LONGEST = 200_000
AS_WRITTEN = "as_written"
_local = threading.local()
_BEGINS = re.compile(r"<(?!br|hr|img|input)[a-zA-Z]")
_WRAPPERS = re.compile(f"</?(?:{RAW}|{TIGHT})>")
_BLANKS = re.compile(r"[ \t\r\f\v]+")
_BLOCK_ENDS = re.compile(r"(?=</(?:p|li|t[dhr]|h[2-6]|div|d[dt]|blockquote)>)|(?=<br>)")
_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h2", "h3",
    "h4", "h5", "h6", "hr", "img", "input", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align", "scope"},
    "input": {"checked", "disabled"},
    "span": {marks.LINK, marks.MENTION},
    "p": {marks.NOTE},
}
_CELLS = {str(number) for number in range(1, 101)}
_VALUES = {
    "input": {"type": {"checkbox"}},
    "td": {"rowspan": _CELLS, "colspan": _CELLS},
    "th": {"rowspan": _CELLS, "colspan": _CELLS},
}
_EXTENSIONS: dict[str, dict[str, Any]] = {
    "pymdownx.betterem": {},
    "pymdownx.tilde": {"subscript": False},
}


def to_html(text: str) -> str:
    """Render Markdown and let only harmless HTML through; headings begin at the second level.

    A text whose marks would take too long to lay out comes out as it was written, and says so.
    """
    return harmless(_parsed(clean(text)[:LONGEST]))


def harmless(html: str) -> str:
    """Let only the elements and attributes through that texts need and that can do nothing."""
    return (
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            attribute_filter=marks.unsealed,
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener noreferrer nofollow",
            tag_attribute_values=_VALUES,
        )
        .replace(marks.SEAL, "")
        .rstrip("\n")
    )


def _parsed(text: str) -> str:
    try:
        html = _converted(text)
        if len(_BEGINS.findall(html)) - html.count("</") <= MOST_OPEN:
            return html
    except (TooMuchWork, RecursionError):
        pass
    lines = escape(text, quote=False).split("\n")
    return marks.note(AS_WRITTEN) + "<p>" + "<br>\n".join(lines) + "</p>"


def _converted(text: str) -> str:
    """Building a parser costs more than most texts: one a thread, unless it broke off midway."""
    parser: Markdown | None = _local.__dict__.pop("parser", None)
    if parser is None:
        parser = Markdown(
            extensions=[*_EXTENSIONS, House()], extension_configs=_EXTENSIONS, output_format="html"
        )
    html = parser.reset().convert(text)
    _local.parser = parser
    return _WRAPPERS.sub("", html)


def to_text(text: str) -> str:
    """Return Markdown as plain words, for search, snippets and titles."""
    plain = nh3.clean(_BLOCK_ENDS.sub(" ", to_html(text)), tags=set())
    return _BLANKS.sub(" ", unescape(plain)).strip()


def first_words(text: str, limit: int = 90) -> str:
    """Make a title of a text: its first sentence or line, cut between words."""
    line = next((part.strip() for part in to_text(text).splitlines() if part.strip()), "")
    sentence = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0]
    if len(sentence) <= limit:
        return sentence
    return sentence[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"

"""Rich text: Markdown in, safe HTML out. Rendered once a revision."""

from __future__ import annotations

import re
import threading
from html import unescape

import markdown
import nh3

LONGEST = 200_000
_local = threading.local()
_RUNS = re.compile(r"([\[\]()<>!*_`~])\1{49,}")
_BLANKS = re.compile(r"[ \t\r\f\v]+")
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
}
_EXTENSIONS = [
    "tables",
    "fenced_code",
    "sane_lists",
    "nl2br",
    "toc",
    "pymdownx.tilde",
    "pymdownx.magiclink",
    "pymdownx.tasklist",
]


def to_html(text: str) -> str:
    """Render Markdown and let only harmless HTML through; headings begin at the second level."""
    text = _RUNS.sub(_shorten, clean(text)[:LONGEST])
    html = _parser().reset().convert(text)
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        tag_attribute_values={"input": {"type": {"checkbox"}}},
    )


def _parser() -> markdown.Markdown:
    """One parser a thread: building it costs more than most texts."""
    if not hasattr(_local, "parser"):
        _local.parser = markdown.Markdown(
            extensions=_EXTENSIONS,
            extension_configs={"toc": {"baselevel": 2, "anchorlink": False}},
            output_format="html",
        )
    return _local.parser


def to_text(text: str) -> str:
    """Return Markdown as plain words, for search, snippets and titles."""
    plain = nh3.clean(to_html(text).replace("</", " </"), tags=set())
    return _BLANKS.sub(" ", unescape(plain)).strip()


def clean(text: str) -> str:
    """Drop what no text may hold (NUL, lone surrogates) and keep line ends in one form."""
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "ignore").decode("utf-8")


def first_words(text: str, limit: int = 90) -> str:
    """Make a title of a text: its first sentence or line, cut between words."""
    line = next((part.strip() for part in to_text(text).splitlines() if part.strip()), "")
    sentence = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0]
    if len(sentence) <= limit:
        return sentence
    return sentence[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _shorten(run: re.Match[str]) -> str:
    # Nested brackets cost the parser time that grows with their square.
    return run.group(1) * 3

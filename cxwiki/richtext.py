"""Rich text: Markdown in, safe HTML out. Rendered once a revision."""

from __future__ import annotations

import re
import threading
from html import escape, unescape
from typing import Any

import markdown
import nh3
from flask_babel import gettext as _
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from cxwiki.errors import DomainError

LONGEST = 200_000
_local = threading.local()
MOST_WORK = 2_000_000
MOST_HEADINGS = 300
_RUNS = re.compile(r"([\[\]()<>!*_`~])\1{49,}")
_TAG_ENDS = re.compile(r"<(?=[a-zA-Z/!?])|>")
_HEADING = re.compile(r"^(#.*|=+ *|-+ *)$", re.MULTILINE)
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
    "pymdownx.tilde",
    "pymdownx.magiclink",
    "pymdownx.tasklist",
]


def to_html(text: str) -> str:
    """Render Markdown and let only harmless HTML through; headings begin at the second level."""
    text = _bounded(clean(text)[:LONGEST])
    try:
        html = _parser().reset().convert(text)
    except RecursionError:  # nested deeper than anything that a person writes
        del _local.parser
        html = f"<p>{escape(text)}</p>"
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        tag_attribute_values={"input": {"type": {"checkbox"}}},
    )


def _bounded(text: str) -> str:
    """Take out what costs the parser time that grows with the square of the text."""
    text = _RUNS.sub(_shorten, text)
    if tag_work(text) > MOST_WORK:
        text = text.replace("<", "&lt;")
    if len(_HEADING.findall(text)) > MOST_HEADINGS:
        text = _HEADING.sub(r"\1\n", text)
    return text


def tag_work(text: str) -> int:
    """How many characters the parser reads to find the end of every tag that begins."""
    work, end = 0, len(text)
    for mark in reversed([*_TAG_ENDS.finditer(text)]):
        if mark.group() == ">":
            end = mark.start()
        else:
            work += end - mark.start()
    return work


class _Headings(Treeprocessor):
    """The page's title is the only heading of the first level."""

    def run(self, root: Any) -> None:
        for element in root.iter():
            if re.fullmatch("h[1-5]", str(element.tag)):
                element.tag = f"h{int(element.tag[1]) + 1}"


class _InlineBudget(Treeprocessor):
    """Leaves text as it is where its marks would cost more than a whole honest text may.

    Each opening bracket makes the parser read on, at worst to the end of the paragraph, and each
    tilde makes it look at all later ones.
    """

    def run(self, root: Any) -> None:
        left = MOST_WORK
        for element in root.iter():
            for name in ("text", "tail"):
                text = getattr(element, name)
                if not text or isinstance(text, AtomicString):
                    continue
                left -= text.count("[") * len(text) + (4 * text.count("~")) ** 2
                if left < 0:
                    setattr(element, name, AtomicString(text))


class _House(Extension):
    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(_InlineBudget(md), "inline-budget", 30)
        md.treeprocessors.register(_Headings(md), "headings", 5)


def _parser() -> markdown.Markdown:
    """One parser a thread: building it costs more than most texts."""
    if not hasattr(_local, "parser"):
        _local.parser = markdown.Markdown(extensions=[*_EXTENSIONS, _House()], output_format="html")
    return _local.parser


def to_text(text: str) -> str:
    """Return Markdown as plain words, for search, snippets and titles."""
    plain = nh3.clean(to_html(text).replace("</", " </"), tags=set())
    return _BLANKS.sub(" ", unescape(plain)).strip()


def clean(text: str) -> str:
    """Drop what no text may hold (NUL, lone surrogates) and keep line ends in one form."""
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "ignore").decode("utf-8")


def one_line(text: str) -> str:
    """Clean a text that has no lines: runs of blanks and line ends become one blank."""
    return " ".join(clean(text).split())


def check_length(text: str, longest: int, field: str) -> None:
    """Raise a DomainError on the field if the text has more than `longest` characters."""
    if len(text) > longest:
        raise DomainError(_("The text has at most %(number)s characters.", number=longest), field)


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

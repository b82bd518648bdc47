"""Placeholders: what rendered HTML leaves open until somebody reads it.

Whether `[[Title]]` leads somewhere and whom `@Name` means depends on what the reader may see, so
the HTML that is kept holds placeholders. Read as they are, they show the words that were written.
Nobody can write one as HTML: `SEAL` is known to this process alone and taken off on the way out.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from html import escape, unescape

SEAL = secrets.token_hex(8) + ":"
LINK, MENTION, NOTE = "data-link", "data-mention", "data-note"
WIKI_LINK = re.compile(r"\[\[([^\[\]|\n]{1,300}?)(?:\\?\|([^\[\]\n]{1,300}))?\]\]")

_OPEN_LINK = re.compile(r'<span data-link="([^"]*)">([^<]*)</span>')
_OPEN_MENTION = re.compile(r'<span data-mention="">@</span>([^<]{1,400})')
_OPEN_NOTE = re.compile(r'<p data-note="(\w+)"></p>')


def link(title: str, label: str) -> str:
    """A wiki link to be resolved when it is read."""
    return f'<span {LINK}="{SEAL}{escape(title)}">{escape(label, quote=False)}</span>'


def mention() -> str:
    """The sign before a name; whom it means stands behind it."""
    return f'<span {MENTION}="{SEAL}">@</span>'


def note(name: str) -> str:
    """A remark of the software, in the reader's language when it is read."""
    return f'<p {NOTE}="{SEAL}{name}"></p>'


def unsealed(_tag: str, name: str, value: str) -> str | None:
    """For the sanitiser: our own placeholders without the seal, forged ones not at all."""
    if name not in (LINK, MENTION, NOTE):
        return value
    return value.removeprefix(SEAL) if value.startswith(SEAL) else None


def titles(html: str) -> list[str]:
    """The titles that the text links to, in order, each once."""
    return list(dict.fromkeys(unescape(found) for found in re.findall(rf'{LINK}="([^"]*)"', html)))


def called(html: str) -> list[str]:
    """The beginnings of words behind each `@`, as they were written."""
    return [unescape(found) for found in _OPEN_MENTION.findall(html)]


def has_any(html: str) -> bool:
    """Whether something is left open."""
    return "<span data-" in html or "<p data-note" in html


def fill(
    html: str,
    link: Callable[[str, str], str],
    mention: Callable[[str], str],
    note: Callable[[str], str],
) -> str:
    """Put something in place of each placeholder.

    `link` gets the title and the label, which is HTML; `mention` the HTML that follows an `@` up
    to the next tag, and returns what stands for both; `note` the name of a remark.
    """
    html = _OPEN_LINK.sub(lambda found: link(unescape(found[1]), found[2]), html)
    html = _OPEN_MENTION.sub(lambda found: mention(found[1]), html)
    return _OPEN_NOTE.sub(lambda found: note(found[1]), html)

"""Texts as they are kept: without what no database holds, in lines, and not too long."""

from __future__ import annotations

from flask_babel import gettext as _

from cxwiki.errors import DomainError


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

"""Titles as links find them."""

from __future__ import annotations

import re
import unicodedata

from cxwiki.access import LARGEST_ID

_NUMBER = re.compile(r"#(\d{1,10})")
LONGEST = 300


def key_of(title: str) -> str:
    """The form in which titles are compared: blanks and capitals do not count."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())[:LONGEST]


def number_in(title: str) -> int | None:
    """The number that `#42` names; None for a title in words."""
    found = _NUMBER.fullmatch(title.strip())
    number = int(found[1]) if found else 0
    return number if 0 < number <= LARGEST_ID else None


def can_be_linked(title: str) -> bool:
    """Whether `[[title]]` can name it; otherwise its number has to."""
    return not set("[]|") & set(title) and number_in(title) is None and bool(title.strip())

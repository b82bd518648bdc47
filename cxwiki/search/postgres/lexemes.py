"""Our terms as PostgreSQL's text search reads them: literals of tsvector and tsquery.

A tsvector keeps at most 255 places of a word, none above 16,383, and one megabyte in all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from cxwiki.search.documents import Sequence_, Word

LAST_PLACE = 16_383
MOST_PLACES = 255
MOST_BYTES = 900_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what no PostgreSQL text can hold: NUL and halves of surrogate pairs."""
    return _UNSTORABLE.sub(" ", text)


def tag_key(tag: str) -> str:
    """A tag as filters compare it."""
    return storable(tag.strip().lower())


def folded(text: str) -> str:
    """The text without accents, ß as ss: what `unaccent` does, for databases without it."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ẞ", "SS"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def quoted(term: str) -> str:
    """A term as one lexeme, whatever it consists of."""
    return "'" + storable(term).replace("\\", "\\\\").replace("'", "''") + "'"


def vector_of(fields: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Terms of fields, each with its label A to D, as a tsvector; fields never touch."""
    places: dict[str, list[str]] = {}
    place, size = 0, 0
    for label, terms in fields:
        for term in terms:
            place += 1
            if not term:
                continue
            held = places.get(term)
            if held is None:
                size += len(term.encode(errors="replace")) + 6
                if size > MOST_BYTES:
                    continue
                held = places[term] = []
            if len(held) < MOST_PLACES:
                size += 2
                held.append(f"{min(place, LAST_PLACE)}{label}")
        place += 1
    return " ".join(f"{quoted(term)}:{','.join(held)}" for term, held in places.items())


def any_of(terms: Iterable[str], label: str = "") -> str:
    """A tsquery that any of the terms fulfils; "" for no term."""
    suffix = f":{label}" if label else ""
    return "|".join(quoted(term) + suffix for term in terms if term)


def all_of(words: Sequence[Word], label: str = "") -> str:
    """A tsquery that a text fulfils that has each word."""
    return "&".join(f"({any_of(word.names, label)})" for word in words if word.names)


def phrase(words: Sequence_) -> str:
    """A tsquery that a text fulfils in which the words follow one another."""
    return "<->".join(f"({any_of(word.names)})" for word in words if word.names)

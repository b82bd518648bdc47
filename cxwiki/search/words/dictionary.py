"""Looking words up in the lexicon: few indexed queries, each with a limit, no matter how large."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text

from cxwiki.database import db

_LAST = "\U0010ffff"
MOST_ALIKE = 1_500
"""Words with a common beginning or end that are compared with a misspelt one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term, how people write it, and how many company-visible documents have it."""

    term: str
    surface: str
    documents: int


# Written as text and bound by name: building these as expressions costs more than asking them.
_ENTRIES = text("SELECT term, surface, documents FROM lexicon WHERE term IN :terms").bindparams(
    bindparam("terms", expanding=True)
)
_COMPOUNDS = text(
    """
    SELECT part, term FROM (
        SELECT p.part AS part, p.term AS term, row_number() OVER (
            PARTITION BY p.part ORDER BY t.documents DESC, t.term
        ) AS place
        FROM lexicon_parts p JOIN lexicon t ON t.term = p.term
        WHERE p.part IN :parts
    ) ranked WHERE place <= :most ORDER BY part, place
    """
).bindparams(bindparam("parts", expanding=True))
_BEGINNING = """
    SELECT * FROM (
        SELECT term, surface, documents FROM lexicon
        WHERE term >= :begin{0} AND term < :end{0} AND documents >= :least
        ORDER BY documents DESC, term LIMIT :most
    ) found{0}
"""
_ALIKE = """
    SELECT term, surface, documents FROM lexicon
    WHERE documents > 0 AND ({0}) ORDER BY documents DESC, term LIMIT :most
"""


def entries(terms: Iterable[str]) -> dict[str, Entry]:
    """What the lexicon has of some terms."""
    wanted = sorted(set(terms))
    if not wanted:
        return {}
    return {row.term: Entry(*row) for row in db.session.execute(_ENTRIES, {"terms": wanted})}


def compounds(parts: Iterable[str], most: int) -> dict[str, list[str]]:
    """The commonest compounds of each part."""
    wanted = sorted(set(parts))
    found: dict[str, list[str]] = {}
    if wanted:
        for part, term in db.session.execute(_COMPOUNDS, {"parts": wanted, "most": most}):
            found.setdefault(part, []).append(term)
    return found


def beginning_with(prefixes: Iterable[str], most: int, least: int = 0) -> dict[str, list[Entry]]:
    """The commonest terms that begin with each prefix, in at least `least` documents."""
    wanted = sorted(set(prefixes))
    if not wanted:
        return {}
    query = " UNION ALL ".join(_BEGINNING.format(number) for number in range(len(wanted)))
    values = _ranges(wanted) | {"most": most, "least": least}
    rows = {Entry(*row) for row in db.session.execute(text(query), values)}
    ordered = sorted(rows, key=lambda entry: (-entry.documents, entry.term))
    return {
        prefix: [one for one in ordered if one.term.startswith(prefix)][:most] for prefix in wanted
    }


def alike(beginnings: Iterable[str], ends: Iterable[str]) -> Sequence[Entry]:
    """Company-visible terms that begin or end so, the commonest first."""
    first, last = sorted(set(beginnings)), sorted({end[::-1] for end in ends})
    if not first and not last:
        return []
    columns = ["term"] * len(first) + ["backwards"] * len(last)
    ranges = " OR ".join(
        f"({column} >= :begin{number} AND {column} < :end{number})"
        for number, column in enumerate(columns)
    )
    values = _ranges(first + last) | {"most": MOST_ALIKE}
    return [Entry(*row) for row in db.session.execute(text(_ALIKE.format(ranges)), values)]


def _ranges(prefixes: Sequence[str]) -> dict[str, Any]:
    """The bounds of ranges instead of LIKE, so that indexes serve; terms sort by code points."""
    begins = {f"begin{number}": prefix for number, prefix in enumerate(prefixes)}
    ends = {f"end{number}": prefix + _LAST for number, prefix in enumerate(prefixes)}
    return begins | ends

"""How many of the found there are of each type, kind, team, status, tag and channel.

Counted over what was found for this reader and nothing else, so that no count tells of more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.search.facts import Facts
from cxwiki.search.query import labels

MOST = 12
"""Values of one facet that are offered: those with the most results."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: what the address says, what people read, and how many there are."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The values that the found have of one property, the most frequent first."""

    name: str
    values: Sequence[Value]


def of(found: Iterable[Facts]) -> list[Facet]:
    """Count every facet; one query, for the names of teams."""
    facts = list(found)
    teams = {str(team.id): team.shown_name for team in _teams({one.team_id for one in facts})}
    return [
        _facet("type", (one.type for one in facts), labels.TYPES),
        _facet(
            "kind", (one.kind for one in facts if one.type in ("insight", "page")), labels.KINDS
        ),
        _facet("team", (str(one.team_id) for one in facts), teams),
        _facet("status", (one.status for one in facts), labels.STATUSES),
        _facet("channel", (one.channel for one in facts), labels.CHANNELS),
        _facet("tag", (tag for one in facts for tag in one.tags), {}),
    ]


def _facet(name: str, values: Iterable[str | None], called: dict[str, str]) -> Facet:
    counts = Counter(value for value in values if value is not None)
    named = [Value(value, labels.called(called, value), count) for value, count in counts.items()]
    named.sort(key=lambda one: (-one.count, one.label.lower(), one.value))
    return Facet(name, named[:MOST])


def _teams(ids: set[int]) -> Sequence[Team]:
    query = select(Team).where(Team.id.in_(ids)).options(lazyload("*"))
    return db.session.scalars(query).all()

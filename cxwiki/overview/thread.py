"""The thread: from a KPI over action, project, theme and insight to the customers' words, and back.

Whatever one starts from, the same six stations are shown. What the reader may not see is in none,
and connects nothing: each step is limited to what is visible before the next one is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import lazyload, selectinload

from cxwiki import access
from cxwiki.database import db
from cxwiki.insights.models import Evidence
from cxwiki.overview.ways import WAYS, Link
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme

TYPES = ("kpi", "action", "project", "theme", "insight")
MOST = 40
MOST_FOLLOWED = 500
MOST_QUOTES = 12


@dataclass(frozen=True)
class Reached:
    """A record, how many links it is away from the start, and over which record one came."""

    subject: Subject
    links: int
    via: int | None


@dataclass(frozen=True)
class Words:
    """A customer's words, the insight under which they stand, and how many links away they are."""

    said: Evidence
    insight: Subject
    links: int


@dataclass(frozen=True)
class Thread:
    """All stations, the nearest records first, each limited to what the reader may see."""

    start: Subject
    stations: dict[str, Sequence[Reached]]
    words: Sequence[Words]

    @property
    def to_the_words(self) -> int | None:
        """How many links lead from the start to the nearest of the customers' words."""
        return min((one.links for one in self.words), default=None)

    @property
    def to_the_figures(self) -> int | None:
        """How many links lead from the start to the nearest KPI."""
        return min((one.links for one in self.stations["kpi"]), default=None)

    @property
    def way_to_the_words(self) -> list[Subject]:
        """The records on the shortest way from the start to an insight with customers' words."""
        nearest = min(self.words, key=lambda one: one.links, default=None)
        return self._way(nearest.insight.id) if nearest else []

    @property
    def way_to_the_figures(self) -> list[Subject]:
        """The records on the shortest way from the start to a KPI, the KPI included."""
        nearest = min(self.stations["kpi"], key=lambda one: one.links, default=None)
        return self._way(nearest.subject.id) if nearest else []

    def _way(self, last: int) -> list[Subject]:
        """The records from the start to one of them; on the page all have a place."""
        known = {one.subject.id: one for found in self.stations.values() for one in found}
        way: list[Subject] = []
        at: int | None = last
        while at is not None and at in known:
            way.append(known[at].subject)
            at = known[at].via
        return way[::-1]


def of(start: Subject, person: Any, evidence_id: int | None = None) -> Thread:
    """Follow the links from a record in both directions; of the words only one if it is named."""
    found: dict[str, dict[int, tuple[int, int | None]]] = {kind: {} for kind in TYPES}
    found[start.type][start.id] = (0, None)
    for link in WAYS[start.type]:
        known, reached = found[link.start], found[link.end]
        for given, wanted in _pairs(link, _nearest(known, MOST_FOLLOWED), person):
            links = known[given][0] + 1
            if wanted not in reached or links < reached[wanted][0]:
                reached[wanted] = (links, given)
    stations = _load(found)
    return Thread(start, stations, _words(stations["insight"], evidence_id))


def start_of(kind: str, subject_id: int) -> Subject:
    """The record of this type that a trace begins at; 404 if there is none to be seen.

    A trace of evidence begins at its insight, one link behind the customer's words.
    """
    if kind == "evidence":
        said = db.session.get(Evidence, subject_id) or abort(404)
        return access.load(Subject, said.insight_id, "view")
    subject = access.load(Subject, subject_id, "view")
    if subject.type != kind or kind not in TYPES:
        abort(404)
    return subject


def _pairs(link: Link, ids: Iterable[int], person: Any) -> list[tuple[int, int]]:
    """The connections that begin at some records and end at what the person sees."""
    some = list(ids)
    if not some:
        return []
    query = (
        select(link.given, link.wanted)
        .join(Subject, Subject.id == link.wanted)
        .where(link.given.in_(some), access.visible_to(person), Subject.archived_at.is_(None))
        .order_by(link.wanted.desc())
        .limit(MOST_FOLLOWED * 2)
    )
    return [(given, wanted) for given, wanted in db.session.execute(query)]


def _nearest(reached: dict[int, tuple[int, int | None]], limit: int) -> list[int]:
    return sorted(reached, key=lambda one: (reached[one][0], -one))[:limit]


def _load(
    found: dict[str, dict[int, tuple[int, int | None]]],
) -> dict[str, Sequence[Reached]]:
    """Load the nearest records of each station, and those over which one came to them."""
    chosen = {kind: set(_nearest(reached, MOST)) for kind, reached in found.items()}
    everything = {one: place for reached in found.values() for one, place in reached.items()}
    for kind, reached in found.items():
        for one in list(chosen[kind]):
            _with_its_way(one, everything, found, chosen)
        chosen[kind] &= reached.keys()
    ids = {one for ones in chosen.values() for one in ones}
    subjects = _subjects(ids - chosen["theme"]) | _themes(chosen["theme"])
    return {
        kind: [
            Reached(subjects[one], *reached[one])
            for one in _nearest(reached, len(reached))
            if one in chosen[kind] and one in subjects
        ]
        for kind, reached in found.items()
    }


def _with_its_way(
    one: int,
    everything: dict[int, tuple[int, int | None]],
    found: dict[str, dict[int, tuple[int, int | None]]],
    chosen: dict[str, set[int]],
) -> None:
    via = everything[one][1]
    while via is not None:
        kind = next(kind for kind in TYPES if via in found[kind])
        chosen[kind].add(via)
        via = everything[via][1]


def _subjects(ids: Iterable[int]) -> dict[int, Subject]:
    """Titles and teams are enough for all but themes, which have a label in each language."""
    query = select(Subject).where(Subject.id.in_(set(ids)))
    query = query.options(lazyload("*"), selectinload(Subject.team))
    return {one.id: one for one in db.session.scalars(query)}


def _themes(ids: Iterable[int]) -> dict[int, Subject]:
    query = select(Theme).where(Theme.id.in_(set(ids)))
    query = query.options(lazyload("*"), selectinload(Theme.team))
    return {one.id: one for one in db.session.scalars(query)}


def _words(insights: Sequence[Reached], evidence_id: int | None) -> list[Words]:
    """The customers' words under the insights: the nearest first, then the latest."""
    by_id = {one.subject.id: one for one in insights}
    query = select(Evidence).where(Evidence.insight_id.in_(by_id)).order_by(Evidence.id.desc())
    if evidence_id is not None:
        query = query.where(Evidence.id == evidence_id)
    rows = db.session.scalars(query.options(lazyload("*")).limit(MOST * 10))
    pairs = [(said, by_id[said.insight_id]) for said in rows]
    found = [Words(said, insight.subject, insight.links + 1) for said, insight in pairs]
    return sorted(found, key=lambda one: one.links)[:MOST_QUOTES]

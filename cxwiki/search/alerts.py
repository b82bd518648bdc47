"""Telling the owner of a kept search that there is something new in it.

Matching runs twice: when a changed text has its words in the index, so that alerts come while the
encoder is away; and when it has its vectors, for what means the same in other words. A subject is
told once a search, however often it changes, and never to somebody who may not see it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxwiki import daily, jobs, wording
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.events import Event, after, record
from cxwiki.search import facts, finding, registry, saved
from cxwiki.search.documents import Filters, Query
from cxwiki.search.encoder.client import EncoderUnavailable
from cxwiki.search.engines import engines
from cxwiki.search.meaning.weights import likeness, weigh
from cxwiki.search.models import Alert, SavedSearch, SavedSearchHit
from cxwiki.search.port import IndexUnavailable
from cxwiki.search.query import narrowing
from cxwiki.search.query.parsing import parse
from cxwiki.subjects import Subject

MATCHED, DIGESTED = "search.matched", "search.digested"
CHANGES = (
    "insight.created",
    "insight.edited",
    "insight.evidence_added",
    "insight.restored",
    "action.created",
    "action.edited",
    "project.created",
    "project.edited",
    "kpi.created",
    "kpi.edited",
    "comment.created",
)
BATCH = 400
INDEXING = "search.index_changed"
MEANING = "search.match_meaning"
INDEX_PAUSE = 1.0
MOST_AT_ONCE = 3
"""More new results of one search at a time, as after an import, are told in one notice."""
LEAST_LIKENESS = 0.55
"""How near in meaning something must be to be told of without all the words: nearer than a result
that somebody asked for, because nobody asked for a notice. On the scale of `weights.likeness`."""
LATELY = timedelta(days=1)
"""Vectors of a text that has been there for longer are vectors made anew."""


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed a subject, and when."""

    by: set[int | None]
    at: datetime


@after(*CHANGES, batch=BATCH)
def match_saved_searches(happened: Sequence[Event]) -> None:
    """See which searches want what changed, once its words are in the index."""
    if not _anybody_waits():
        return
    if jobs.waits(INDEXING):
        raise jobs.Later(INDEX_PAUSE)
    tell(
        {event.subject_id for event in happened if event.subject_id is not None},
        by_meaning=False,
        happened=happened,
    )


@command
def match_embedded(ids: Sequence[int]) -> None:
    """Queue what got its vectors; vectors made anew of old texts are no news."""
    if ids and _anybody_waits():
        jobs.add([MEANING], sorted(_changed(set(ids), ())))


@jobs.handler(MEANING, BATCH)
def match_meaning(ids: Sequence[int]) -> None:
    """See which searches want what has its vectors, once its words are in the index, too."""
    if jobs.waits(INDEXING):
        raise jobs.Later(INDEX_PAUSE)
    tell(set(ids), by_meaning=True)


def tell(ids: set[int], *, by_meaning: bool, happened: Sequence[Event] = ()) -> None:
    """Match subjects against every search that has an alert; its owner is told at once or later.

    Who alone did what `happened`, or else wrote the subject, is not told of it.
    """
    changed = _changed(ids, happened)
    query = select(SavedSearch).where(SavedSearch.alert != Alert.NEVER)
    for kept in db.session.scalars(query.options(joinedload(SavedSearch.user))).all():
        owner = kept.user
        fresh = {
            subject_id
            for subject_id, change in changed.items()
            if change.at >= kept.seen_at and change.by != {owner.id}
        }
        fresh -= _known(kept, fresh)
        if fresh and owner.active and (found := matching(kept.query, owner, fresh, by_meaning)):
            _keep(kept.id, sorted(found))


def matching(text: str, person: Any, ids: Collection[int], by_meaning: bool) -> set[int]:
    """Those subjects that the person may see and that have all the words, or mean much the same."""
    query = parse(text, person)
    wanted = narrowing.both(query.filters, Filters(ids=frozenset(ids)))
    seen = set(facts.of(sorted(ids), person, wanted, tags=False))
    if not seen or not (query.words or query.has_conditions):
        return seen
    try:
        found = engines().keyword.satisfying(with_all_words(query), sorted(seen))
        if by_meaning and query.words:
            near = _near(query, person, seen - found)
            found |= engines().keyword.satisfying(query, sorted(near)) if near else set()
    except IndexUnavailable:
        return set()
    return found


def with_all_words(query: Query) -> Query:
    """The query with each of its words required, but for those that have an alternative."""
    choices = [group for group in query.required if len(group) > 1]
    words = [word for group in choices for sequence in group for word in sequence]
    optional = {name for word in words for name in word.names} | {word.surface for word in words}
    alone = tuple(
        ((word,),)
        for word in query.words
        if word.surface not in optional and optional.isdisjoint(word.names)
    )
    return replace(query, required=query.required + alone)


@after(daily.DAY_BEGAN)
def tell_digests(_happened: Sequence[Event]) -> None:
    """Tell once a day how much is new in the searches whose owners want that."""
    query = select(SavedSearch.id).where(SavedSearch.alert == Alert.DIGEST)
    for saved_id in db.session.scalars(query).all():
        _tell_digest(saved_id)


@command
def _keep(saved_id: int, found: list[int]) -> None:
    """Write down what was found, and the events that tell of it; nothing is told twice."""
    kept = _locked(saved_id)
    new = [subject_id for subject_id in found if subject_id not in _known(kept, found)]
    if kept is None or not new:
        return
    told = utcnow() if kept.alert == Alert.AT_ONCE else None
    db.session.add_all(
        SavedSearchHit(saved_search_id=kept.id, subject_id=subject_id, told_at=told)
        for subject_id in new
    )
    if kept.alert != Alert.AT_ONCE:
        return
    if len(new) > MOST_AT_ONCE:
        _record(MATCHED, kept, new[-1], len(new))
        return
    for subject_id in new:
        _record(MATCHED, kept, subject_id, 1)


@command
def _tell_digest(saved_id: int) -> None:
    kept = _locked(saved_id)
    if kept is None:
        return
    query = select(SavedSearchHit).where(
        SavedSearchHit.saved_search_id == saved_id, SavedSearchHit.told_at.is_(None)
    )
    waiting = db.session.scalars(query.order_by(SavedSearchHit.subject_id)).all()
    seen = facts.of([hit.subject_id for hit in waiting], kept.user, Filters(), tags=False)
    told = [hit for hit in waiting if hit.subject_id in seen]
    for hit in told:
        hit.told_at = utcnow()
    if told:
        _record(DIGESTED, kept, told[-1].subject_id, len(told))


def _record(name: str, kept: SavedSearch, subject_id: int, count: int) -> None:
    """Nobody acts in this event: what somebody looks for is in nobody else's feed."""
    subject = db.session.get_one(Subject, subject_id)
    record(name, subject, saved_search_id=kept.id, user_id=kept.user_id, count=count)


def _locked(saved_id: int) -> SavedSearch | None:
    query = select(SavedSearch).where(SavedSearch.id == saved_id)
    return db.session.scalar(query.with_for_update(of=SavedSearch))


def _known(kept: SavedSearch | None, ids: Collection[int]) -> set[int]:
    if kept is None or not ids:
        return set()
    query = select(SavedSearchHit.subject_id).where(
        SavedSearchHit.saved_search_id == kept.id, SavedSearchHit.subject_id.in_(ids)
    )
    return set(db.session.scalars(query))


def _changed(ids: set[int], happened: Sequence[Event]) -> dict[int, Change]:
    """Who changed each subject, and when; without events, what changed lately, by its author."""
    query = select(Subject.id, Subject.author_id, Subject.updated_at).where(
        Subject.id.in_(ids), Subject.archived_at.is_(None)
    )
    changes = {row.id: Change({row.author_id}, row.updated_at) for row in db.session.execute(query)}
    if not happened:
        return {
            subject_id: change
            for subject_id, change in changes.items()
            if change.at > utcnow() - LATELY
        }
    actors: dict[int | None, set[int | None]] = {}
    for event in happened:
        actors.setdefault(event.subject_id, set()).add(event.actor_id)
    return {
        event.subject_id: Change(actors[event.subject_id], event.at)
        for event in happened
        if event.subject_id is not None and event.subject_id in changes
    }


def _anybody_waits() -> bool:
    query = select(SavedSearch.id).join(User, User.id == SavedSearch.user_id)
    query = query.where(SavedSearch.alert != Alert.NEVER, User.active).limit(1)
    return db.session.scalar(query) is not None


def _near(query: Query, person: Any, ids: set[int]) -> set[int]:
    """Those of the subjects whose meaning is near enough; none while the encoder is away."""
    if not ids:
        return set()
    try:
        vector = engines().encoder.query(query.text)
    except EncoderUnavailable:
        return set()
    if engines().vectors() is None or engines().encoder.space != engines().space:
        return set()
    space = engines().space
    hits = finding.nearest(
        weigh(vector, "search", space), person, Filters(ids=frozenset(ids)), len(ids)
    )
    return {hit.subject_id for hit in hits if likeness(hit.score, space) >= LEAST_LIKENESS}


def sentence(event: Event) -> str:
    """What a notice says; one query, unless the search was loaded before."""
    kept = db.session.get(SavedSearch, event.data.get("saved_search_id", 0))
    return saved.news(kept, event.data.get("count", 1))


def connect() -> None:
    """Hear of vectors, and give words to the events."""
    registry.after_embedding(match_embedded)
    for name in (MATCHED, DIGESTED):
        wording.register(name, sentence)

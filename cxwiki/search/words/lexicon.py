"""The lexicon: the site's own words, kept by the worker, from which queries are helped.

It is shared by both engines and can be made anew at any time. What it offers to people, and what it
takes other words apart with, comes from company-visible text alone: `documents` counts only that,
and where a moment's delay would matter, the live index is asked as well. Terms of team-visible text
are kept with 0 documents so that the team itself finds its compounds.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, func, select, update

from cxwiki import jobs
from cxwiki.database import command, db, insert_into, utcnow
from cxwiki.search.documents import Document
from cxwiki.search.engines import engines
from cxwiki.search.models import LexiconPart, LexiconTerm
from cxwiki.search.port import IndexUnavailable, KeywordEngine
from cxwiki.search.words import compounds, dictionary
from cxwiki.search.words.language import fold, lemma
from cxwiki.search.words.vocabulary import SHORTEST, Vocabulary

CHUNK = 500
"""Terms of one query or transaction."""
SOONEST = timedelta(minutes=2)
PAUSE_PER_TERM = timedelta(milliseconds=30)
"""A recount waits so long for every term, so that it takes a small share of the worker's time."""
RECOUNT = "search.recount_lexicon"

_recounting = threading.Lock()
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written about a term."""

    term: str
    surface: str
    documents: int
    parts: tuple[str, ...] = ()


def learn(documents: Sequence[Document], engine: KeywordEngine | None = None) -> None:
    """Add the words of documents that the lexicon does not have; call it after the index update.

    Counts of words that it has stay as they are until the next recount, so that an ordinary save
    costs one query. May be called again, and by several workers, without harm.
    """
    found = dict(Vocabulary(documents).items())
    known: dict[str, int] = {}
    for chunk in _chunks(found):
        known |= {one.term: one.documents for one in dictionary.entries(chunk).values()}
    news = {
        term: seen
        for term, seen in found.items()
        if term not in known or (not known[term] and seen.company)
    }
    if not news:
        return
    written = {term: seen.surface for term, seen in news.items()}
    parts = _taken_apart(
        written,
        {term for term, seen in news.items() if seen.german},
        _frequency_for(written, engine or engines().keyword),
    )
    for chunk in _chunks(news):
        _insert([Entry(t, written[t], news[t].company, parts.get(t, ())) for t in chunk])


def rebuild(vocabulary: Vocabulary, engine: KeywordEngine | None = None) -> None:
    """Make the lexicon that of the whole site: its words, their spellings, counts and parts.

    `vocabulary` has seen every document, best while they passed into a new index:
    `engine.rebuild(vocabulary.passing(documents))`.
    """
    found = dict(vocabulary.items())
    for chunk in _chunks(found):
        _insert([Entry(t, found[t].surface, found[t].company) for t in chunk])
        _respell({t: found[t].surface for t in chunk})
    german = {term for term, seen in found.items() if seen.german}
    recount(engine, german)
    stale = [term for terms in _all_terms() for term, *_ in terms if term not in found]
    for chunk in _chunks(stale):
        _forget(chunk)


def recount(engine: KeywordEngine | None = None, german: Iterable[str] = ()) -> None:
    """Count company-visible documents by the live index, and take compounds apart anew.

    Apart from the terms `german`, those are looked at that are written like German nouns or were
    taken apart before. Raises IndexUnavailable.
    """
    engine = engine or engines().keyword
    with _recounting:
        present: dict[str, int] = {}
        for rows in _all_terms():
            counted = engine.frequencies([term for term, _surface, _documents in rows])
            present |= {term: count for term, count in counted.items() if count}
            changed = {t: counted[t] for t, _s, documents in rows if counted[t] != documents}
            if changed:
                _write_counts(changed)
        is_german = frozenset(german)
        for rows in _all_terms():
            _split_anew({term: surface for term, surface, _ in rows}, is_german, present)


def request_recount() -> None:
    """Have the worker recount in a while; one request that waits already is enough."""
    if not jobs.waits(RECOUNT):
        terms = db.session.scalar(select(func.count()).select_from(LexiconTerm)) or 0
        _schedule(max(SOONEST, PAUSE_PER_TERM * terms))


def completions(prefix: str, limit: int, engine: KeywordEngine | None = None) -> list[str]:
    """The commonest words of present company-visible text that begin so, as people write them."""
    letters = fold(prefix)
    if len(letters) < SHORTEST or not letters.isalpha():
        return []
    found = dictionary.beginning_with([letters], 2 * limit, least=1)[letters]
    try:
        live = (engine or engines().keyword).frequencies([entry.term for entry in found])
    except IndexUnavailable:
        return []
    return [entry.surface for entry in found if live.get(entry.term)][:limit]


def parts_of(term: str, surface: str, german: bool, frequency: compounds.Frequency) -> set[str]:
    """The terms that a term is made of: as it is written with hyphens, or taken apart."""
    if any(joint in surface for joint in "-‐‑"):
        pieces = [piece.lower() for piece in surface.replace("‐", "-").replace("‑", "-").split("-")]
        terms = {lemma(piece, "de" if german else "en") for piece in pieces if piece.isalpha()}
    elif german or surface[:1].isupper():
        word = surface.lower()
        terms = set(compounds.terms_in(word, compounds.split(word, frequency)))
    else:
        terms = set()
    return {one for one in terms if len(one) >= SHORTEST and one != term}


def _taken_apart(
    written: Mapping[str, str], german: set[str], frequency: compounds.Frequency
) -> dict[str, tuple[str, ...]]:
    return {
        term: tuple(sorted(parts_of(term, surface, term in german, frequency)))
        for term, surface in written.items()
        if term in german or "-" in surface
    }


def _frequency_for(written: Mapping[str, str], engine: KeywordEngine) -> compounds.Frequency:
    """How common the beginnings and ends of new words are as words of their own, right now."""
    pieces: set[str] = set()
    for surface in written.values():
        word = fold(surface)
        if compounds.LEAST + 2 <= len(word) <= compounds.LONGEST:
            places = range(compounds.LEAST - 1, len(word) - compounds.LEAST + 2)
            pieces.update(word[:place] for place in places)
            pieces.update(word[place:] for place in places)
    found = [piece for piece in pieces if piece in written]
    for chunk in _chunks(pieces):
        found += [one.term for one in dictionary.entries(chunk).values() if one.documents]
    try:
        live = engine.frequencies(found)
    except IndexUnavailable:
        live = {}
    return lambda term: live.get(term, 0)


def _split_anew(
    written: Mapping[str, str], german: frozenset[str], present: Mapping[str, int]
) -> None:
    query = select(LexiconPart.term, LexiconPart.part).where(LexiconPart.term.in_(list(written)))
    known: dict[str, set[str]] = {}
    for term, part in db.session.execute(query):
        known.setdefault(term, set()).add(part)
    added: list[dict[str, str]] = []
    removed: list[tuple[str, str]] = []
    for term, surface in written.items():
        before = known.get(term, set())
        after = parts_of(
            term, surface, term in german or bool(before), lambda one: present.get(one, 0)
        )
        added += [{"part": part, "term": term} for part in sorted(after - before)]
        removed += [(part, term) for part in before - after]
    if added or removed:
        _write_parts(added, removed)


def _all_terms() -> Iterator[list[tuple[str, str, int]]]:
    """Every term with its spelling and count, in chunks by the alphabet."""
    query = (
        select(LexiconTerm.term, LexiconTerm.surface, LexiconTerm.documents)
        .order_by(LexiconTerm.term)
        .limit(CHUNK)
    )
    last = ""
    while found := db.session.execute(query.where(LexiconTerm.term > last)).all():
        rows = [(term, surface, documents) for term, surface, documents in found]
        yield rows
        last = rows[-1][0]


def _chunks(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


@command
def _insert(entries: Sequence[Entry]) -> None:
    """Write new terms; of known ones only those that become visible to the company."""
    rows = [
        {"term": e.term, "backwards": e.term[::-1], "surface": e.surface, "documents": e.documents}
        for e in entries
    ]
    db.session.execute(insert_into(LexiconTerm).on_conflict_do_nothing(), rows)
    visible = [
        {"known": e.term, "surface": e.surface, "documents": e.documents}
        for e in entries
        if e.documents
    ]
    if visible:
        hidden = update(LexiconTerm.__table__).where(  # type: ignore[arg-type]
            LexiconTerm.term == bindparam("known"), LexiconTerm.documents == 0
        )
        db.session.connection().execute(hidden, visible)
    parts = [{"part": part, "term": e.term} for e in entries for part in e.parts]
    if parts:
        db.session.execute(insert_into(LexiconPart).on_conflict_do_nothing(), parts)


@command
def _respell(surfaces: Mapping[str, str]) -> None:
    _update_each("surface", surfaces)


@command
def _write_counts(counts: Mapping[str, int]) -> None:
    _update_each("documents", counts)


def _update_each(column: str, values: Mapping[str, Any]) -> None:
    statement = update(LexiconTerm.__table__).where(  # type: ignore[arg-type]
        LexiconTerm.term == bindparam("known")
    )
    db.session.connection().execute(
        statement, [{"known": term, column: value} for term, value in values.items()]
    )


@command
def _write_parts(added: Sequence[dict[str, str]], removed: Sequence[tuple[str, str]]) -> None:
    for part, term in removed:
        db.session.execute(
            delete(LexiconPart).where(LexiconPart.part == part, LexiconPart.term == term)
        )
    if added:
        db.session.execute(insert_into(LexiconPart).on_conflict_do_nothing(), list(added))


@command
def _forget(terms: Sequence[str]) -> None:
    db.session.execute(delete(LexiconPart).where(LexiconPart.term.in_(terms)))
    db.session.execute(delete(LexiconTerm).where(LexiconTerm.term.in_(terms)))


@command
def _schedule(wait: timedelta) -> None:
    db.session.add(jobs.Job(handler=RECOUNT, ref_id=0, run_at=utcnow() + wait))


@jobs.handler(RECOUNT, batch=100)
def _recount_requested(_ids: Sequence[int]) -> None:
    try:
        recount()
    except IndexUnavailable:
        raise jobs.Later(SOONEST.total_seconds()) from None

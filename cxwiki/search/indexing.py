"""Keeping the keyword engine up to date: what the worker does when something was written.

The vectors' side of it is `cxwiki/search/meaning/embedding.py`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from cxwiki import daily, events, jobs
from cxwiki.database import command, db, utcnow
from cxwiki.search import registry
from cxwiki.search.documents import Document
from cxwiki.search.engines import engines
from cxwiki.search.meaning.embedding import (
    EMBED_BATCH,
    embed,
    embed_changed,
    rebuild_vectors,
    request_catching_up,
)
from cxwiki.search.models import LexiconTerm
from cxwiki.search.port import IndexUnavailable, IndexUnwritable
from cxwiki.search.words import lexicon
from cxwiki.search.words.vocabulary import Vocabulary

__all__ = [
    "embed",
    "embed_changed",
    "ensure_keyword",
    "index_changed",
    "keep_findable",
    "look_after",
    "rebuild_keyword",
    "rebuild_vectors",
    "request_catching_up",
    "request_rebuild",
]

INDEX_BATCH = 400
WAIT = 20.0
"""Seconds until what could not be written is tried again."""
LEXICON = "search.rebuild_lexicon"
LEXICON_PAUSE = timedelta(minutes=10)
"""A lexicon that is not ready by then belonged to a rebuild that was killed."""

log = logging.getLogger(__name__)
_hopeless_until = 0.0
_built_from: datetime | None = None
"""When this process last began a rebuild that succeeded."""


def keep_findable(*event_names: str) -> None:
    """Bring a subject up to date in both engines whenever one of the events happens to it."""
    events.after(*event_names, batch=INDEX_BATCH)(index_changed)
    events.after(*event_names, batch=EMBED_BATCH)(embed_changed)


def index_changed(happened: Sequence[events.Event]) -> None:
    """Put the subjects' present words into the keyword index, or build it if it is damaged.

    What cannot be written waits: no document is given up because a disk is full.
    """
    ids = {event.subject_id for event in happened if event.subject_id is not None}
    try:
        with engines().keyword.writing():
            db.session.rollback()  # who writes later must read later, or an older text would win
            found = registry.documents(ids)
            db.session.rollback()  # the index may take a while: hold no snapshot of the database
            if not _put(found, ids - {document.subject_id for document in found}):
                return
    except IndexUnavailable as refused:
        raise _later(refused) from None
    lexicon.learn(found)
    lexicon.request_recount()


def _put(found: Sequence[Document], removed_ids: set[int]) -> bool:
    """Write into the index, or build a damaged one with all there is: then False."""
    try:
        engines().keyword.update(found, removed_ids)
    except IndexUnwritable:
        raise
    except IndexUnavailable:
        _rebuild_or_wait()
        return False
    return True


@command
def request_rebuild() -> None:
    """Have the worker build the keyword index anew; one request that waits already is enough."""
    if not jobs.waits("search.rebuild_requested"):
        events.record("search.rebuild_requested", None)


@events.after("search.rebuild_requested")
def rebuild_requested(happened: Sequence[events.Event]) -> None:
    """Build the keyword index anew, unless this process did so meanwhile.

    An index can look whole and fail when it is searched: who asked has seen that.
    """
    if _built_from is None or any(event.at >= _built_from for event in happened):
        _rebuild_or_wait()


@events.after(daily.DAY_BEGAN)
def look_after_indexes(_happened: Sequence[events.Event]) -> None:
    """Once a day: what got lost without anybody noticing is made anew."""
    look_after()


def look_after(*, vectors: bool = True) -> None:
    """Make the index if it is missing, or have it made once that is possible; look for vectors."""
    try:
        ensure_keyword()
    except IndexUnavailable as refused:
        log.error("the word index cannot be made, it is tried again: %s", refused)
        request_rebuild()
    if vectors:
        request_catching_up()


def ensure_keyword() -> None:
    """Make sure that there is a keyword index: a new site has none, and a folder can get lost."""
    try:
        documents = engines().keyword.doc_count()
    except IndexUnavailable:
        rebuild_keyword()
        return
    if documents != _findable() and not jobs.waits("search.index_changed"):
        request_rebuild()
    elif documents and db.session.scalar(select(LexiconTerm.term).limit(1)) is None:
        rebuild_lexicon()


def _findable() -> int:
    """How many documents the index should have."""
    ids = registry.findable_ids().subquery()
    return db.session.scalar(select(func.count()).select_from(ids)) or 0


def _rebuild_or_wait() -> None:
    """Rebuild, or have the job done later: one attempt in a while, however many jobs want it."""
    global _hopeless_until
    if time.monotonic() < _hopeless_until:
        raise jobs.Later(WAIT)
    try:
        rebuild_keyword()
    except IndexUnavailable as refused:
        _hopeless_until = time.monotonic() + WAIT
        raise _later(refused) from None


def _later(refused: IndexUnavailable) -> jobs.Later:
    log.error("the word index has to wait: %s", refused)
    return jobs.Later(WAIT)


def rebuild_keyword() -> int:
    """Build the keyword index beside the old one and swap, then the lexicon of its words.

    Returns the number of documents. Raises IndexUnavailable if it cannot be written. A job makes
    the lexicon if this is killed between the two.
    """
    global _built_from
    vocabulary, began = Vocabulary(), utcnow()
    _want_lexicon()
    with engines().keyword.writing():
        db.session.rollback()  # what was read before may be older than what the index has
        count = engines().keyword.rebuild(vocabulary.passing(registry.all_documents()))
    _built_from = began
    lexicon.rebuild(vocabulary)
    _have_lexicon()
    return count


@jobs.handler(LEXICON, batch=100)
def _lexicon_wanted(_refs: Sequence[int]) -> None:
    rebuild_lexicon()


def rebuild_lexicon() -> None:
    """Make the lexicon anew from all documents; a missing index is for another job."""
    try:
        lexicon.rebuild(Vocabulary(registry.all_documents()))
    except IndexUnavailable:
        request_rebuild()


@command
def _want_lexicon() -> None:
    if not jobs.waits(LEXICON):
        db.session.add(jobs.Job(handler=LEXICON, ref_id=0, run_at=utcnow() + LEXICON_PAUSE))


@command
def _have_lexicon() -> None:
    waiting = (jobs.Job.handler == LEXICON) & (jobs.Job.state == "queued")
    db.session.execute(delete(jobs.Job).where(waiting))

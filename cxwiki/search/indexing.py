"""Keeping the keyword engine up to date: what the worker does when something was written.

The vectors' side of it is `cxwiki/search/meaning/embedding.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from sqlalchemy import select

from cxwiki import events, jobs
from cxwiki.database import command, db
from cxwiki.search import registry
from cxwiki.search.engines import engines
from cxwiki.search.meaning.embedding import EMBED_BATCH, embed, embed_changed, rebuild_vectors
from cxwiki.search.models import LexiconTerm
from cxwiki.search.port import IndexUnavailable
from cxwiki.search.words import lexicon
from cxwiki.search.words.vocabulary import Vocabulary

__all__ = [
    "embed",
    "embed_changed",
    "ensure_keyword",
    "index_changed",
    "keep_findable",
    "rebuild_keyword",
    "rebuild_vectors",
    "request_rebuild",
]

INDEX_BATCH = 400
_indexing = threading.Lock()


def keep_findable(*event_names: str) -> None:
    """Bring a subject up to date in both engines whenever one of the events happens to it."""
    events.after(*event_names, batch=INDEX_BATCH)(index_changed)
    events.after(*event_names, batch=EMBED_BATCH)(embed_changed)


def index_changed(happened: Sequence[events.Event]) -> None:
    """Put the subjects' present words into the keyword index, or build it if it is damaged."""
    ids = {event.subject_id for event in happened if event.subject_id is not None}
    with _indexing:  # who reads later writes later, or an older text would win
        found = registry.documents(ids)
        db.session.rollback()  # the index may take a while: hold no snapshot of the database
        try:
            engines().keyword.update(found, ids - {document.subject_id for document in found})
        except IndexUnavailable:
            rebuild_keyword()
            return
    lexicon.learn(found)
    lexicon.request_recount()


@command
def request_rebuild() -> None:
    """Have the worker build the keyword index anew; one request that waits already is enough."""
    if not jobs.waits("search.rebuild_requested"):
        events.record("search.rebuild_requested", None)


@events.after("search.rebuild_requested")
def rebuild_requested(_happened: Sequence[events.Event]) -> None:
    """Build the keyword index anew, unless somebody did so meanwhile."""
    ensure_keyword()


def ensure_keyword() -> None:
    """Make sure that there is a keyword index: a new site has none, and a folder can get lost."""
    try:
        documents = engines().keyword.doc_count()
    except IndexUnavailable:
        rebuild_keyword()
        return
    if documents and db.session.scalar(select(LexiconTerm.term).limit(1)) is None:
        lexicon.rebuild(Vocabulary(registry.all_documents()))


def rebuild_keyword() -> int:
    """Build the keyword index beside the old one and swap, then the lexicon of its words.

    Returns the number of documents.
    """
    vocabulary = Vocabulary()
    count = engines().keyword.rebuild(vocabulary.passing(registry.all_documents()))
    lexicon.rebuild(vocabulary)
    return count

"""Keeping both engines up to date: what the worker does when something was written."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from sqlalchemy import delete, func, select

from cxwiki import events, jobs
from cxwiki.database import command, db, utcnow
from cxwiki.search import registry
from cxwiki.search.documents import Document
from cxwiki.search.encoder.client import EncoderUnavailable
from cxwiki.search.engines import engines
from cxwiki.search.keyword import IndexUnavailable
from cxwiki.search.models import Embedding

INDEX_BATCH = 400
EMBED_BATCH = 64
ENCODER_PAUSE = 3.0
log = logging.getLogger(__name__)
_embedding = threading.Lock()
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


def embed_changed(happened: Sequence[events.Event]) -> None:
    """Compute the vectors of texts that changed, or wait until the encoder is there."""
    try:
        embed({event.subject_id for event in happened if event.subject_id is not None})
    except EncoderUnavailable as away:
        log.debug("vectors wait for the encoder: %s", away)
        raise jobs.Later(ENCODER_PAUSE) from None


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
        engines().keyword.doc_count()
    except IndexUnavailable:
        rebuild_keyword()


def rebuild_keyword() -> int:
    """Build the keyword index beside the old one and swap. Returns the number of documents."""
    return engines().keyword.rebuild(registry.all_documents())


def rebuild_vectors(progress: Callable[[int], None] = lambda _done: None) -> int:
    """Compute every missing or outdated vector; can be stopped and started again."""
    done = 0
    for ids in registry.all_ids():
        for start in range(0, len(ids), EMBED_BATCH):
            embed(ids[start : start + EMBED_BATCH])
            done += len(ids[start : start + EMBED_BATCH])
            progress(done)
        db.session.expunge_all()
    return done


def embed(ids: Iterable[int]) -> None:
    """Bring the vectors of these subjects up to date. Raises EncoderUnavailable."""
    with _embedding:
        wanted = list(ids)
        found = {document.subject_id: document for document in registry.documents(wanted)}
        hashes = {subject_id: _hash(document) for subject_id, document in found.items()}
        encoder = engines().encoder
        stale = [
            subject_id for subject_id, known in _known(found).items()
            if known != (encoder.space, hashes[subject_id])
        ]  # fmt: skip
        db.session.rollback()  # embedding takes a while: hold no snapshot of the database
        gone = [subject_id for subject_id in wanted if subject_id not in found]
        if stale:
            vectors = encoder.passages([text_of(found[subject_id]) for subject_id in stale])
            _write(
                stale, [hashes[subject_id] for subject_id in stale], vectors, encoder.space or ""
            )
        if gone:
            _remove(gone)
        registry.embedded(list(found))


def text_of(document: Document) -> str:
    """What the encoder reads. People's tags come early: long texts are cut, and tags tell most."""
    return "\n".join(filter(None, (document.title, document.keywords, document.body)))


def _known(ids: Iterable[int]) -> dict[int, tuple[str, str] | None]:
    query = select(Embedding.subject_id, Embedding.model, Embedding.text_hash)
    rows = db.session.execute(query.where(Embedding.subject_id.in_(list(ids))))
    known = {subject_id: (model, text_hash) for subject_id, model, text_hash in rows}
    return {subject_id: known.get(subject_id) for subject_id in ids}


def _hash(document: Document) -> str:
    return hashlib.sha256(text_of(document).encode()).hexdigest()


@command
def _write(ids: list[int], hashes: list[str], vectors: np.ndarray, space: str) -> None:
    """Write vectors, numbered on from the last one, so that readers fetch only what is new."""
    number = db.session.scalar(select(func.max(Embedding.sequence))) or 0
    db.session.execute(delete(Embedding).where(Embedding.subject_id.in_(ids)))
    db.session.add_all(
        Embedding(
            subject_id=subject_id,
            model=space,
            text_hash=text_hash,
            vector=vector.astype("<f2").tobytes(),
            sequence=number + place,
            written_at=utcnow(),
        )
        for place, (subject_id, text_hash, vector) in enumerate(
            zip(ids, hashes, vectors, strict=True), start=1
        )
    )


@command
def _remove(ids: list[int]) -> None:
    db.session.execute(delete(Embedding).where(Embedding.subject_id.in_(ids)))

"""Keeping vectors up to date: every passage of a text is encoded once, and again when it changed.

All rows of a subject are written together, passage 0 first, numbered on from the last row; so a
reader fetches only what is new to it. What was encoded before is taken over by its hash, whatever
number the passage has now. Work can be stopped at any moment and goes on where it was. Workers do
not wait for one another while they encode: what a text says is looked at again when it is written.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Select, delete, func, or_, select, text, update

from cxwiki import events, jobs
from cxwiki.database import command, db, utcnow
from cxwiki.search import registry
from cxwiki.search.documents import Document
from cxwiki.search.encoder.client import EncoderUnavailable
from cxwiki.search.engines import engines
from cxwiki.search.meaning.passages import encoded, passages
from cxwiki.search.meaning.soundness import broken
from cxwiki.search.models import Embedding
from cxwiki.subjects import Subject

FORMAT = "2"
"""Begins every hash; raised when passages are cut or put together in another way."""
EMBED_BATCH = 64
CATCHING_UP = 16
"""Subjects at a time while everything is computed anew: what was just saved gets its turn."""
REMOVED = 500
"""Subjects of one statement."""
ENCODER_PAUSE = 3.0
CATCH_UP = "search.catch_up"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The passages that a subject has: what the encoder reads of each, and its hash."""

    subject_id: int
    texts: tuple[str, ...]
    hashes: tuple[str, ...]


def embed_changed(happened: Sequence[events.Event]) -> None:
    """Compute the vectors of texts that changed, or wait until the encoder is there."""
    try:
        embed({event.subject_id for event in happened if event.subject_id is not None})
    except EncoderUnavailable as away:
        log.debug("vectors wait for the encoder: %s", away)
        raise jobs.Later(ENCODER_PAUSE) from None


def embed(ids: Iterable[int]) -> None:
    """Bring the vectors of these subjects up to date. Raises EncoderUnavailable."""
    asked = list(ids)
    wanted = [_wanted(document) for document in registry.documents(asked)]
    encoder = engines().encoder
    space = encoder.space or _newest_space()
    while True:
        stale, missing = _differences(wanted, space)
        db.session.rollback()  # the encoder takes a while: hold no snapshot of the database
        vectors = encoder.passages(list(missing.values())) if missing else np.empty((0, 0))
        if not missing or encoder.space in (None, space):
            break
        space = encoder.space  # another model since: nothing of before may be kept
    if stale and space is not None:
        _write(stale, dict(zip(missing, vectors, strict=True)), space)
    if gone := set(asked) - {one.subject_id for one in wanted}:
        _remove_unless_back(gone)
    engines().keep_up()
    if space is not None and _has_others(space):
        request_catching_up()
    registry.embedded([one.subject_id for one in wanted])


def rebuild_vectors(progress: Callable[[int], None] = lambda _done: None) -> int:
    """Compute every missing or outdated vector; can be stopped and started again.

    Returns how many subjects were looked at. Raises EncoderUnavailable.
    """
    _ask_for_space()
    done = 0
    for ids in registry.all_ids():
        for start in range(0, len(ids), CATCHING_UP):
            embed(ids[start : start + CATCHING_UP])
            done += len(ids[start : start + CATCHING_UP])
            progress(done)
        db.session.expunge_all()
    return done


@command
def request_catching_up() -> None:
    """Have the worker look for missing and outdated vectors; one request that waits is enough."""
    if not jobs.waits(CATCH_UP):
        jobs.add([CATCH_UP], [0])


@jobs.handler(CATCH_UP)
def catch_up(_refs: Sequence[int]) -> None:
    """Compute what is missing or of another model or format, a few at a time, in the background."""
    if not registry.anything() and db.session.scalar(select(Embedding.subject_id).limit(1)) is None:
        return
    try:
        dimension = _ask_for_space()
        if lost := broken(engines().encoder.space or "", dimension):
            log.error("the vectors of %s subjects are broken and made anew", len(lost))
            _make_stale(lost)
        last = 0
        while ids := _outdated(last):
            embed(ids)
            db.session.expunge_all()
            last = ids[-1]
    except EncoderUnavailable as away:
        log.debug("vectors wait for the encoder: %s", away)
        raise jobs.Later(ENCODER_PAUSE) from None
    _remove_unless_back(db.session.scalars(_of_nothing_findable()).all())
    engines().keep_up()


@command
def _make_stale(ids: Sequence[int]) -> None:
    """Have the subjects' vectors written anew, none of them taken over."""
    for start in range(0, len(ids), REMOVED):
        some = Embedding.subject_id.in_(ids[start : start + REMOVED])
        # A row without a passage 0 would not be looked for.
        db.session.execute(delete(Embedding).where(some, Embedding.passage > 0))
        db.session.execute(update(Embedding).where(some).values(text_hash=""))


def _ask_for_space() -> int:
    """Have the encoder say which model it has now: it may be another one than the last time.

    Returns how many numbers its vectors have.
    """
    return int(engines().encoder.passages(["ready"]).shape[1])


def _outdated(last: int) -> list[int]:
    """The next subjects whose first passage has no vector of the encoder's present model."""
    fitting = select(Embedding.subject_id).where(
        Embedding.subject_id == Subject.id,
        Embedding.passage == 0,
        Embedding.model == engines().encoder.space,
        Embedding.text_hash.startswith(f"{FORMAT}:"),
    )
    query = registry.findable_ids().where(Subject.id > last, ~fitting.exists())
    return list(db.session.scalars(query.order_by(Subject.id).limit(CATCHING_UP)))


def _of_nothing_findable() -> Select[int]:
    """Subjects that have vectors and cannot be found any more."""
    return select(Embedding.subject_id).where(
        Embedding.passage == 0, Embedding.subject_id.not_in(registry.findable_ids())
    )


def _wanted(document: Document) -> Wanted:
    texts = tuple(encoded(document, passage) for passage in passages(document))
    return Wanted(
        document.subject_id, texts, tuple(_hash(document.language, text) for text in texts)
    )


def _hash(language: str, read: str) -> str:
    """The mark of a vector: who corrects a text's language has it sought among others."""
    return f"{FORMAT}:{hashlib.sha256(f'{language} {read}'.encode()).hexdigest()[:60]}"


def _differences(
    wanted: Sequence[Wanted], space: str | None
) -> tuple[list[Wanted], dict[tuple[int, str], str]]:
    """Subjects whose rows are not as they should be, and by subject and hash what to encode."""
    ids = [one.subject_id for one in wanted]
    rows = db.session.execute(
        select(Embedding.subject_id, Embedding.passage, Embedding.model, Embedding.text_hash)
        .where(Embedding.subject_id.in_(ids))
        .order_by(Embedding.subject_id, Embedding.passage)
    )
    known: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for subject_id, passage, model, text_hash in rows:
        known[subject_id].append((passage, model, text_hash))
    stale, missing = [], {}
    for one in wanted:
        held = known[one.subject_id]
        if held == [(number, space, hash_) for number, hash_ in enumerate(one.hashes)]:
            continue
        stale.append(one)
        kept = {hash_ for _passage, model, hash_ in held if model == space}
        for read, hash_ in zip(one.texts, one.hashes, strict=True):
            if hash_ not in kept:
                missing[one.subject_id, hash_] = read
    return stale, missing


@command
def _write(stale: Sequence[Wanted], new: dict[tuple[int, str], np.ndarray], space: str) -> None:
    """Write all rows of the subjects, those whose text is the same with the vector they had.

    What changed since it was read is left to the job of that change, in whatever worker: so an
    older text never wins over a newer one.
    """
    number = _last_number()
    present = set(map(_wanted, registry.documents([one.subject_id for one in stale])))
    stale = [one for one in stale if one in present]
    ids = [one.subject_id for one in stale]
    vectors = {
        (subject_id, text_hash): vector
        for subject_id, text_hash, vector in db.session.execute(
            select(Embedding.subject_id, Embedding.text_hash, Embedding.vector).where(
                Embedding.subject_id.in_(ids), Embedding.model == space
            )
        )
    }
    vectors |= {key: vector.astype("<f2").tobytes() for key, vector in new.items()}
    rows = [
        (one.subject_id, passage, text_hash)
        for one in stale
        if all((one.subject_id, text_hash) in vectors for text_hash in one.hashes)
        for passage, text_hash in enumerate(one.hashes)
    ]
    written = {subject_id for subject_id, _passage, _hash in rows}
    db.session.execute(delete(Embedding).where(Embedding.subject_id.in_(written)))
    db.session.add_all(
        Embedding(
            subject_id=subject_id,
            passage=passage,
            model=space,
            text_hash=text_hash,
            vector=vectors[subject_id, text_hash],
            sequence=number + place,
            written_at=utcnow(),
        )
        for place, (subject_id, passage, text_hash) in enumerate(rows, start=1)
    )


@command
def _remove_unless_back(ids: Iterable[int]) -> None:
    """Forget the vectors of what still cannot be found, now that nobody else writes vectors."""
    _last_number()
    gone = set(ids)
    back = registry.findable_ids().where(Subject.id.in_(gone))
    _remove(gone - set(db.session.scalars(back)))


@command
def _remove(ids: Iterable[int]) -> None:
    """Forget the subjects' vectors; the last number never falls, or readers would miss rows."""
    number, gone = _last_number(), list(ids)
    for start in range(0, len(gone), REMOVED):
        some = gone[start : start + REMOVED]
        db.session.execute(delete(Embedding).where(Embedding.subject_id.in_(some)))
    if (db.session.scalar(select(func.max(Embedding.sequence))) or number) == number:
        return
    left = select(Embedding.subject_id).order_by(Embedding.sequence.desc()).limit(1)
    subject_id = db.session.scalar(left)
    again = select(Embedding).where(Embedding.subject_id == subject_id)
    for place, row in enumerate(db.session.scalars(again.order_by(Embedding.passage)), start=1):
        db.session.execute(
            update(Embedding)
            .where(Embedding.subject_id == subject_id, Embedding.passage == row.passage)
            .values(sequence=number + place)
        )


def _last_number() -> int:
    """The last number given, for who writes now alone: on SQLite writers are alone anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('embeddings'))"))
    return db.session.scalar(select(func.max(Embedding.sequence))) or 0


def _newest_space() -> str | None:
    newest = select(Embedding.model).order_by(Embedding.sequence.desc()).limit(1)
    return db.session.scalar(newest)


def _has_others(space: str) -> bool:
    """Whether there are vectors of another space."""
    other = select(Embedding.model).where(or_(Embedding.model < space, Embedding.model > space))
    return db.session.scalar(other.limit(1)) is not None

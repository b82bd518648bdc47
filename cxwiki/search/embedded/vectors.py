"""The embedded vector engine: faiss in memory, following the rows that the worker writes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from datetime import datetime

import numpy as np
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.search.conditions import conditions
from cxwiki.search.documents import Filters, Hit, Scope
from cxwiki.search.embedded.store import VectorStore
from cxwiki.search.meaning import spaces
from cxwiki.search.meaning.soundness import dimension_of, is_sound
from cxwiki.search.meaning.spaces import SpaceInUse
from cxwiki.search.models import Embedding
from cxwiki.search.port import Floats, PassageGroup
from cxwiki.subjects import Subject

log = logging.getLogger(__name__)

FETCH = 1000
"""Rows that are taken over at a time."""
DEPTHS = (4, 40)
"""How many times the wanted ones are looked at first: the reader may not see all of them."""
CHECKED = 500
TIDY_SECONDS = 60.0
"""How often subjects that have no vectors any more are taken out; nobody is shown them before."""
CHANGE_SECONDS = 2.0
"""How often it is looked whether the vectors of a new model are all there."""
PATIENCE = 0.2
"""How long a search waits for another thread that reads the first vectors."""


class EmbeddedVectors:
    """All vectors of one space; exact, since faiss's flat index compares every one."""

    def __init__(self, space: str, dimension: int) -> None:
        self.space = space
        self.dimension = dimension
        self._store = VectorStore(dimension)
        self.met_broken = False
        """Whether a row was met that cannot be compared, and nobody was told so far."""
        self._sequence = 0
        self._written_at: datetime | None = None

    def __len__(self) -> int:
        return len(self._store)

    def vector(self, subject_id: int) -> Floats | None:
        """The vector of a subject's first passage."""
        return self._store.vector(subject_id)

    def vectors(self, subject_ids: Iterable[int]) -> dict[int, Floats]:
        """The vectors of several subjects' first passages."""
        found = {number: self._store.vector(number) for number in subject_ids}
        return {number: vector for number, vector in found.items() if vector is not None}

    def nearest(
        self,
        vector: Floats,
        wanted: int,
        scope: Scope,
        filters: Filters,
        group: PassageGroup | None = None,
    ) -> list[Hit]:
        """The subjects of the nearest passages within scope and filters, exact however few."""
        if vector.shape[-1] != self.dimension:
            return []
        for times in DEPTHS:
            depth = wanted * times
            near = self._store.nearest(vector, depth, group=group)
            allowed = _allowed(
                [subject_id for subject_id, _passage, _score in near], scope, filters
            )
            hits = [Hit(found, score, number) for found, number, score in near if found in allowed]
            if len(hits) >= wanted or len(near) < depth:
                return hits[:wanted]
        every = np.fromiter(_all_allowed(scope, filters), dtype=np.int64)
        near = self._store.nearest(vector, wanted, every, group)
        return [Hit(found, score, number) for found, number, score in near]

    def follow(self, newest: int) -> None:
        """Take over the vectors that were written since, a block at a time."""
        while self._sequence < newest and self._fetch():
            pass

    def is_of_another_past(self, newest: int, written_at: datetime) -> bool:
        """Whether the database was replaced by another one, and is not just read as it was."""
        return (
            newest <= self._sequence  # the same number at another time is another row
            and self._written_at is not None
            and written_at > self._written_at
        )

    def tidy(self, newest: int) -> None:
        """Take out subjects without vectors, if the database is read in its latest state."""
        if newest < self._sequence:
            return
        kept = set(
            db.session.scalars(
                select(Embedding.subject_id).where(
                    Embedding.model == self.space, Embedding.passage == 0
                )
            )
        )
        self._store.remove(self._store.subjects() - kept)

    def _fetch(self) -> bool:
        rows = db.session.execute(
            select(
                Embedding.subject_id,
                Embedding.passage,
                Embedding.vector,
                Embedding.sequence,
                Embedding.written_at,
                Subject.language,
            )
            .join(Subject, Subject.id == Embedding.subject_id)
            .where(Embedding.model == self.space, Embedding.sequence > self._sequence)
            .order_by(Embedding.sequence)
            .limit(FETCH)
        ).all()
        if not rows:
            return False
        self._sequence, self._written_at = rows[-1].sequence, rows[-1].written_at
        fitting = [row for row in rows if is_sound(row.vector, self.dimension)]
        if len(fitting) < len(rows):
            log.error("%s vectors are broken: the worker makes them anew", len(rows) - len(fitting))
            self.met_broken = True
        if fitting:
            matrix = np.stack([np.frombuffer(row.vector, dtype="<f2") for row in fitting])
            keys = [(row.subject_id, row.passage) for row in fitting]
            groups = [PassageGroup(row.language, row.passage > 0) for row in fitting]
            self._store.put(keys, matrix.astype(np.float32), groups)
        return True


class Follower:
    """Keeps the vectors of the space in use, one store a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._vectors: EmbeddedVectors | None = None
        self._changing = False
        self._looked_at = self._tidied_at = 0.0

    def present(self) -> EmbeddedVectors | None:
        """The vectors as the database has them now.

        None while there are none, and while another thread reads them for the first time.
        """
        if not self._lock.acquire(timeout=PATIENCE):
            return self._vectors
        try:
            return self._followed()
        finally:
            self._lock.release()

    def met_broken(self) -> bool:
        """Whether there were rows that cannot be compared; said once."""
        held = self._vectors
        if held is None or not held.met_broken:
            return False
        held.met_broken = False
        return True

    def _followed(self) -> EmbeddedVectors | None:
        newest = db.session.execute(
            select(Embedding.sequence, Embedding.model, Embedding.written_at)
            .order_by(Embedding.sequence.desc())
            .limit(1)
        ).first()
        if newest is None:
            self._vectors, self._changing = None, False
            return None
        held, now = self._vectors, time.monotonic()
        if held is not None and held.is_of_another_past(newest.sequence, newest.written_at):
            held = None
        if held is None or held.space != newest.model:
            if held is None or now > self._looked_at + CHANGE_SECONDS:
                self._looked_at = now if held is not None else 0.0
                held = self._of(spaces.in_use(), held)
        else:
            self._changing = False
        if held is not None:
            held.follow(newest.sequence)
            if not self._changing and now > self._tidied_at + TIDY_SECONDS:
                self._tidied_at = now
                held.tidy(newest.sequence)
        self._vectors = held
        return held

    def _of(self, space: SpaceInUse | None, held: EmbeddedVectors | None) -> EmbeddedVectors | None:
        """The store of the space in use: the held one, or a new one."""
        self._changing = space is not None and space.next_share is not None
        if space is None or (held is not None and held.space == space.name):
            return held
        dimension = dimension_of(space.name)
        return EmbeddedVectors(space.name, dimension) if dimension else None


def _allowed(ids: list[int], scope: Scope, filters: Filters) -> set[int]:
    """Those of the subjects that the reader may see and asked for."""
    found: set[int] = set()
    wanted = conditions(scope, filters)
    for start in range(0, len(ids), CHECKED):
        query = select(Subject.id).where(Subject.id.in_(ids[start : start + CHECKED]), *wanted)
        found.update(db.session.scalars(query))
    return found


def _all_allowed(scope: Scope, filters: Filters) -> Iterable[int]:
    return db.session.scalars(select(Subject.id).where(*conditions(scope, filters)))

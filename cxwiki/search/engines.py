"""The two engines of this process: keyword index and vectors; both can be built anew."""

from __future__ import annotations

import threading

import numpy as np
from flask import Flask, current_app
from sqlalchemy import func, select

from cxwiki.config import Settings
from cxwiki.database import db
from cxwiki.search.encoder.client import EncoderClient
from cxwiki.search.keyword import KeywordIndex
from cxwiki.search.models import Embedding
from cxwiki.search.vectors import VectorStore

FETCH = 1000


class Engines:
    """Keyword index on disk, vectors in memory that follow the database, and the encoder."""

    def __init__(self, settings: Settings) -> None:
        self.keyword = KeywordIndex(settings.data / "index" / "keyword")
        self.encoder = EncoderClient(settings.encoder_url, settings.embedding_model)
        self._lock = threading.Lock()
        self._store: VectorStore | None = None
        self._space = ""
        self._sequence = 0

    def vectors(self) -> VectorStore | None:
        """The vectors of the space that was written last, or None while there are none."""
        with self._lock:
            newest = db.session.execute(
                select(Embedding.sequence, Embedding.model)
                .order_by(Embedding.sequence.desc())
                .limit(1)
            ).first()
            if newest is None:
                self._store = None
                return None
            if (
                self._store is None
                or newest.model != self._space
                or newest.sequence < self._sequence
            ):
                self._store, self._space, self._sequence = None, newest.model, 0
            while self._sequence < newest.sequence and self._fetch():
                pass
            return self._store

    @property
    def space(self) -> str:
        """The name of the space in which the vectors are; never compare across spaces."""
        return self._space

    def _fetch(self) -> bool:
        """Take over vectors that were written since, a block at a time."""
        rows = db.session.execute(
            select(Embedding.subject_id, Embedding.vector, Embedding.sequence)
            .where(Embedding.model == self._space, Embedding.sequence > self._sequence)
            .order_by(Embedding.sequence)
            .limit(FETCH)
        ).all()
        if not rows:
            return False
        matrix = np.stack([np.frombuffer(row.vector, dtype="<f2") for row in rows])
        if self._store is None:
            self._store = VectorStore(matrix.shape[1])
        self._store.put([row.subject_id for row in rows], matrix.astype(np.float32))
        self._sequence = rows[-1].sequence
        return True


def engines() -> Engines:
    """The engines of the running site."""
    return current_app.extensions["search"]


def embedding_count() -> int:
    """How many subjects have a vector."""
    return db.session.scalar(select(func.count()).select_from(Embedding)) or 0


def init_app(app: Flask, settings: Settings) -> None:
    """Make the engines; nothing is opened before it is needed."""
    app.extensions["search"] = Engines(settings)

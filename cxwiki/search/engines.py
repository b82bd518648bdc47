"""The engines of this process: which stand behind the port, and the encoder.

A site on PostgreSQL searches with PostgreSQL, any other with Whoosh and faiss
(docs/decisions/0008-two-engines.md). Where PostgreSQL has no pgvector, or its copy of the vectors
is far behind, faiss stands in.
"""

from __future__ import annotations

import logging

from flask import Flask, current_app
from sqlalchemy import func, select

from cxwiki.config import Settings
from cxwiki.database import db
from cxwiki.search.embedded.keyword import KeywordIndex
from cxwiki.search.embedded.vectors import Follower
from cxwiki.search.encoder.client import client_of
from cxwiki.search.meaning import spaces
from cxwiki.search.meaning.levelling import Centres
from cxwiki.search.meaning.neighbourhoods import Neighbourhoods
from cxwiki.search.models import Embedding
from cxwiki.search.port import IndexUnavailable, KeywordEngine, VectorEngine
from cxwiki.search.postgres import vectors as copied
from cxwiki.search.postgres.keyword import PostgresKeyword

log = logging.getLogger(__name__)


class Engines:
    """The keyword engine, the vector engine as far as there are vectors, and the encoder."""

    def __init__(self, settings: Settings) -> None:
        self._on_postgres = settings.sqlalchemy_url.startswith("postgresql")
        self.keyword: KeywordEngine = (
            PostgresKeyword(languages=settings.languages)
            if self._on_postgres
            else KeywordIndex(settings.data / "index" / "keyword", languages=settings.languages)
        )
        self.encoder = client_of(settings)
        self.neighbourhoods = Neighbourhoods()
        self.centres = Centres()
        self._follower = Follower()
        self._space = ""

    def vectors(self) -> VectorEngine | None:
        """The vectors of the space in use, or None while there are none."""
        found = self._copied() or self._follower.present()
        if found is not None:
            self._space = found.space
        return found

    def met_broken(self) -> bool:
        """Whether vectors were met that nothing can be compared with; said once."""
        return self._follower.met_broken()

    def keep_up(self) -> None:
        """After vectors were written: let PostgreSQL's copy follow. Nothing to do elsewhere."""
        newest = _newest() if self._on_postgres else None
        if newest is None:
            return
        try:
            if copied.is_of(newest[1]):
                copied.follow(newest[1])
            elif space := spaces.in_use():
                copied.follow(space.name)
        except IndexUnavailable as refused:  # the vectors themselves are safe, and faiss has them
            log.warning("PostgreSQL's copy of the vectors does not follow: %s", refused)

    def _copied(self) -> VectorEngine | None:
        newest = _newest() if self._on_postgres else None
        return copied.present(*newest) if newest else None

    @property
    def space(self) -> str:
        """The name of the space in which the vectors are; never compare across spaces."""
        return self._space


def _newest() -> tuple[int, str] | None:
    """Number and model of the vector that was written last."""
    query = select(Embedding.sequence, Embedding.model).order_by(Embedding.sequence.desc())
    found = db.session.execute(query.limit(1)).one_or_none()
    return None if found is None else (found.sequence, found.model)


def engines() -> Engines:
    """The engines of the running site."""
    return current_app.extensions["search"]


def embedding_count() -> int:
    """How many subjects have a vector."""
    return db.session.scalar(select(func.count(func.distinct(Embedding.subject_id)))) or 0


def init_app(app: Flask, settings: Settings) -> None:
    """Make the engines; nothing is opened before it is needed."""
    app.extensions["search"] = Engines(settings)

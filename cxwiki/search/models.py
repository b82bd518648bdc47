"""Vectors of subjects, kept in the database so that they can be lost with nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cxwiki.database import Model, utcnow


class Embedding(Model):
    """What one model made of a subject's text: fp16 numbers, little-endian.

    `sequence` grows with every write, so that a reader fetches only what is new to it.
    """

    __tablename__ = "embeddings"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    model: Mapped[str] = mapped_column(String(200))
    text_hash: Mapped[str] = mapped_column(String(64))
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    sequence: Mapped[int] = mapped_column(default=0)
    written_at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (Index("ix_embeddings_model_sequence", "model", "sequence"),)

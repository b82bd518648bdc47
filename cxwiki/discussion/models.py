"""Comments, tags and watches point at subjects, so that every kind of record can have them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import User
from cxwiki.database import Model, utcnow
from cxwiki.subjects import Subject


class Comment(Model):
    """What somebody said about a subject; it inherits the subject's visibility."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    edited_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]

    subject: Mapped[Subject] = relationship()
    author: Mapped[User] = relationship(lazy="selectin")

    __table_args__ = (Index("ix_comments_subject_id_created_at", "subject_id", "created_at"),)


class Tag(Model):
    """A word that people put on subjects; kept in lower case."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)


class SubjectTag(Model):
    """A tag on a subject."""

    __tablename__ = "subject_tags"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), primary_key=True, index=True)

    tag: Mapped[Tag] = relationship(lazy="joined")


class Watch(Model):
    """Somebody wants to hear what happens to a subject."""

    __tablename__ = "watches"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default=utcnow)
    muted: Mapped[bool] = mapped_column(default=False)

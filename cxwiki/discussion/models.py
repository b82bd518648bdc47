"""Comments, tags and watches point at subjects, so that every kind of record can have them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import Team, User
from cxwiki.database import Model, utcnow
from cxwiki.subjects import Subject


class Comment(Model):
    """What somebody said about a subject; it inherits the subject's visibility.

    `parent_id` is the comment that it answers: answers have none themselves. An internal one is
    seen by the members of `team_id` alone.
    """

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    edited_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    subject: Mapped[Subject] = relationship()
    author: Mapped[User] = relationship(lazy="selectin", foreign_keys=[author_id])
    team: Mapped[Team | None] = relationship(lazy="selectin")
    resolved_by: Mapped[User | None] = relationship(foreign_keys=[resolved_by_id])

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


class Why(StrEnum):
    """Why somebody watches: they asked for it, or wrote, voted, commented, were mentioned."""

    ASKED = "asked"
    WROTE = "wrote"
    VOTED = "voted"
    COMMENTED = "commented"
    MENTIONED = "mentioned"


class Watch(Model):
    """Somebody wants to hear what happens to a subject."""

    __tablename__ = "watches"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default=utcnow)
    muted: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(12), default=Why.ASKED, server_default=Why.ASKED)


class TagWatch(Model):
    """Somebody wants to hear of what gets a tag."""

    __tablename__ = "tag_watches"

    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default=utcnow)


class TeamWatch(Model):
    """Somebody wants to hear of what a team posts."""

    __tablename__ = "team_watches"

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default=utcnow)

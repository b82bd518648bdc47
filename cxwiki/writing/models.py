"""What every wiki text has: revisions, drafts on the server, who writes now, and templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import User
from cxwiki.database import Model, utcnow


class Revision(Model):
    """One saved state of a text. Immutable; names the revision that it was based on.

    A suppressed one has lost its texts for good, because they held personal data; who did it, when
    and why stays.
    """

    __tablename__ = "revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"))
    number: Mapped[int]
    based_on: Mapped[int | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    comment: Mapped[str] = mapped_column(String(300), default="")
    imported: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    suppressed_at: Mapped[datetime | None]
    suppressed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    suppressed_why: Mapped[str] = mapped_column(String(300), default="", server_default="")

    author: Mapped[User | None] = relationship(lazy="selectin", foreign_keys=[author_id])
    suppressed_by: Mapped[User | None] = relationship(foreign_keys=[suppressed_by_id])

    __table_args__ = (UniqueConstraint("subject_id", "number"),)


class Draft(Model):
    """What somebody is writing and has not saved yet; only they see it.

    `form` names the form ("insight", "page", "comment"), `subject_id` what is edited or commented
    on (none for something new), `values` are the form's fields as they were typed. `key` names the
    open form that it came from, so that two tabs with something new keep a draft each.
    """

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    form: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"))
    key: Mapped[str] = mapped_column(String(32))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    based_on: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_drafts_user_id_form", "user_id", "form", "subject_id"),
    )


class Editing(Model):
    """Somebody has the form of a text open; it counts while `beat_at` is fresh."""

    __tablename__ = "editings"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(default=utcnow)
    beat_at: Mapped[datetime] = mapped_column(default=utcnow)

    user: Mapped[User] = relationship(lazy="joined")


class TextTemplate(Model):
    """What the body of a new text of a kind begins with, as managers wrote it, by language."""

    __tablename__ = "text_templates"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    language: Mapped[str] = mapped_column(String(5), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(default=utcnow)

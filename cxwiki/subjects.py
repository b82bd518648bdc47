"""Subject: the row that every top-level record has, and that everything else points at.

Joined-table inheritance: an insight *is* a subject (docs/decisions/0002-subjects.md).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.database import Model, utcnow


class Visibility(StrEnum):
    """Who may see a subject: the whole company, or its team alone."""

    COMPANY = "company"
    TEAM = "team"


class Subject(Model):
    """What every insight, theme, action, project and KPI has in common."""

    __tablename__ = "subjects"

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    visibility: Mapped[str] = mapped_column(String(10), default=Visibility.COMPANY)
    language: Mapped[str] = mapped_column(String(5), default="en")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    source: Mapped[str | None] = mapped_column(String(100))
    external_id: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    archived_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"))

    team: Mapped[Any] = relationship("Team", lazy="selectin")
    author: Mapped[Any] = relationship("User", lazy="selectin", foreign_keys=[author_id])

    __mapper_args__ = {"polymorphic_on": "type"}
    __table_args__: tuple[Any, ...] = (
        UniqueConstraint("source", "external_id"),
        CheckConstraint("visibility IN ('company', 'team')", name="visibility"),
        Index("ix_subjects_listing", "type", "archived_at", "created_at", "id"),
        Index("ix_subjects_updated", "type", "archived_at", "updated_at", "id"),
    )

    @property
    def slug(self) -> str:
        """The readable part of the address; the id before it is what counts."""
        return slugify(self.title)

    @property
    def is_archived(self) -> bool:
        """Whether it was put away; it can be restored."""
        return self.archived_at is not None

    @property
    def etag(self) -> str:
        """What an API client sends back to say which state it has seen."""
        return f"{self.id}-{self.version}"

    def touch(self) -> None:
        """Mark as changed now."""
        self.updated_at = utcnow()
        self.version = (self.version or 0) + 1


_GERMAN: dict[int, str | int | None] = {
    ord("ä"): "ae",
    ord("ö"): "oe",
    ord("ü"): "ue",
    ord("ß"): "ss",
}


def slugify(title: str) -> str:
    """Make a readable, lower-case piece of an address that keeps letters of all scripts."""
    folded = unicodedata.normalize("NFKC", title).lower()
    folded = folded.translate(_GERMAN)
    return re.sub(r"[^\w]+", "-", folded).strip("-_")[:80].strip("-")


def dom_id(thing: Any, prefix: str = "") -> str:
    """Return the one id that a record's fragment has on every page."""
    name = getattr(thing, "type", None) or type(thing).__name__.lower()
    return f"{prefix}{'-' if prefix else ''}{name}-{thing.id}"

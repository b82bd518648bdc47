"""Wiki text that is no insight: guides and terms. No status, votes, severity or theme."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cxwiki.database import Model, utcnow
from cxwiki.subjects import Subject


class PageKind(StrEnum):
    """What a page is: a guide (handbooks, processes, training) or a term of the glossary."""

    GUIDE = "guide"
    TERM = "term"


class Page(Subject):
    """A guide or a term. Guides can stand below one another, in the order of `position`.

    A term has a short plain `definition` and other words for the same, `also_called`, separated
    by commas.
    """

    __tablename__ = "pages"

    id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default=PageKind.GUIDE)
    body: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    revision_number: Mapped[int] = mapped_column(default=1)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    definition: Mapped[str] = mapped_column(String(600), default="")
    also_called: Mapped[str] = mapped_column(String(500), default="")

    __mapper_args__ = {"polymorphic_identity": "page"}
    __table_args__ = (CheckConstraint("kind IN ('guide', 'term')", name="kind"),)


class PageImport(Model):
    """An uploaded archive of Markdown on its way into pages, with its progress and its report."""

    __tablename__ = "page_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(300))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    pages_done: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    finished_at: Mapped[datetime | None]

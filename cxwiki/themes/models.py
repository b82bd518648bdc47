"""Themes, who belongs to them, what people decided about that, and the runs of the clustering."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.database import Model, utcnow
from cxwiki.insights.models import Insight
from cxwiki.subjects import Subject


class Theme(Subject):
    """A cluster of related insights found by meaning, across teams.

    The title is the label in the site's first language. Counts are of company-visible members.
    """

    __tablename__ = "themes"

    id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    labels: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    summary: Mapped[str] = mapped_column(String(300), default="")
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    size: Mapped[int] = mapped_column(default=0)
    silo_spread: Mapped[int] = mapped_column(default=0)

    __mapper_args__ = {"polymorphic_identity": "theme"}
    __table_args__ = (
        Index("ix_themes_size", "size"),
        Index("ix_themes_silo_spread", "silo_spread"),
    )


class ThemeMember(Model):
    """An insight's place in a theme, with how sure that is (0 to 1)."""

    __tablename__ = "theme_members"

    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), index=True)
    confidence: Mapped[float] = mapped_column(default=1.0)
    since: Mapped[datetime] = mapped_column(default=utcnow)

    theme: Mapped[Theme] = relationship(lazy="joined")
    insight: Mapped[Insight] = relationship()


class ThemePin(Model):
    """A person's word on membership: this insight belongs in, or does not. Runs obey it."""

    __tablename__ = "theme_pins"

    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True, index=True)
    belongs: Mapped[bool]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)


class ThemeRun(Model):
    """One run of the clustering over all insights."""

    __tablename__ = "theme_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    requested_at: Mapped[datetime] = mapped_column(default=utcnow)
    finished_at: Mapped[datetime | None]
    insights: Mapped[int] = mapped_column(default=0)
    newest_insight_id: Mapped[int] = mapped_column(default=0)
    themes: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)

    __table_args__ = (CheckConstraint("state IN ('waiting', 'done')", name="state"),)

"""What a project serves and shall move."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cxwiki.database import Model, utcnow


class ProjectInsight(Model):
    """An insight that a project serves."""

    __tablename__ = "project_insights"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)


class ProjectTheme(Model):
    """A theme that a project serves."""

    __tablename__ = "project_themes"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)


class ProjectKpi(Model):
    """A KPI that a project shall move."""

    __tablename__ = "project_kpis"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)

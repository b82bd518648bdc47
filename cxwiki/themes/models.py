"""Themes, who belongs to them, what people decided about that, and the runs of the clustering."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.database import Model, utcnow
from cxwiki.insights.models import Insight
from cxwiki.subjects import Subject


class Theme(Subject):
    """A cluster of related insights found by meaning, across teams.

    The title is the label in the site's first language. Counts are of company-visible members.
    `shaped` says that people had their word on it: from then on runs add to it, but neither merge,
    split nor end it by themselves. A locked theme keeps exactly its members; a retired one does
    too, and is shown in no list. `x` and `y` are its place on the map, between 0 and 1.
    """

    __tablename__ = "themes"

    id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    labels: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    summary: Mapped[str] = mapped_column(String(300), default="")
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    size: Mapped[int] = mapped_column(default=0)
    silo_spread: Mapped[int] = mapped_column(default=0)
    described_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    shaped: Mapped[bool] = mapped_column(default=False)
    locked: Mapped[bool] = mapped_column(default=False)
    retired: Mapped[bool] = mapped_column(default=False)
    x: Mapped[float | None]
    y: Mapped[float | None]

    __mapper_args__ = {"polymorphic_identity": "theme"}
    __table_args__ = (
        Index("ix_themes_size", "size"),
        Index("ix_themes_silo_spread", "silo_spread"),
    )


class ThemePart(Model):
    """A sub-theme, where a theme is large enough to have some; each run finds them anew."""

    __tablename__ = "theme_parts"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), index=True)
    labels: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    summary: Mapped[str] = mapped_column(String(300), default="")


class ThemeMember(Model):
    """An insight's place in a theme, with how sure that is (0 to 1)."""

    __tablename__ = "theme_members"

    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(
        ForeignKey("theme_parts.id", ondelete="SET NULL"), index=True
    )
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
    edit_id: Mapped[int | None] = mapped_column(ForeignKey("theme_edits.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)


class Edited(StrEnum):
    """What people do to a theme."""

    RENAMED = "renamed"
    DESCRIBED = "described"
    MERGED = "merged"
    SPLIT = "split"
    MOVED = "moved"
    PINNED_IN = "pinned_in"
    PINNED_OUT = "pinned_out"
    UNPINNED = "unpinned"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    RETIRED = "retired"
    REVIVED = "revived"


class ThemeEdit(Model):
    """One thing that a person did to a theme, with the reason, and what undoing it takes.

    `other_id` is the theme that a merge took up, that a split made, or that a move led to.
    `before` and `after` hold ids, flags and people's own names for themes, no texts of insights.
    """

    __tablename__ = "theme_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    reason: Mapped[str] = mapped_column(String(300), default="")
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ThemeProposal(Model):
    """What a run would do to themes that people shaped; it waits for a person's yes or no.

    `kind` is merge (theme and other are one) or split (the insights are a theme of their own). A
    no is remembered: the same is not proposed again.
    """

    __tablename__ = "theme_proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    theme_id: Mapped[int] = mapped_column(ForeignKey("themes.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("themes.id"), index=True)
    insight_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    score: Mapped[float] = mapped_column(default=0.0)
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('merge', 'split')", name="kind"),
        CheckConstraint("state IN ('open', 'accepted', 'declined', 'outdated')", name="state"),
    )


class SiloBridge(Model):
    """That the people of an insight and of another team's were told of each other, once."""

    __tablename__ = "silo_bridges"

    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), index=True)
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

"""Themes as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from cxwiki.apibase import address
from cxwiki.apibase.wire import UNCHANGED, Id, Listed, Paging
from cxwiki.insights.models import Kind
from cxwiki.themes import growing, service
from cxwiki.themes.growing import Pace
from cxwiki.themes.models import Theme
from cxwiki.themes.service import Place


class ThemeQuery(Paging):
    """In which order to list themes, and which."""

    sort: Literal["size", "spread", "growth"] = "spread"
    show: Literal["", "fast", "new", "fading", "retired"] = ""


class ThemeChange(BaseModel):
    """What people say about a theme; an empty title or summary gives it back to the software."""

    title: str = UNCHANGED
    summary: str = UNCHANGED
    locked: bool = UNCHANGED
    retired: bool = UNCHANGED
    reason: str = ""


class MergerIn(BaseModel):
    """The theme in which this one goes up, and why."""

    into_id: Id
    reason: str


class SplitIn(BaseModel):
    """Insights that are a theme of their own; without a name the software finds one."""

    insight_ids: list[Id]
    name: str = ""
    reason: str = ""


class ThemeOut(BaseModel):
    """A theme. Counts are of members that the whole company may see."""

    id: int
    title: str
    labels: dict[str, str]
    summary: str
    named_by_people: bool
    size: int
    silo_spread: int
    growth: int
    warnings: list[growing.Mark]
    locked: bool
    retired: bool
    described_by_people: bool
    x: float | None
    y: float | None
    url: str
    created_at: datetime
    updated_at: datetime
    merged_into_id: int | None


class ThemeList(Listed[ThemeOut]):
    """A page of themes; `growth` is the number of members of the last four weeks."""


class MemberOut(BaseModel):
    """An insight in a theme; `confidence` says how sure that is, from 0 to 1."""

    id: int
    external_id: str | None
    title: str
    kind: Kind
    team: str
    confidence: float
    pinned: bool
    part_id: int | None
    url: str


class PartOut(BaseModel):
    """A sub-theme; each full run finds them anew. `size` counts the members that you may see."""

    id: int
    title: str
    labels: dict[str, str]
    size: int


class ThemeWithMembers(ThemeOut):
    """A theme with those of its members that the person may see, the surest first."""

    members: list[MemberOut]
    parts: list[PartOut]


def shown(theme: Theme, growth: Mapping[int, int], paces: Mapping[int, Pace]) -> ThemeOut:
    """Show a theme; `growth` and `paces` by the theme's id."""
    pace = paces.get(theme.id, Pace())
    return ThemeOut(
        id=theme.id,
        title=service.label(theme),
        labels=theme.labels or {},
        summary=theme.summary or "",
        named_by_people=theme.named_by_id is not None,
        size=theme.size,
        silo_spread=theme.silo_spread,
        growth=growth.get(theme.id, 0),
        warnings=growing.warnings(pace),
        locked=theme.locked,
        retired=theme.retired,
        described_by_people=theme.described_by_id is not None,
        x=theme.x,
        y=theme.y,
        url=address(theme),
        created_at=theme.created_at,
        updated_at=theme.updated_at,
        merged_into_id=theme.merged_into_id,
    )


def shown_with_members(
    theme: Theme,
    growth: Mapping[int, int],
    paces: Mapping[int, Pace],
    places: Sequence[Place],
) -> ThemeWithMembers:
    """Show a theme with its members."""
    members = [
        MemberOut(
            id=place.insight.id,
            external_id=place.insight.external_id,
            title=place.insight.title,
            kind=Kind(place.insight.kind),
            team=place.insight.team.name,
            confidence=round(float(place.confidence), 4),
            pinned=place.pinned,
            part_id=place.part_id,
            url=address(place.insight),
        )
        for place in places
    ]
    parts = [
        PartOut(id=part.id, title=service.part_label(part), labels=part.labels or {}, size=count)
        for part, count in service.parts(theme, places)
    ]
    return ThemeWithMembers(
        **shown(theme, growth, paces).model_dump(), members=members, parts=parts
    )

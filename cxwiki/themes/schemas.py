"""Themes as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from cxwiki.apibase import address
from cxwiki.apibase.wire import Listed, Paging
from cxwiki.insights.models import Kind
from cxwiki.themes import service
from cxwiki.themes.models import Theme
from cxwiki.themes.service import Place


class ThemeQuery(Paging):
    """In which order to list themes."""

    sort: Literal["size", "spread", "growth"] = "spread"


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
    url: str


class ThemeWithMembers(ThemeOut):
    """A theme with those of its members that the person may see, the surest first."""

    members: list[MemberOut]


def shown(theme: Theme, growth: Mapping[int, int]) -> ThemeOut:
    """Show a theme; `growth` by the theme's id."""
    return ThemeOut(
        id=theme.id,
        title=service.label(theme),
        labels=theme.labels or {},
        summary=theme.summary or "",
        named_by_people=theme.named_by_id is not None,
        size=theme.size,
        silo_spread=theme.silo_spread,
        growth=growth.get(theme.id, 0),
        url=address(theme),
        created_at=theme.created_at,
        updated_at=theme.updated_at,
        merged_into_id=theme.merged_into_id,
    )


def shown_with_members(
    theme: Theme, growth: Mapping[int, int], places: Sequence[Place]
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
            url=address(place.insight),
        )
        for place in places
    ]
    return ThemeWithMembers(**shown(theme, growth).model_dump(), members=members)

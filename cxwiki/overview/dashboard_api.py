"""The dashboards over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_login import current_user
from pydantic import BaseModel, Field

from cxwiki import access, apibase
from cxwiki.accounts.naming import team_called
from cxwiki.apibase.wire import Figure, Line
from cxwiki.kpis.models import Direction
from cxwiki.kpis.target_api import ConflictOut, shown_conflict
from cxwiki.overview.dashboard import dashboard
from cxwiki.overview.flow import Flow
from cxwiki.overview.tiles import Tile
from cxwiki.overview.top_themes import TopTheme
from cxwiki.themes import service as themes

bp = apibase.blueprint("dashboard", "The figures of the company or a team at a glance")


class DashboardQuery(BaseModel):
    """Whose dashboard is asked for."""

    team: Line | None = Field(None, description="Exact name; the company's if not given")


class TileOut(BaseModel):
    """A KPI at a glance. `state` says good or bad only where the change is more than chance."""

    kpi_id: int
    title: str
    segment: str
    direction: Direction
    unit: str
    value: Figure | None
    n: int | None
    period_start: date | None
    period_end: date | None
    change: str
    state: str | None
    target: Figure | None
    gap: str
    reached: bool


class TopThemeOut(BaseModel):
    """A theme by silo spread times mean severity; both severity fields null where none says one."""

    id: int
    title: str
    silo_spread: int
    severity: Figure | None
    weight: Figure | None


class FlowOut(BaseModel):
    """Actions: of the last 30 days, and what is open today. The age is in days."""

    created: int
    done: int
    open: int
    overdue: int
    median_age: Figure | None


class DashboardOut(BaseModel):
    """A dashboard; the KPIs farthest from their target come first, and not all are given."""

    team: str | None
    kpis: list[TileOut]
    kpis_total: int
    themes: list[TopThemeOut]
    actions: FlowOut
    conflicts: list[ConflictOut]


@bp.get("")
@access.requires("view")
@bp.input(DashboardQuery, location="query", arg_name="query")
@bp.output(DashboardOut)
def show(query: DashboardQuery) -> DashboardOut:
    """Read a dashboard."""
    team = team_called(query.team) if query.team else None
    shown = dashboard(current_user, None if team is None or team.is_builtin else team)
    return DashboardOut(
        team=shown.team.name if shown.team else None,
        kpis=[_tile(tile) for tile in shown.tiles.shown],
        kpis_total=shown.tiles.total,
        themes=[_theme(top) for top in shown.themes],
        actions=_flow(shown.flow),
        conflicts=[shown_conflict(one) for one in shown.conflicts],
    )


def _tile(tile: Tile) -> TileOut:
    reading = tile.reading
    latest = reading.latest
    return TileOut(
        kpi_id=tile.kpi.id,
        title=tile.kpi.title,
        segment=tile.segment,
        direction=Direction(tile.kpi.direction),
        unit=tile.kpi.unit,
        value=latest.value if latest else None,
        n=latest.n if latest else None,
        period_start=latest.period_start if latest else None,
        period_end=latest.period_end if latest else None,
        change=reading.change,
        state=reading.state,
        target=reading.target.value if reading.target else None,
        gap=reading.gap,
        reached=reading.reached,
    )


def _theme(top: TopTheme) -> TopThemeOut:
    return TopThemeOut(
        id=top.theme.id,
        title=themes.label(top.theme),
        silo_spread=top.theme.silo_spread,
        severity=_rounded(top.severity),
        weight=_rounded(top.weight),
    )


def _flow(flow: Flow) -> FlowOut:
    return FlowOut(
        created=flow.created,
        done=flow.done,
        open=flow.open,
        overdue=flow.overdue,
        median_age=_rounded(flow.median_age),
    )


def _rounded(value: float | None) -> Any:
    return None if value is None else round(value, 2)

"""KPI tiles of a dashboard: value, trend, gap to the target and n, for the company or a team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import lazyload

from cxwiki import access, web
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.kpis import gaps, segments, series, targets
from cxwiki.kpis.glance import latest_by_segment
from cxwiki.kpis.models import Kpi, Measurement, Target
from cxwiki.kpis.reading import Reading

MOST = 12


@dataclass(frozen=True)
class Tile:
    """A KPI at a glance; `segment` is empty for the total, `target` the company's or the team's."""

    kpi: Kpi
    reading: Reading
    segment: str = ""

    @property
    def about(self) -> str:
        """The segment in words; empty for the total."""
        return segments.in_words(self.segment)

    @property
    def href(self) -> str:
        """The KPI's page, opened at what the tile speaks of."""
        return web.address(self.kpi, segment=self.segment or None)

    @property
    def latest_href(self) -> str:
        """The measurement behind the value."""
        latest = self.reading.latest
        anchor = f"measurement-{latest.id}" if latest else "measurements"
        return url_for(
            "kpis.show", subject_id=self.kpi.id, segment=self.segment or None, _anchor=anchor
        )

    @property
    def missing(self) -> Decimal | None:
        """What is missing to the target, as a share; None without a target or a value."""
        latest, target = self.reading.latest, self.reading.target
        if latest is None or target is None:
            return None
        return gaps.share_of_gap(self.kpi, latest.value, target.value)


@dataclass(frozen=True)
class Tiles:
    """The tiles that are shown, the farthest from their target first, and how many there are."""

    shown: Sequence[Tile]
    total: int


def company_tiles(person: Any) -> Tiles:
    """All KPIs that the person sees, by their totals and the company's targets."""
    kpis = db.session.scalars(access.visible(Kpi, person).options(lazyload("*"))).all()
    ids = [kpi.id for kpi in kpis]
    aims, latest = series.targets_of(ids), series.latest_of(ids)
    return _tiles(
        [Tile(kpi, Reading(kpi, latest.get(kpi.id, []), aims.get(kpi.id))) for kpi in kpis]
    )


def team_tiles(team: Team, person: Any) -> Tiles:
    """The KPIs that are the team's, that it aims at, or that are measured for it.

    Where the KPI is measured for the segment of the team, that is shown; the team's own target
    goes before the company's.
    """
    segment = f"team={team.name}"
    kpis = db.session.scalars(_kpis_of_team(team, segment, person).options(lazyload("*"))).all()
    latest = latest_by_segment(
        [(kpi.id, one) for kpi in kpis for one in (series.TOTAL, segment)], limit=series.LATEST
    )
    aims = {
        (one.kpi_id, one.segment, one.team_id): one
        for one in targets.targets_in_force([kpi.id for kpi in kpis])
    }
    tiles = []
    for kpi in kpis:
        shown = segment if (kpi.id, segment) in latest else series.TOTAL
        target = _target_of(kpi, shown, team, aims)
        tiles.append(Tile(kpi, Reading(kpi, latest.get((kpi.id, shown), []), target), shown))
    return _tiles(tiles)


def _target_of(
    kpi: Kpi, segment: str, team: Team, aims: dict[tuple[int, str, int | None], Target]
) -> Target | None:
    """The team's own target, else the company's for the same segment, else its target for all."""
    places = ((segment, team.id), (series.TOTAL, team.id), (segment, None), (series.TOTAL, None))
    found = (aims.get((kpi.id, *place)) for place in places)
    return next((target for target in found if target is not None), None)


def _kpis_of_team(team: Team, segment: str, person: Any) -> Select[Kpi]:
    aimed = select(Target.kpi_id).where(Target.team_id == team.id)
    measured = select(Measurement.kpi_id).where(
        Measurement.segment == segment, Measurement.superseded_at.is_(None)
    )
    return access.visible(Kpi, person).where(
        or_(Kpi.team_id == team.id, Kpi.id.in_(aimed), Kpi.id.in_(measured))
    )


def _tiles(tiles: Sequence[Tile]) -> Tiles:
    ordered = sorted(tiles, key=_place)
    return Tiles(ordered[:MOST], len(tiles))


def _place(tile: Tile) -> tuple[int, Decimal, str, int]:
    """Those short of their target first, then measured ones, then the others, by name."""
    missing = tile.missing
    if missing is not None and missing > 0:
        return 0, -missing, tile.kpi.title.lower(), tile.kpi.id
    return (1 if tile.reading.latest else 2), Decimal(0), tile.kpi.title.lower(), tile.kpi.id

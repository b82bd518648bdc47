"""KPIs that move together: when one gets better, the other tends to get better, or worse.

Said of better and worse, not of up and down, so a relation holds whichever way a scale runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import lazyload

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.kpis.models import Kpi, KpiRelation


class Pull(StrEnum):
    """How two KPIs pull."""

    SAME = "same"
    AGAINST = "against"


PULLS = {
    Pull.SAME: _l("It tends to get better too"),
    Pull.AGAINST: _l("It tends to get worse"),
}


@dataclass(frozen=True)
class Related:
    """Another KPI, and how it pulls."""

    kpi: Kpi
    pulls: str


@command
def relate(kpi: Kpi, other: Kpi, pulls: str, by: User) -> None:
    """Say how two KPIs pull; a later word replaces the earlier one. Raises DomainError."""
    if kpi.id == other.id:
        raise DomainError(_("Choose another KPI."), "other")
    if pulls not in set(Pull):
        raise DomainError(_("Say how the other one moves."), "pulls")
    pair = sorted((kpi.id, other.id))
    row = db.session.get(KpiRelation, tuple(pair), with_for_update=True)
    if row is not None and row.pulls == pulls:
        return
    if row is None:
        db.session.add(KpiRelation(kpi_id=pair[0], other_id=pair[1], pulls=pulls))
    else:
        row.pulls = pulls
    db.session.flush()
    record("kpi.related", kpi, by=by, other_id=other.id, pulls=pulls)


@command
def unrelate(kpi: Kpi, other: Kpi, by: User) -> None:
    """Two KPIs have nothing to do with each other after all."""
    row = db.session.get(KpiRelation, tuple(sorted((kpi.id, other.id))))
    if row is not None:
        db.session.delete(row)
        record("kpi.unrelated", kpi, by=by, other_id=other.id)


def related(kpi: Kpi, person: Any) -> list[Related]:
    """The KPIs that move with this one, of those that the person sees, by name."""
    pulls = {
        row.other_id if row.kpi_id == kpi.id else row.kpi_id: row.pulls
        for row in relations_of([kpi.id])
    }
    query = access.visible(Kpi, person).where(Kpi.id.in_(pulls)).options(lazyload("*"))
    query = query.order_by(Kpi.title, Kpi.id)
    return [Related(other, pulls[other.id]) for other in db.session.scalars(query)]


def relations_of(kpi_ids: Iterable[int]) -> Sequence[KpiRelation]:
    """All relations in which one of the KPIs stands."""
    ids = set(kpi_ids)
    query = select(KpiRelation).where(
        or_(KpiRelation.kpi_id.in_(ids), KpiRelation.other_id.in_(ids))
    )
    return db.session.scalars(query.order_by(KpiRelation.kpi_id, KpiRelation.other_id)).all()


def candidates(kpi: Kpi, person: Any, limit: int = 500) -> Sequence[tuple[int, str]]:
    """The ids and names of all other KPIs that the person sees."""
    query = access.visible(Kpi, person).where(Kpi.id != kpi.id).order_by(Kpi.title, Kpi.id)
    rows = db.session.execute(query.with_only_columns(Kpi.id, Kpi.title).limit(limit))
    return [(kpi_id, title) for kpi_id, title in rows]

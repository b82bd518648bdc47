"""The list of KPIs: its filters live in the address and are said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func

from cxwiki import access
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.kpis import labels
from cxwiki.kpis.models import Kpi, KpiKind


@dataclass(frozen=True)
class Filters:
    """What to list. Empty means everything that the reader may see."""

    kind: str | None = None
    team: int | None = None
    archived: bool = False

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self != Filters()


def read(args: Mapping[str, str]) -> Filters:
    """Read the filters from an address; what makes no sense is ignored."""
    kind, team = args.get("kind", ""), args.get("team", "")
    return Filters(
        kind=kind if kind in set(KpiKind) else None,
        team=access.number_in(team),
        archived=args.get("archived") == "1",
    )


def query(filters: Filters, person: Any = None) -> Select[Kpi]:
    """Build the select: begins with what the person may see, by name."""
    found = access.visible(Kpi, person, archived=filters.archived)
    if filters.kind:
        found = found.where(Kpi.kind == filters.kind)
    if filters.team:
        found = found.where(Kpi.team_id == filters.team)
    return found.order_by(func.lower(Kpi.title), Kpi.id)


def in_words(filters: Filters) -> str:
    """Say what is listed: "KPIs of Service, NPS"."""
    team = db.session.get(Team, filters.team) if filters.team else None
    if team:
        what = _("Archived KPIs") if filters.archived else _("KPIs")
        parts = [_("%(what)s of %(team)s", what=what, team=team.shown_name)]
    else:
        parts = [_("All archived KPIs") if filters.archived else _("All KPIs")]
    if filters.kind:
        parts.append(str(labels.SHORT_KINDS[KpiKind(filters.kind)]))
    return ", ".join(parts)

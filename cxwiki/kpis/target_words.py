"""What targets and relations of KPIs are called in histories."""

from __future__ import annotations

from flask_babel import gettext as _

from cxwiki import wording
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.kpis.models import Kpi, Target
from cxwiki.kpis.reading import amount


def _set(event: Event) -> str:
    target = db.session.get(Target, event.data.get("target_id", 0))
    kpi = db.session.get(Kpi, event.subject_id) if event.subject_id else None
    if target is None or kpi is None:
        return _("set a target")
    value = amount(kpi, target.value)
    if target.team is None:
        return _("set a target: %(value)s", value=value)
    return _("set a target for %(team)s: %(value)s", team=target.team.shown_name, value=value)


def _withdrawn(event: Event) -> str:
    team_id = event.data.get("team_id")
    team = db.session.get(Team, team_id) if team_id else None
    if team is None:
        return _("took a target back")
    return _("took the target of %(team)s back", team=team.shown_name)


def connect() -> None:
    """Register with wording."""
    wording.register("kpi.target_set", _set)
    wording.register("kpi.target_withdrawn", _withdrawn)
    wording.register("kpi.related", lambda _event: _("linked it with another KPI"))
    wording.register("kpi.unrelated", lambda _event: _("took the link with another KPI away"))

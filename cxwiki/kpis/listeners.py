"""What follows from KPIs: they can be found, and their events can be told."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from cxwiki import wording
from cxwiki.kpis.models import Kpi
from cxwiki.search import indexing, registry
from cxwiki.search.registry import Findable


def _text(kpi: Kpi) -> str:
    return kpi.description


def _mine(person: Any) -> ColumnElement[bool]:
    return Kpi.owner_id == person.id


def connect() -> None:
    """Register with search and wording."""
    registry.register("kpi", Findable(Kpi, _text, kind=Kpi.kind, mine=_mine))
    indexing.keep_findable("kpi.created", "kpi.edited", "kpi.archived", "kpi.restored")
    wording.register("measurement.withdrawn", lambda _event: _("took a measurement out"))

"""What follows from KPIs: they can be found, and their events can be told."""

from __future__ import annotations

from flask_babel import gettext as _

from cxwiki import wording
from cxwiki.kpis.models import Kpi
from cxwiki.search import indexing, registry
from cxwiki.search.registry import Findable


def _text(kpi: Kpi) -> str:
    return kpi.description


def connect() -> None:
    """Register with search and wording."""
    registry.register("kpi", Findable(Kpi, _text, kind=Kpi.kind))
    indexing.keep_findable("kpi.created", "kpi.edited", "kpi.archived", "kpi.restored")
    wording.register("measurement.withdrawn", lambda _event: _("took a measurement out"))

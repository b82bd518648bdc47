"""How far a KPI is from a target, as a share that can be compared between KPIs."""

from __future__ import annotations

from decimal import Decimal

from cxwiki.kpis import formulas
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.models import Kpi

_WHOLE = Decimal(1)


def share_of_gap(kpi: Kpi, value: Decimal, target: Decimal) -> Decimal:
    """What is missing to the target, as a share; zero or less where it is reached.

    Scores and means with a scale are measured by its length (a score from -100 to 100 by its
    half), so that a scale turned round gives the same share; everything else by the target.
    """
    missing = formulas.gap_to_target(value, target, kpi.direction)
    whole = _whole(kpi) or abs(target) or abs(value) or _WHOLE
    return missing / whole


def _whole(kpi: Kpi) -> Decimal | None:
    if kpi.scale_min is None or kpi.scale_max is None:
        return None
    if kpi.statistic == Statistic.NPS:
        return (kpi.scale_max - kpi.scale_min) / 2
    return kpi.scale_max - kpi.scale_min if kpi.statistic == Statistic.MEAN else None

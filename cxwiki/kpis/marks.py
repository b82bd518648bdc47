"""What higher features say about KPIs: marks on charts, and how many actions aim at each.

KPIs stand below actions, so they offer these two places and actions fill them in their init_app.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cxwiki.charts import Mark
from cxwiki.kpis.models import Kpi

MarkProvider = Callable[[Kpi, Any], Sequence[Mark]]
CountProvider = Callable[[Sequence[Kpi], Any], Mapping[int, int]]

_marks: list[MarkProvider] = []
_counts: list[CountProvider] = []


def register_marks(provider: MarkProvider) -> MarkProvider:
    """Let `provider(kpi, person)` put marks on a KPI's chart: only what the person may see."""
    if provider not in _marks:
        _marks.append(provider)
    return provider


def register_action_counts(provider: CountProvider) -> CountProvider:
    """Let `provider(kpis, person)` count the visible actions that aim at each KPI, by its id."""
    if provider not in _counts:
        _counts.append(provider)
    return provider


def marks_of(kpi: Kpi, person: Any) -> list[Mark]:
    """Everything that the chart of a KPI points out to this person, by day."""
    found = [mark for provider in _marks for mark in provider(kpi, person)]
    return sorted(found, key=lambda mark: (mark.on, mark.label))


def action_counts(kpis: Sequence[Kpi], person: Any) -> dict[int, int]:
    """How many actions that the person sees aim at each of the KPIs."""
    counts: dict[int, int] = defaultdict(int)
    for provider in _counts:
        for kpi_id, count in provider(kpis, person).items():
            counts[kpi_id] += count
    return counts

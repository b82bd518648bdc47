"""Who may define KPIs and who may measure."""

from __future__ import annotations

from cxwiki.access import CURATORS, Person, rule
from cxwiki.kpis.models import Kpi


@rule("kpi.create")
def may_create(person: Person, _kpi: Kpi | None) -> bool:
    """Managers and administrators say what is measured."""
    return person.role in CURATORS


@rule("kpi.edit")
def may_edit(person: Person, kpi: Kpi | None) -> bool:
    """Managers, administrators and the KPI's owner."""
    return kpi is None or (not kpi.is_archived and _looks_after(person, kpi))


@rule("kpi.archive")
def may_archive(person: Person, _kpi: Kpi | None) -> bool:
    """Managers and administrators."""
    return person.role in CURATORS


@rule("measurement.create")
def may_measure(person: Person, kpi: Kpi | None) -> bool:
    """Managers, administrators and the KPI's owner."""
    return kpi is None or (not kpi.is_archived and _looks_after(person, kpi))


@rule("dated_event.create_for_all")
def may_date_for_all(person: Person, _thing: None) -> bool:
    """Managers and administrators: it stands on every chart."""
    return person.role in CURATORS


def _looks_after(person: Person, kpi: Kpi) -> bool:
    return person.role in CURATORS or (kpi.owner_id is not None and kpi.owner_id == person.id)

"""What must be true for a success, and whether the figures say that it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from cxwiki import access, i18n, richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.kpis import periods, reading, series
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.projects import labels, links
from cxwiki.projects.models import Criterion, Project

LONGEST_TEXT = 300
SERIES = 60


@dataclass(frozen=True)
class Judged:
    """A criterion with what the latest figure says: met, not_met, no_data; open without a KPI."""

    criterion: Criterion
    state: str
    kpi: Kpi | None = None
    measurement: Measurement | None = None

    @property
    def demand(self) -> str:
        """What is asked: "NPS at least 45 points, n at least 200"."""
        asked = self.criterion
        if self.kpi is None or asked.threshold is None or asked.comparison is None:
            return ""
        return _(
            "%(kpi)s %(comparison)s %(value)s",
            kpi=self.kpi.title,
            comparison=labels.COMPARISONS[asked.comparison],
            value=reading.amount(self.kpi, asked.threshold),
        )

    @property
    def evidence(self) -> str:
        """What the latest figure is: "42 points in March 2026, n = 212 of 200 needed"."""
        if self.kpi is None:
            return ""
        if self.measurement is None:
            return _("no measurement since the start")
        words = _(
            "%(value)s in %(period)s",
            value=reading.amount(self.kpi, self.measurement.value),
            period=periods.in_words(self.measurement.period_start, self.measurement.period_end),
        )
        n, needed = self.measurement.n, self.criterion.minimum_n
        if needed:
            known = i18n.number(n) if n is not None else _("unknown")
            return _(
                "%(words)s, n = %(n)s of %(needed)s needed",
                words=words,
                n=known,
                needed=i18n.number(needed),
            )
        return words if n is None else _("%(words)s, n = %(n)s", words=words, n=i18n.number(n))


def since_start(project: Project, measured: Sequence[Measurement]) -> Measurement | None:
    """The latest of a KPI's measurements, unless it ended before the project began."""
    if not measured or (project.starts_on and measured[-1].period_end < project.starts_on):
        return None
    return measured[-1]


def before_start(project: Project, measured: Sequence[Measurement]) -> Measurement | None:
    """The last measurement that was complete when the project began, if there is one.

    A project without a first day is compared with the period before the latest one.
    """
    if project.starts_on is None:
        return measured[-2] if len(measured) > 1 else None
    earlier = [one for one in measured if one.period_end < project.starts_on]
    return earlier[-1] if earlier else None


def judge(
    project: Project,
    criteria: Sequence[Criterion],
    measured: dict[int, list[Measurement]],
    person: Any,
) -> list[Judged]:
    """Hold the latest figures against the criteria, for one person; hidden KPIs look missing.

    Without a person it is the software's own evaluation, of all of them.
    """
    judged = []
    for criterion in criteria:
        kpi = criterion.kpi
        if kpi is not None and person is not None and not access.sees(person, kpi):
            kpi = None
        if kpi is None:
            if criterion.text:
                judged.append(Judged(criterion, "open"))
            continue
        latest = since_start(project, measured.get(kpi.id, []))
        judged.append(Judged(criterion, _state(criterion, latest), kpi, latest))
    return judged


def _state(criterion: Criterion, latest: Measurement | None) -> str:
    if criterion.threshold is None or criterion.comparison is None:
        return "open"
    if latest is None:
        return "no_data"
    if criterion.minimum_n and (latest.n is None or latest.n < criterion.minimum_n):
        return "no_data"
    if criterion.comparison == "at_least":
        return "met" if latest.value >= criterion.threshold else "not_met"
    return "met" if latest.value <= criterion.threshold else "not_met"


def judge_project(project: Project, person: Any) -> list[Judged]:
    """Hold the latest figures against one project's criteria."""
    ids = [criterion.kpi_id for criterion in project.criteria if criterion.kpi_id is not None]
    return judge(project, project.criteria, series.latest_of(ids, SERIES), person)


@command
def add_criterion(
    project: Project,
    text: str,
    by: User,
    *,
    kpi: Kpi | None = None,
    comparison: str | None = None,
    threshold: Decimal | None = None,
    minimum_n: int | None = None,
) -> Criterion:
    """Say what must be true; with a KPI it is held against the figures.

    Raises DomainError when the parts do not make a criterion.
    """
    text = richtext.one_line(text)
    if kpi is not None and (threshold is None or comparison not in labels.COMPARISONS):
        raise DomainError(_("Give the value that the KPI must reach."), "threshold")
    if kpi is None and threshold is not None:
        raise DomainError(_("Choose the KPI that must reach this value."), "kpi")
    if project.is_poc and kpi is not None and minimum_n is None:
        raise DomainError(
            _("Say how many answers or cases it takes; 0 if any number will do."), "minimum_n"
        )
    if minimum_n is not None and minimum_n < 0:
        raise DomainError(_("A number of answers cannot be negative."), "minimum_n")
    if not text and kpi is None:
        raise DomainError(_("Say what must be true, or choose a KPI."), "text")
    criterion = Criterion(
        project_id=project.id,
        position=max((one.position for one in project.criteria), default=0) + 1,
        text=text[:LONGEST_TEXT],
        kpi_id=kpi.id if kpi else None,
        comparison=comparison if kpi else None,
        threshold=threshold,
        minimum_n=minimum_n if kpi else None,
    )
    db.session.add(criterion)
    db.session.flush()
    db.session.expire(project, ["criteria"])
    if kpi is not None:
        links.link(project, kpi, by)
    project.touch()
    record("project.criterion_added", project, by=by, criterion_id=criterion.id)
    return criterion


@command
def remove_criterion(project: Project, criterion: Criterion, by: User) -> None:
    """Take a criterion away."""
    record("project.criterion_removed", project, by=by, criterion_id=criterion.id)
    db.session.delete(criterion)
    db.session.flush()
    db.session.expire(project, ["criteria"])
    project.touch()

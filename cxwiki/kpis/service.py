"""Defining, editing and putting away KPIs, and setting their targets."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import delete, select

from cxwiki import archiving
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db
from cxwiki.discussion import service as discussion
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import record
from cxwiki.i18n import settings
from cxwiki.kpis import drafts, series
from cxwiki.kpis.definition import scale_of
from cxwiki.kpis.dimensions import set_dimensions
from cxwiki.kpis.drafts import KpiDraft, within
from cxwiki.kpis.models import Answer, Kpi, Measurement, Target
from cxwiki.search.words.language import detect

__all__ = ["KpiDraft", "archive_kpi", "create_kpi", "current_draft", "edit_kpi", "restore_kpi"]

OUTDATED = "answers.outdated"
"""The event of an edit after which measurements must be computed anew from raw answers."""
_COMPUTED_WITH = (
    "cadence", "answer_min", "answer_max", "success_min", "success_max", "dimensions",
    "scale_min", "scale_max", "kind", "statistic",
)  # fmt: skip
_ELSEWHERE = ("target", "target_due_on", "dimensions")


@command
def create_kpi(
    draft: KpiDraft,
    team: Team,
    by: User,
    *,
    source: str | None = None,
    external_id: str | None = None,
) -> Kpi:
    """Define a new KPI. Raises DomainError when the draft is not acceptable."""
    checked = drafts.checked(draft, team, by)
    kpi = Kpi(team=team, author_id=by.id, version=1, source=source, external_id=external_id)
    _write(kpi, checked)
    db.session.add(kpi)
    db.session.flush()
    _set_target(kpi, checked.target, checked.target_due_on, by)
    discussion.watch(kpi, by)
    record("kpi.created", kpi, by=by)
    return kpi


@command
def edit_kpi(
    kpi: Kpi, draft: KpiDraft, by: User, *, team: Team | None = None, based_on: str | None = None
) -> Kpi:
    """Change a KPI; Conflict if `based_on`, the state_key that the person saw, is outdated."""
    db.session.refresh(kpi, with_for_update=True)
    if based_on is not None and based_on != state_key(kpi):
        raise Conflict(_("Somebody else changed this KPI while you were writing."))
    team = team or kpi.team
    checked = drafts.checked(draft, team, by)
    _check_measurements_fit(kpi, checked)
    before = current_draft(kpi)
    if checked == before and team.id == kpi.team_id:
        return kpi
    kpi.team = team
    _write(kpi, checked)
    _set_target(kpi, checked.target, checked.target_due_on, by)
    kpi.touch()
    record("kpi.edited", kpi, by=by)
    if any(getattr(before, name) != getattr(checked, name) for name in _COMPUTED_WITH):
        _compute_anew(kpi, by)
    return kpi


def current_draft(kpi: Kpi) -> KpiDraft:
    """What the KPI says now, in the form in which it is edited."""
    target = series.targets_of([kpi.id]).get(kpi.id)
    names = [field.name for field in fields(KpiDraft) if field.name not in _ELSEWHERE]
    return KpiDraft(
        **{name: getattr(kpi, name) for name in names},
        dimensions=tuple((one.dimension, tuple(one.keys)) for one in kpi.dimensions),
        target=target.value if target else None,
        target_due_on=target.due_on if target else None,
    )


def state_key(kpi: Kpi) -> str:
    """A short name of what the KPI says now, to notice that somebody else was faster."""
    return sha256(repr((current_draft(kpi), kpi.team_id)).encode()).hexdigest()[:16]


def archive_kpi(kpi: Kpi, by: User) -> None:
    """Put the KPI away; its measurements stay."""
    archiving.put_away(kpi, by)


def restore_kpi(kpi: Kpi, by: User) -> None:
    """Bring an archived KPI back."""
    archiving.bring_back(kpi, by)


def _check_measurements_fit(kpi: Kpi, draft: KpiDraft) -> None:
    values = db.session.scalars(
        select(Measurement.value).where(
            Measurement.kpi_id == kpi.id, Measurement.superseded_at.is_(None)
        )
    ).all()
    if values and draft.statistic != kpi.statistic:
        raise DomainError(
            _("There are measurements already: a figure made in another way is another KPI."),
            "statistic",
        )
    if any(not within(value, draft.scale_min, draft.scale_max) for value in values):
        raise DomainError(_("A measurement lies outside of this scale."), "scale_max")


def _compute_anew(kpi: Kpi, by: User) -> None:
    """Let the worker compute the measurements anew, if there are answers and all still fit."""
    scale = scale_of(kpi)
    values = select(Answer.value).where(Answer.kpi_id == kpi.id, Answer.superseded_at.is_(None))
    found = db.session.scalars(values.distinct().execution_options(yield_per=1000))
    if any(not within(value, scale.low, scale.high) for value in found):
        raise DomainError(_("There are raw answers outside of this scale."), "answer_max")
    if db.session.scalar(values.limit(1)) is not None:
        record(OUTDATED, kpi, by=by)


def _write(kpi: Kpi, draft: KpiDraft) -> None:
    for name, value in asdict(draft).items():
        if name not in _ELSEWHERE:
            setattr(kpi, name, value)
    set_dimensions(kpi, draft.dimensions)
    kpi.language = detect(f"{draft.title}\n{draft.description}", settings().languages)


def _set_target(kpi: Kpi, value: Decimal | None, due_on: date | None, by: User) -> None:
    present = series.targets_of([kpi.id]).get(kpi.id)
    if value is None:
        db.session.execute(
            delete(Target).where(
                Target.kpi_id == kpi.id,
                Target.segment == series.TOTAL,
                Target.team_id.is_(None),
            )
        )
    elif present is None or (present.value, present.due_on) != (value, due_on):
        db.session.add(Target(kpi_id=kpi.id, value=value, due_on=due_on, set_by_id=by.id))

"""Targets of teams and segments beside the company's: what somebody aims at, until they say else.

A target belongs to the company or to a team, and speaks of the total or of a segment. Of several
for the same the latest one is in force; the older ones stay as history.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from cxwiki import i18n
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.kpis import dimensions, segments
from cxwiki.kpis.drafts import within
from cxwiki.kpis.models import Kpi, Target
from cxwiki.kpis.numbers import tidy


@command
def set_target(
    kpi: Kpi,
    value: Decimal,
    by: User,
    *,
    due_on: date | None = None,
    team: Team | None = None,
    segment: str = "",
) -> Target:
    """Say what the company or a team aims at. Saying the same again changes nothing.

    Raises DomainError when the value is off the scale or the KPI does not know the segment.
    """
    db.session.refresh(kpi, with_for_update=True)
    segment = known_segment(kpi, segment)
    team_id = None if team is None or team.is_builtin else team.id
    if not within(value, kpi.scale_min, kpi.scale_max):
        raise DomainError(_("The target lies outside of the scale."), "value")
    i18n.check_day(due_on, "due_on")
    value = tidy(value)
    present = _in_force(kpi, segment, team_id)
    if present is not None and (present.value, present.due_on) == (value, due_on):
        return present
    target = Target(
        kpi_id=kpi.id,
        segment=segment,
        team_id=team_id,
        value=value,
        due_on=due_on,
        set_by_id=by.id,
    )
    db.session.add(target)
    db.session.flush()
    kpi.touch()
    record("kpi.target_set", kpi, by=by, target_id=target.id, team_id=team_id)
    return target


@command
def withdraw_target(target: Target, by: User) -> None:
    """Aim at this no longer: neither at the target in force nor at older ones for the same."""
    kpi = db.session.get_one(Kpi, target.kpi_id)
    db.session.refresh(kpi, with_for_update=True)
    team_id = target.team_id
    same = Target.team_id.is_(None) if team_id is None else Target.team_id == team_id
    db.session.execute(
        delete(Target).where(Target.kpi_id == kpi.id, Target.segment == target.segment, same)
    )
    kpi.touch()
    record("kpi.target_withdrawn", kpi, by=by, team_id=team_id)


def targets_in_force(kpi_ids: Iterable[int]) -> list[Target]:
    """What is aimed at: the latest target of each KPI, segment and team, the company's first."""
    query = (
        select(Target)
        .where(Target.kpi_id.in_(set(kpi_ids)))
        .order_by(Target.id)
        .options(selectinload(Target.team))
    )
    latest = {(one.kpi_id, one.segment, one.team_id): one for one in db.session.scalars(query)}
    return sorted(
        latest.values(),
        key=lambda one: (one.kpi_id, one.segment, one.team is not None, party(one).lower(), one.id),
    )


def known_segment(kpi: Kpi, segment: str) -> str:
    """A segment in its one form, as far as the KPI knows it. Raises DomainError."""
    parts = dimensions.parts_of(segment)
    known = dimensions.dimensions_of([kpi.id]).get(kpi.id, ())
    return dimensions.segment_of(dimensions.known_parts(parts, known))


def party(target: Target) -> str:
    """Whose target it is: the team's name, or "Company"."""
    return target.team.shown_name if target.team else _("Company")


def aimed_at(target: Target) -> str:
    """What it speaks of: the segment in words, or "all customers"."""
    return segments.in_words(target.segment) or _("all customers")


def _in_force(kpi: Kpi, segment: str, team_id: int | None) -> Target | None:
    same = Target.team_id.is_(None) if team_id is None else Target.team_id == team_id
    query = select(Target).where(Target.kpi_id == kpi.id, Target.segment == segment, same)
    return db.session.scalars(query.order_by(Target.id.desc()).limit(1)).first()

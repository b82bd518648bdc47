"""Telling what became of it: once, everybody who contributed hears what a KPI was and what it is.

Of an action it is told when the measurement arrives that completes the usual window after the day,
of a proof of concept when it is scaled or stopped and the last periods are measured, not before:
who looks anew with every period, and stops when the figures please, finds differences that are
none. Nobody is told across visibility: of a KPI hear only those who see it, and notices leave out
whoever does not see the action or project.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.actions import occasions
from cxwiki.actions.models import Action, ActionInsight, ActionKpi, Status, ToldEffect
from cxwiki.actions.occasions import Occasion
from cxwiki.database import command, db, utcnow
from cxwiki.discussion.models import Watch
from cxwiki.events import Event, after, record
from cxwiki.insights.contributing import contributors
from cxwiki.kpis import effects
from cxwiki.kpis.effects import Effect
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project, ProjectInsight, ProjectKpi, Stage
from cxwiki.subjects import Subject

SHOWN = "effect.shown"
NEWS = timedelta(days=30)


@after("measurement.recorded", batch=200)
def tell_effects(happened: Sequence[Event]) -> None:
    """Look whether the measurements that arrived complete anything."""
    tell({event.subject_id for event in happened if event.subject_id is not None})


@after("project.decided", batch=50)
def tell_decided(happened: Sequence[Event]) -> None:
    """Look at the KPIs of proofs of concept that were decided on: most were measured before."""
    ids = {event.subject_id for event in happened}
    tell(db.session.scalars(select(ProjectKpi.kpi_id).where(ProjectKpi.project_id.in_(ids))).all())


@command
def tell(kpi_ids: Iterable[int]) -> None:
    """Record the effects that the latest measurements of these KPIs complete."""
    kpis = db.session.scalars(
        select(Kpi).where(Kpi.id.in_(set(kpi_ids)), Kpi.archived_at.is_(None)).order_by(Kpi.id)
    )
    for kpi in kpis:
        waiting = _untold(kpi)
        looked_at = effects.many(
            [(kpi, occasion.day, occasion.until) for _subject, occasion in waiting]
        )
        for (subject, _occasion), effect in zip(waiting, looked_at, strict=True):
            if is_complete(effect) and is_news(effect):
                db.session.add(ToldEffect(subject_id=subject.id, kpi_id=kpi.id))
                record(SHOWN, subject, kpi_id=kpi.id, state=effect.state)


def is_complete(effect: Effect) -> bool:
    """Whether both sides can be told and the usual window after the day is full."""
    return effect.is_told and len(effect.windows.after) == effect.windows.wanted_after


def is_news(effect: Effect) -> bool:
    """Whether it was measured or decided lately; old stories rest."""
    until, since = effect.windows.until, utcnow() - NEWS
    if until is not None and until >= since.date():
        return True
    return any(one.recorded_at >= since for one in effect.windows.after)


def _untold(kpi: Kpi) -> list[tuple[Subject, Occasion]]:
    """The done actions and decided proofs of concept that aim at the KPI and were not told of."""
    told = select(ToldEffect.subject_id).where(ToldEffect.kpi_id == kpi.id)
    actions = db.session.scalars(
        select(Action)
        .join(ActionKpi, ActionKpi.action_id == Action.id)
        .where(
            ActionKpi.kpi_id == kpi.id,
            Action.status == Status.DONE,
            Action.archived_at.is_(None),
            Action.id.not_in(told),
        )
    ).all()
    projects = db.session.scalars(
        select(Project)
        .join(ProjectKpi, ProjectKpi.project_id == Project.id)
        .where(
            ProjectKpi.kpi_id == kpi.id,
            Project.is_poc,
            Project.stage.in_([Stage.SCALED, Stage.STOPPED]),
            Project.archived_at.is_(None),
            Project.id.not_in(told),
        )
    ).all()
    subjects: list[Subject] = [*actions, *projects]
    found = ((subject, occasions.of(subject)) for subject in subjects)
    return [(subject, occasion) for subject, occasion in found if occasion is not None]


def people_of(event: Event) -> set[int]:
    """Whoever contributed or voted, owns or watches, and sees the KPI."""
    kpi = db.session.get(Kpi, event.data["kpi_id"])
    subject = event.subject
    if kpi is None or subject is None:
        return set()
    origins = contributors(_origins(subject))
    concerned = {one for some in origins.values() for one in some} | _close_to(subject)
    query = select(User).where(User.id.in_(concerned), User.active)
    people = db.session.scalars(query.options(selectinload(User.memberships)))
    return {person.id for person in people if access.sees(person, kpi)}


def _origins(subject: Subject) -> set[int]:
    """The insights behind an action, or behind a project and its actions."""
    if isinstance(subject, Action):
        query = select(ActionInsight.insight_id).where(ActionInsight.action_id == subject.id)
        return set(db.session.scalars(query))
    of_actions = (
        select(ActionInsight.insight_id)
        .join(Action, Action.id == ActionInsight.action_id)
        .where(Action.project_id == subject.id)
    )
    served = select(ProjectInsight.insight_id).where(ProjectInsight.project_id == subject.id)
    return {*db.session.scalars(of_actions), *db.session.scalars(served)}


def _close_to(subject: Subject) -> set[int]:
    """The owner of an action, lead and sponsor of a project, and who watches either."""
    watching = select(Watch.user_id).where(Watch.subject_id == subject.id, Watch.muted.is_(False))
    people: set[int | None] = {*db.session.scalars(watching)}
    if isinstance(subject, Action):
        people.add(subject.owner_id)
    elif isinstance(subject, Project):
        people |= {subject.lead_id, subject.sponsor_id}
    muted = select(Watch.user_id).where(Watch.subject_id == subject.id, Watch.muted)
    return {person for person in people if person is not None} - set(db.session.scalars(muted))


def in_words(_event: Event) -> str:
    """What happened, without the KPI's name: who reads a history may not see it."""
    return _("shows what was measured before and after")

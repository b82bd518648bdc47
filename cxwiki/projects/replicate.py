"""A scaled proof of concept becomes the template for other teams, with what was learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from cxwiki import access, richtext
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.i18n import settings
from cxwiki.projects import criteria, links, milestones, risks, service
from cxwiki.projects.models import Project, Stage
from cxwiki.projects.risks import RiskDraft
from cxwiki.projects.service import ProjectDraft
from cxwiki.subjects import Visibility

PARTS = ("criteria", "milestones", "risks")


@dataclass(frozen=True)
class ReplicaDraft:
    """What is different in the other team, and which parts of the plan it takes over."""

    title: str
    lead_id: int | None = None
    sponsor_id: int | None = None
    touchpoint: str = ""
    starts_on: date | None = None
    take: Sequence[str] = PARTS


def can_be_template(project: Project) -> bool:
    """Whether it has proven itself: a proof of concept that was scaled."""
    return project.is_poc and project.stage == Stage.SCALED


@command
def learn(project: Project, text: str, by: User) -> None:
    """Write down what was learned; it goes along with every replica."""
    text = richtext.clean(text).strip()
    richtext.check_length(text, settings().max_text, "learned")
    if text != project.learned:
        project.learned = text
        project.touch()
        record("project.learned", project, by=by)


@command
def replicate(project: Project, draft: ReplicaDraft, team: Team, by: User) -> Project:
    """Begin the same in another team, as an idea that has its own gates to pass.

    Raises DomainError unless the original was scaled and says what was learned.
    """
    if not can_be_template(project):
        raise DomainError(_("Only a proof of concept that was scaled is a template for others."))
    if not project.learned:
        raise DomainError(_("Write down first what was learned: others begin with that."))
    if project.visibility == Visibility.TEAM and team.id != project.team_id:
        raise DomainError(_("Others do not see this project. Let the whole company see it first."))
    replica = service.create_project(_described(project, draft, team), team, by)
    replica.replicates_id = project.id
    for kind in ("theme", "kpi"):
        for end in links.ends_of(project, kind, by):
            links.link(replica, end, by)
    if "criteria" in draft.take:
        _take_criteria(project, replica, by)
    if "milestones" in draft.take:
        _take_milestones(project, replica, by)
    if "risks" in draft.take:
        _take_risks(project, replica, by)
    project.touch()
    record("project.replicated", project, by=by, replica_id=replica.id)
    return replica


def original_of(project: Project, person: Any) -> Project | None:
    """The proof of concept that this one was made from, if the person sees it."""
    original = db.session.get(Project, project.replicates_id) if project.replicates_id else None
    return original if original and access.sees(person, original) else None


def replicas_of(project: Project, person: Any) -> Sequence[Project]:
    """What was made from this one, of what the person sees, the first one first."""
    query = access.visible(Project, person).where(Project.replicates_id == project.id)
    return db.session.scalars(query.order_by(Project.id)).all()


def _described(project: Project, draft: ReplicaDraft, team: Team) -> ProjectDraft:
    return ProjectDraft(
        title=draft.title,
        purpose=project.purpose,
        is_poc=True,
        hypothesis=project.hypothesis,
        idea=project.idea,
        audience=project.audience,
        outcome=project.outcome,
        measure=project.measure,
        pilot_team_id=team.id,
        touchpoint=draft.touchpoint or project.touchpoint,
        pilot_weeks=project.pilot_weeks,
        lead_id=draft.lead_id,
        sponsor_id=draft.sponsor_id,
        starts_on=draft.starts_on,
        visibility=project.visibility,
    )


def _take_criteria(project: Project, replica: Project, by: User) -> None:
    for one in project.criteria:
        if one.kpi is None or access.sees(by, one.kpi):
            criteria.add_criterion(
                replica,
                one.text,
                by,
                kpi=one.kpi,
                comparison=one.comparison,
                threshold=one.threshold,
                minimum_n=one.minimum_n,
            )


def _take_milestones(project: Project, replica: Project, by: User) -> None:
    """Plan the same, as many days after the start as in the original."""
    if project.starts_on is None or replica.starts_on is None:
        return
    later: timedelta = replica.starts_on - project.starts_on
    for one in list(project.milestones):
        milestones.plan(replica, one.title, one.due_on + later, by)


def _take_risks(project: Project, replica: Project, by: User) -> None:
    for one in list(project.risks):
        if one.closed_at is None:
            risks.name_risk(
                replica, RiskDraft(one.text, one.likelihood, one.damage, one.answer), by
            )

"""What a project plans, spends, fears and tells over HTTP."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.accounts.naming import person_with, team_to_post_for
from cxwiki.apibase.wire import Paging
from cxwiki.database import command
from cxwiki.projects import budget, milestones, replicate, resolutions, risks, updates
from cxwiki.projects.api import bp
from cxwiki.projects.models import Milestone, Project, Risk, Update
from cxwiki.projects.part_schemas import (
    BudgetIn,
    MilestoneChange,
    MilestoneIn,
    MilestoneOut,
    ProjectWithLinks,
    ReplicaIn,
    ResolutionIn,
    ResolutionOut,
    RiskChange,
    RiskIn,
    RiskOut,
    UpdateIn,
    UpdateList,
    UpdateOut,
    milestone_shown,
    resolution_shown,
    risk_shown,
    shown_with_links,
    updates_shown,
)
from cxwiki.projects.replicate import ReplicaDraft


@bp.get("/<int:subject_id>/updates")
@access.requires("view")
@bp.input(Paging, location="query", arg_name="query")
@bp.output(UpdateList)
def list_updates(subject_id: int, query: Paging) -> dict[str, Any]:
    """List the updates of a project, the latest first."""
    project = access.load(Project, subject_id, "view")
    page = paging.paginate(updates.query(project), Update, query.page, query.per_page)
    return apibase.listed(page, updates_shown(page.items))


@bp.post("/<int:subject_id>/updates")
@access.requires("project.report")
@bp.input(UpdateIn, arg_name="body")
@bp.output(UpdateOut, 201)
def post_update(subject_id: int, body: UpdateIn) -> tuple[UpdateOut, int]:
    """Tell how it goes."""
    project = access.load(Project, subject_id, "project.report")
    told = updates.post(project, body.light, body.text, current_user)
    return updates_shown([told])[0], 201


@bp.post("/<int:subject_id>/milestones")
@access.requires("project.edit")
@bp.input(MilestoneIn, arg_name="body")
@bp.output(MilestoneOut, 201)
def plan_milestone(subject_id: int, body: MilestoneIn) -> tuple[MilestoneOut, int]:
    """Plan a milestone."""
    project = access.load(Project, subject_id, "project.edit")
    return milestone_shown(_plan(project, body)), 201


@bp.patch("/<int:subject_id>/milestones/<int:milestone_id>")
@access.requires("project.edit")
@bp.input(MilestoneChange, arg_name="body")
@bp.output(MilestoneOut)
def change_milestone(subject_id: int, milestone_id: int, body: MilestoneChange) -> MilestoneOut:
    """Move a milestone, or say that it is reached."""
    project = access.load(Project, subject_id, "project.edit")
    apibase.check_unchanged(project)
    found = next((one for one in project.milestones if one.id == milestone_id), None) or abort(404)
    _move(project, found, body)
    return milestone_shown(found)


@bp.post("/<int:subject_id>/risks")
@access.requires("project.report")
@bp.input(RiskIn, arg_name="body")
@bp.output(RiskOut, 201)
def name_risk(subject_id: int, body: RiskIn) -> tuple[RiskOut, int]:
    """Write down what could go wrong."""
    project = access.load(Project, subject_id, "project.report")
    return risk_shown(risks.name_risk(project, body.draft(), current_user)), 201


@bp.patch("/<int:subject_id>/risks/<int:risk_id>")
@access.requires("project.report")
@bp.input(RiskChange, arg_name="body")
@bp.output(RiskOut)
def change_risk(subject_id: int, risk_id: int, body: RiskChange) -> RiskOut:
    """Judge a risk anew, close it or open it again."""
    project = access.load(Project, subject_id, "project.report")
    apibase.check_unchanged(project)
    found = next((one for one in project.risks if one.id == risk_id), None) or abort(404)
    _judge(project, found, body)
    return risk_shown(found)


@bp.post("/<int:subject_id>/resolutions")
@access.requires("project.edit")
@bp.input(ResolutionIn, arg_name="body")
@bp.output(ResolutionOut, 201)
def write_resolution(subject_id: int, body: ResolutionIn) -> tuple[ResolutionOut, int]:
    """Write down what the people of the project decided."""
    project = access.load(Project, subject_id, "project.edit")
    written = resolutions.write_down(
        project, body.text, current_user, reason=body.reason, decided_on=body.decided_on
    )
    return resolution_shown(written), 201


@bp.post("/<int:subject_id>/budget")
@access.requires("project.edit")
@bp.input(BudgetIn, arg_name="body")
@bp.output(ProjectWithLinks, 201)
def enter_budget(subject_id: int, body: BudgetIn) -> tuple[ProjectWithLinks, int]:
    """Enter money that is planned, committed or spent."""
    project = access.load(Project, subject_id, "project.edit")
    budget.enter(
        project,
        body.kind,
        body.amount,
        body.dated_on,
        current_user,
        currency=body.currency,
        note=body.note,
    )
    return shown_with_links(project, current_user), 201


@bp.post("/<int:subject_id>/replicas")
@access.requires("project.create")
@bp.input(ReplicaIn, arg_name="body")
@bp.output(ProjectWithLinks, 201)
def replicate_project(subject_id: int, body: ReplicaIn) -> tuple[ProjectWithLinks, int]:
    """Begin in another team what was scaled."""
    project = access.load(Project, subject_id, "view")
    lead = person_with(body.lead_email, "lead_email")
    sponsor = person_with(body.sponsor_email, "sponsor_email")
    draft = ReplicaDraft(
        body.title,
        lead.id if lead else None,
        sponsor.id if sponsor else None,
        body.touchpoint,
        body.starts_on,
        tuple(body.take),
    )
    team = team_to_post_for(body.team, current_user)
    replica = replicate.replicate(project, draft, team, current_user)
    return shown_with_links(replica, current_user), 201


@command
def _plan(project: Project, body: MilestoneIn) -> Milestone:
    planned = milestones.plan(project, body.title, body.due_on, current_user)
    if body.done_on is not None:
        milestones.reach(project, planned, current_user, body.done_on)
    return planned


@command
def _move(project: Project, found: Milestone, body: MilestoneChange) -> None:
    sent = body.model_fields_set
    if sent & {"title", "due_on"}:
        title = body.title if "title" in sent else found.title
        due_on = body.due_on if "due_on" in sent else found.due_on
        milestones.edit(project, found, title, due_on, current_user)
    if "done_on" in sent and body.done_on != found.done_on:
        milestones.reopen(project, found, current_user)
        if body.done_on is not None:
            milestones.reach(project, found, current_user, body.done_on)


@command
def _judge(project: Project, found: Risk, body: RiskChange) -> None:
    sent = body.model_fields_set
    if sent - {"closed"}:
        risks.edit(project, found, body.draft(found), current_user)
    if "closed" in sent:
        (risks.close if body.closed else risks.reopen)(project, found, current_user)

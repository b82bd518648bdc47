"""Projects over HTTP."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.accounts.naming import team_to_post_for
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.projects import links, listing, replicate, service
from cxwiki.projects.models import Project
from cxwiki.projects.part_schemas import ProjectWithLinks, shown_with_links
from cxwiki.projects.schemas import ProjectChange, ProjectIn, ProjectList, ProjectQuery, shown
from cxwiki.subjects import Subject

bp = apibase.blueprint(
    "projects",
    "Running work that actions belong to, and proofs of concept",
    fields={
        "lead": "lead_email",
        "sponsor": "sponsor_email",
        "owner": "owner_email",
        "kpi": "kpi_id",
    },
)


@bp.get("")
@access.requires("view")
@bp.input(ProjectQuery, location="query", arg_name="query")
@bp.output(ProjectList)
def index(query: ProjectQuery) -> dict[str, Any]:
    """List projects."""
    found = listing.query(query.filters())
    page = paging.paginate(found, Project, query.page, query.per_page)
    return apibase.listed(page, shown(page.items))


@bp.post("")
@access.requires("project.create")
@bp.input(ProjectIn, arg_name="body")
@bp.output(ProjectWithLinks, 201)
def create(body: ProjectIn) -> apibase.Answer:
    """Begin a project."""
    source = body.source or ("api" if body.external_id else None)
    project, new = apibase.once(Project, source, body.external_id, lambda: _begin(body, source))
    representation = shown_with_links(project, current_user)
    return apibase.created(project, representation, "projects", new=new)


@bp.get("/<int:subject_id>")
@access.requires("view")
@bp.output(ProjectWithLinks)
def show(subject_id: int) -> apibase.Answer:
    """Read a project with what it is about."""
    project = access.load(Project, subject_id, "view")
    return apibase.one(project, shown_with_links(project, current_user))


@bp.patch("/<int:subject_id>")
@access.requires("project.edit")
@bp.input(ProjectChange, arg_name="body")
@bp.output(ProjectWithLinks)
def update(subject_id: int, body: ProjectChange) -> apibase.Answer:
    """Change a project."""
    project = access.load(Project, subject_id, "project.edit")
    apibase.check_unchanged(project)
    _change(project, body)
    return apibase.one(project, shown_with_links(project, current_user))


@command
def _change(project: Project, body: ProjectChange) -> None:
    team = team_to_post_for(body.team, current_user, project.team)
    service.edit_project(project, body.draft(project), current_user, team=team)
    sent = body.model_fields_set
    if "learned" in sent:
        replicate.learn(project, body.learned, current_user)
    for kind in links.ENDS:
        field = f"{kind}_ids"
        if field in sent:
            _link_only(project, kind, getattr(body, field), field)


def _link_only(project: Project, kind: str, wished: list[int], field: str) -> None:
    """Link these and no others, of what the person sees."""
    for end in links.ends_of(project, kind, current_user):
        if end.id not in wished:
            links.unlink(project, end, current_user)
    for subject_id in wished:
        links.link(project, _seen(kind, subject_id, field), current_user)


def _begin(body: ProjectIn, source: str | None) -> Project:
    project = service.create_project(
        body.draft(),
        team_to_post_for(body.team, current_user),
        current_user,
        source=source,
        external_id=body.external_id,
    )
    for kind in links.ENDS:
        field = f"{kind}_ids"
        for subject_id in getattr(body, field):
            links.link(project, _seen(kind, subject_id, field), current_user)
    return project


def _seen(kind: str, subject_id: int, field: str) -> Subject:
    """Load what is linked; what one does not see cannot be told from what does not exist."""
    subject = db.session.get(links.ENDS[kind][0], subject_id)
    if subject is None or not access.sees(current_user, subject):
        raise DomainError(_("There is no such entry: %(number)s.", number=subject_id), field)
    return subject

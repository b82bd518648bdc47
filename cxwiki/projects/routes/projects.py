"""Projects: the list, beginning, the page, editing, putting away."""

from __future__ import annotations

from flask import flash, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.errors import Conflict, DomainError
from cxwiki.projects import budget, listing, progress, service, updates
from cxwiki.projects.forms import FilterForm, ProjectForm
from cxwiki.projects.models import Project
from cxwiki.projects.page import Sheet
from cxwiki.projects.plan_forms import UpdateForm
from cxwiki.projects.routes.blueprint import Page, bp

PER_PAGE = 30


@bp.get("/")
@access.requires("view")
def index() -> Page:
    """List the projects that the filters in the address choose."""
    filters = listing.read(request.args)
    page = paging.paginate(listing.query(filters), Project, paging.page_number(), PER_PAGE)
    return web.render(
        "projects/index.html",
        page=page,
        filters=filters,
        sentence=listing.in_words(filters),
        form=FilterForm(MultiDict(request.args)),
        money_of=budget.totals_of(page.items),
        progress=progress.progress_of(page.items, current_user),
        updates=updates.latest_of(project.id for project in page.items),
    )


@bp.get("/new")
@access.requires("project.create")
def new() -> Page:
    """Show an empty form."""
    form = ProjectForm(title=request.args.get("title", ""), is_poc=request.args.get("poc") == "1")
    return web.render("projects/new.html", form=form)


@bp.post("/")
@access.requires("project.create")
def create() -> Page:
    """Begin a project."""
    form = ProjectForm()
    if not form.validate():
        return web.render("projects/new.html", 422, form=form)
    try:
        project = service.create_project(form.draft(), form.chosen_team(), current_user)
    except DomainError as error:
        web.show_on(form, error)
        return web.render("projects/new.html", error.status, form=form)
    return web.saved(_("The project is there. Link what it is about."), web.address(project))


@bp.get("/<int:subject_id>")
@bp.get("/<int:subject_id>-<slug>")
@access.requires("view")
def show(subject_id: int, slug: str = "") -> Page:
    """Show one project."""
    project = access.load(Project, subject_id, "view")
    sheet = Sheet.of(project, current_user)
    chart = sheet.chart(request.args.get("kpi", type=int))
    return web.render(
        "projects/show.html",
        project=project,
        sheet=sheet,
        chart=chart,
        update_form=UpdateForm(formdata=None),
    )


@bp.get("/<int:subject_id>/edit")
@access.requires("project.edit")
def edit(subject_id: int) -> Page:
    """Show the form with what the project says now."""
    project = access.load(Project, subject_id, "project.edit")
    return web.render("projects/edit.html", project=project, form=ProjectForm(project=project))


@bp.post("/<int:subject_id>")
@access.requires("project.edit")
def update(subject_id: int) -> Page:
    """Save what the project says."""
    project = access.load(Project, subject_id, "project.edit")
    form = ProjectForm(project=project)
    if not form.validate():
        return web.render("projects/edit.html", 422, project=project, form=form)
    try:
        service.edit_project(
            project,
            form.draft(),
            current_user,
            team=form.chosen_team(),
            based_on=form.based_on.data,
        )
    except Conflict as conflict:
        form.based_on.data = service.state_key(project)
        context = {"conflict": conflict, "saved": service.current_draft(project)}
        return web.render("projects/edit.html", 409, project=project, form=form, **context)
    except DomainError as error:
        web.show_on(form, error)
        return web.render("projects/edit.html", error.status, project=project, form=form)
    return web.saved(_("Saved."), web.address(project))


@bp.route("/<int:subject_id>/archival", methods=["POST", "DELETE"])
@access.requires("project.archive")
def archival(subject_id: int) -> Response:
    """Put a project away, or bring it back."""
    project = access.load(Project, subject_id, "project.archive")
    if request.method == "POST":
        service.archive_project(project, by=current_user)
        flash(_("Archived. You can restore it here."), "info")
    else:
        service.restore_project(project, by=current_user)
        flash(_("Restored."), "good")
    return web.go(web.address(project))

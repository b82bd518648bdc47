"""Pages of projects."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cxwiki import access, i18n, paging, web
from cxwiki.errors import Conflict, DomainError
from cxwiki.projects import (
    budget,
    criteria,
    gates,
    labels,
    links,
    listing,
    progress,
    service,
)
from cxwiki.projects.forms import (
    BudgetForm,
    CriterionForm,
    DecisionForm,
    FilterForm,
    ProjectForm,
)
from cxwiki.projects.models import Project
from cxwiki.projects.page import Sheet
from cxwiki.subjects import Subject

bp = Blueprint("projects", __name__, url_prefix="/projects")
PER_PAGE = 30
Page = Response | tuple[str, int]


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
    return web.render("projects/show.html", project=project, sheet=sheet, chart=chart)


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


@bp.post("/<int:subject_id>/stage")
@access.requires("project.move")
def set_stage(subject_id: int) -> Response:
    """Move a project to its next stage."""
    project = access.load(Project, subject_id, "project.move")
    gates.move(project, request.form.get("stage", ""), by=current_user)
    stage = labels.stage_label(project)
    return web.saved(_("Now: %(stage)s", stage=stage), web.address(project))


@bp.get("/<int:subject_id>/decisions/new")
@access.requires("project.decide")
def new_decision(subject_id: int) -> Page:
    """Ask the sponsor to decide, on what is known."""
    project = access.load(Project, subject_id, "project.decide")
    form = DecisionForm(verdict=request.args.get("verdict"))
    return _ask_decision(project, form, 200 if gates.can_be_decided(project) else 422)


@bp.post("/<int:subject_id>/decisions")
@access.requires("project.decide")
def decide(subject_id: int) -> Page:
    """Record the sponsor's decision."""
    project, form = access.load(Project, subject_id, "project.decide"), DecisionForm()
    if not form.validate():
        return _ask_decision(project, form, 422)
    try:
        gates.decide(project, form.verdict.data, form.note.data or "", by=current_user)
    except DomainError as error:
        web.show_on(form, error)
        return _ask_decision(project, form, error.status)
    return web.saved(_("Your decision is recorded."), web.address(project))


@bp.get("/<int:subject_id>/criteria/new")
@access.requires("project.edit")
def new_criterion(subject_id: int) -> Page:
    """Ask what must be true for a success."""
    project = access.load(Project, subject_id, "project.edit")
    return web.render("projects/criterion.html", project=project, form=CriterionForm())


@bp.post("/<int:subject_id>/criteria")
@access.requires("project.edit")
def add_criterion(subject_id: int) -> Page:
    """Add a success criterion."""
    project, form = access.load(Project, subject_id, "project.edit"), CriterionForm()
    if not form.validate():
        return web.render("projects/criterion.html", 422, project=project, form=form)
    try:
        criteria.add_criterion(
            project,
            form.text.data or "",
            current_user,
            kpi=form.chosen_kpi(),
            comparison=form.comparison.data,
            threshold=form.threshold.data,
            minimum_n=form.minimum_n.data,
        )
    except DomainError as error:
        web.show_on(form, error)
        return web.render("projects/criterion.html", error.status, project=project, form=form)
    return web.saved(_("Added."), web.address(project, _anchor="criteria"))


@bp.delete("/<int:subject_id>/criteria/<int:criterion_id>")
@access.requires("project.edit")
def remove_criterion(subject_id: int, criterion_id: int) -> Response:
    """Take a criterion away."""
    project = access.load(Project, subject_id, "project.edit")
    found = next((one for one in project.criteria if one.id == criterion_id), None) or abort(404)
    criteria.remove_criterion(project, found, by=current_user)
    flash(_("The criterion was removed."), "good")
    return web.go(web.address(project, _anchor="criteria"))


@bp.get("/<int:subject_id>/budget/new")
@access.requires("project.edit")
def new_budget_entry(subject_id: int) -> Page:
    """Ask for money that is planned, committed or spent."""
    project = access.load(Project, subject_id, "project.edit")
    used = project.budget[-1].currency if project.budget else budget.USUAL_CURRENCY
    form = BudgetForm(kind=request.args.get("kind"), currency=used)
    return web.render("projects/budget.html", project=project, form=form)


@bp.post("/<int:subject_id>/budget")
@access.requires("project.edit")
def enter_budget(subject_id: int) -> Page:
    """Enter money."""
    project, form = access.load(Project, subject_id, "project.edit"), BudgetForm()
    if not form.validate():
        return web.render("projects/budget.html", 422, project=project, form=form)
    try:
        budget.enter(
            project,
            form.kind.data,
            form.amount.data or Decimal(0),
            form.dated_on.data or i18n.today(),
            current_user,
            currency=form.currency.data or "",
            note=form.note.data or "",
        )
    except DomainError as error:
        web.show_on(form, error)
        return web.render("projects/budget.html", error.status, project=project, form=form)
    return web.saved(_("Entered."), web.address(project, _anchor="budget"))


@bp.get("/<int:subject_id>/links/new")
@access.requires("project.edit")
def new_link(subject_id: int) -> Page:
    """Offer what could be linked, by words of its title."""
    project = access.load(Project, subject_id, "project.edit")
    kind = request.args.get("type", "insight")
    kind = kind if kind in links.ENDS else "insight"
    words = request.args.get("q", "")[:200]
    return web.render(
        "projects/link.html",
        project=project,
        kind=kind,
        words=words,
        linked=links.ends_of(project, kind, current_user),
        offered=links.offered(project, kind, words, current_user),
    )


@bp.get("/links/new")
@access.requires("project.edit")
def choose_project() -> Page:
    """Ask which project a given insight, theme or KPI belongs to."""
    end = access.load(Subject, request.args.get("subject", 0, type=int), "view")
    projects = links.editable_projects(current_user)
    return web.render("projects/choose.html", end=end, projects=projects)


@bp.post("/<int:subject_id>/links")
@access.requires("project.edit")
def link(subject_id: int) -> Response:
    """Link an insight, a theme or a KPI."""
    project = access.load(Project, subject_id, "project.edit")
    end = access.load(Subject, request.form.get("subject_id", 0, type=int), "view")
    links.link(project, end, by=current_user)
    to = web.safe_next(web.address(project))
    return web.saved(_("Linked: %(title)s", title=end.title), to)


@bp.delete("/<int:subject_id>/links/<int:end_id>")
@access.requires("project.edit")
def unlink(subject_id: int, end_id: int) -> Response:
    """Take a link away."""
    project = access.load(Project, subject_id, "project.edit")
    end = access.load(Subject, end_id, "view")
    if end.type not in links.ENDS:
        abort(404)
    links.unlink(project, end, by=current_user)
    flash(_("The link was removed. Nothing else changed."), "good")
    return web.go(web.address(project))


def _ask_decision(project: Project, form: DecisionForm, status: int) -> Page:
    context: dict[str, Any] = {"project": project, "form": form}
    context |= {"sheet": Sheet.of(project, current_user), "ready": gates.can_be_decided(project)}
    return web.render("projects/decision.html", status, **context)

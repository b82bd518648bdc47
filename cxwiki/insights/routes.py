"""Pages of insights."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cxwiki import access, i18n, paging, web
from cxwiki.attachments.service import receive_upload
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.extensions import export_limit
from cxwiki.insights import exporting, listing, merging, service, texts, voting
from cxwiki.insights.forms import EvidenceForm, FilterForm, InsightForm, StatusForm
from cxwiki.insights.models import Evidence, Insight
from cxwiki.writing import saving

bp = Blueprint("insights", __name__, url_prefix="/insights")
PER_PAGE = 30
Page = Response | tuple[str, int]


@bp.get("/")
@access.requires("view")
def index() -> Page:
    """List the insights that the filters in the address choose."""
    filters = listing.read(request.args)
    page = paging.paginate(listing.query(filters), Insight, paging.page_number(), PER_PAGE)
    return web.render(
        "insights/index.html",
        page=page,
        filters=filters,
        chosen=listing.chosen(request.args),
        sentence=listing.in_words(filters),
        form=FilterForm(MultiDict(request.args)),
        reached=voting.reached_teams(page.items),
    )


@bp.get("/export.csv")
@export_limit
@access.requires("view")
def export_csv() -> Response:
    """Hand over what the list shows, on all its pages, as CSV."""
    return _export("csv")


@bp.get("/export.xlsx")
@export_limit
@access.requires("view")
def export_workbook() -> Response:
    """Hand over what the list shows, on all its pages, as a workbook."""
    return _export("xlsx")


@bp.get("/new")
@access.requires("insight.create")
def new() -> Page:
    """Show an empty form, filled with what the address brings along."""
    return web.render("insights/new.html", form=InsightForm.from_address(request.args))


@bp.post("/")
@access.requires("insight.create")
def create() -> Page:
    """Publish."""
    form = InsightForm()
    if not form.validate():
        return web.render("insights/new.html", 422, form=form)
    try:
        insight = service.publish_with_quote(
            form.draft(), form.chosen_team(), current_user, form.quote.data, form.quote_source.data
        )
    except DomainError as error:
        web.show_on(form, error)
        return web.render("insights/new.html", error.status, form=form)
    return web.saved(_("Published. Thank you for sharing."), web.address(insight))


@bp.get("/<int:subject_id>")
@bp.get("/<int:subject_id>-<slug>")
@access.requires("view")
def show(subject_id: int, slug: str = "") -> Page:
    """Show one insight; the address of a merged one leads to what it is part of now."""
    insight = access.load(Insight, subject_id, "view")
    survivor = merging.survivor_of(insight, current_user)
    if survivor is not None and not request.args.get("alone"):
        return redirect(web.address(survivor, **{"from": insight.id}))
    came_from = access.number_in(request.args.get("from", ""))
    return web.render(
        "insights/show.html",
        **_voted(insight),
        survivor=survivor,
        merger=merging.merge_between(came_from, insight, current_user),
    )


@bp.get("/<int:subject_id>/edit")
@access.requires("insight.edit")
def edit(subject_id: int) -> Page:
    """Show the form with what the insight says now."""
    insight = access.load(Insight, subject_id, "insight.edit")
    return web.render("insights/edit.html", insight=insight, form=InsightForm(insight=insight))


@bp.post("/<int:subject_id>")
@access.requires("insight.edit")
def update(subject_id: int) -> Page:
    """Save a revision; what others saved meanwhile is merged, or shown beside it to choose from."""
    insight = access.load(Insight, subject_id, "insight.edit")
    form = InsightForm(insight=insight)
    if not form.validate():
        return web.render("insights/edit.html", 422, insight=insight, form=form)
    try:
        mine = texts.written(form.draft(), form.chosen_team())
        return saving.answer(insight, mine, form.based_on.data or 0, form.comment.data or "")
    except DomainError as error:
        web.show_on(form, error)
        return web.render("insights/edit.html", error.status, insight=insight, form=form)


@bp.get("/<int:subject_id>/revisions")
@bp.get("/<int:subject_id>/revisions/<int:number>")
@access.requires("view")
def revisions(subject_id: int, number: int | None = None) -> Response:
    """Lead to where the history of any text is shown now."""
    insight = access.load(Insight, subject_id, "view")
    endpoint = "history.index" if number is None else "history.show"
    return redirect(url_for(endpoint, subject_id=insight.id, number=number), 301)


@bp.route("/<int:subject_id>/vote", methods=["POST", "DELETE"])
@access.requires("insight.vote")
def vote(subject_id: int) -> Response:
    """Say that it affects one's team too, or take that back."""
    subject_id = merging.at_address(subject_id, current_user)
    insight = access.load(Insight, subject_id, "insight.vote")
    act = voting.cast if request.method == "POST" else voting.withdraw
    act(insight, by=current_user)
    parts = ("insights/_vote_button.html", "insights/_vote.html", "discussion/_watch.html")
    return web.fragments(*parts, to=web.address(insight), subject=insight, **_voted(insight))


@bp.get("/<int:subject_id>/status")
@access.requires("insight.edit")
def ask_status(subject_id: int) -> Page:
    """Ask what became of it, and why."""
    insight = access.load(Insight, subject_id, "insight.edit")
    form = StatusForm(status=request.args.get("to", insight.status), reason=insight.status_reason)
    return web.render("insights/status.html", insight=insight, form=form)


@bp.post("/<int:subject_id>/status")
@access.requires("insight.edit")
def set_status(subject_id: int) -> Page:
    """Save what became of it."""
    insight = access.load(Insight, subject_id, "insight.edit")
    form = StatusForm()
    try:
        if not form.validate():
            return web.render("insights/status.html", 422, insight=insight, form=form)
        service.set_status(insight, form.status.data, current_user, form.reason.data or "")
    except DomainError as error:
        web.show_on(form, error)
        return web.render("insights/status.html", error.status, insight=insight, form=form)
    return web.saved(_("Saved."), web.safe_next(web.address(insight)))


@bp.route("/<int:subject_id>/archival", methods=["POST", "DELETE"])
@access.requires("insight.archive")
def archival(subject_id: int) -> Response:
    """Put an insight away, or bring it back."""
    insight = access.load(Insight, subject_id, "insight.archive")
    if request.method == "POST":
        service.archive(insight, by=current_user)
        flash(_("Archived. You can restore it here."), "info")
    else:
        service.restore(insight, by=current_user)
        flash(_("Restored."), "good")
    return web.go(web.address(insight))


@bp.get("/<int:subject_id>/evidence/new")
@access.requires("insight.edit")
def new_evidence(subject_id: int) -> Page:
    """Ask for a customer's words."""
    insight = access.load(Insight, subject_id, "insight.edit")
    return web.render("insights/evidence.html", insight=insight, form=EvidenceForm())


@bp.post("/<int:subject_id>/evidence")
@access.requires("insight.edit")
def add_evidence(subject_id: int) -> Page:
    """Quote a customer."""
    insight, form = access.load(Insight, subject_id, "insight.edit"), EvidenceForm()
    if not form.validate():
        return web.render("insights/evidence.html", 422, insight=insight, form=form)
    source, said_on = form.source.data or "", form.said_on.data
    try:
        file = receive_upload(form.file.data) if form.file.data else None
        service.add_evidence(
            insight, form.text.data or "", current_user, source, said_on, file=file
        )
    except DomainError as error:
        web.show_on(form, error)
        return web.render("insights/evidence.html", error.status, insight=insight, form=form)
    return web.saved(_("Added."), web.address(insight, _anchor="evidence"))


@bp.delete("/<int:subject_id>/evidence/<int:evidence_id>")
@access.requires("insight.edit")
def remove_evidence(subject_id: int, evidence_id: int) -> Response:
    """Take a quote away."""
    insight = access.load(Insight, subject_id, "insight.edit")
    said = db.session.get(Evidence, evidence_id)
    if said is None or said.insight_id != insight.id:
        abort(404)
    service.remove_evidence(said, by=current_user)
    flash(_("The quote was removed."), "good")
    return web.go(web.address(insight, _anchor="evidence"))


def _export(kind: str) -> Response:
    file = exporting.WRITERS[kind](listing.read(request.args), current_user)
    name = f"insights-{i18n.today().isoformat()}.{kind}"
    return send_file(file, exporting.MIMETYPES[kind], as_attachment=True, download_name=name)


def _voted(insight: Insight) -> dict[str, Any]:
    return {
        "insight": insight,
        "teams": voting.voices(insight),
        "voted": voting.has_voted(insight, current_user),
    }

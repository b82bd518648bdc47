"""Pages of insights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cxwiki import access, paging, richtext, web
from cxwiki.database import db
from cxwiki.errors import Conflict, DomainError
from cxwiki.i18n import settings
from cxwiki.insights import listing, service, voting
from cxwiki.insights.forms import EvidenceForm, FilterForm, InsightForm, StatusForm
from cxwiki.insights.models import Evidence, Insight
from cxwiki.search import service as finding
from cxwiki.search.documents import Filters
from cxwiki.search.meaning import duplicates
from cxwiki.search.meaning.duplicates import Likely
from cxwiki.search.service import Found

bp = Blueprint("insights", __name__, url_prefix="/insights")
PER_PAGE = 30
FEWEST_TYPED, MOST_SIMILAR = 5, 5
INSIGHTS = Filters(types=frozenset({"insight"}))
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
        sentence=listing.in_words(filters),
        form=FilterForm(MultiDict(request.args)),
        reached=voting.reached_teams(page.items),
    )


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


@bp.get("/similar")
@access.requires("insight.create")
def similar() -> Page:
    """Show what exists already while somebody types a title."""
    title = request.args.get("title", "").strip()
    found: Sequence[Likely | Found] = []
    if len(title) >= FEWEST_TYPED:
        found = duplicates.likely(title, current_user, MOST_SIMILAR) or [
            *finding.search(title, current_user, INSIGHTS, MOST_SIMILAR).items
        ]
    return web.render("insights/_similar.html", similar=found)


@bp.get("/<int:subject_id>")
@bp.get("/<int:subject_id>-<slug>")
@access.requires("view")
def show(subject_id: int, slug: str = "") -> Page:
    """Show one insight."""
    insight = access.load(Insight, subject_id, "view")
    return web.render("insights/show.html", **_voted(insight))


@bp.get("/<int:subject_id>/edit")
@access.requires("insight.edit")
def edit(subject_id: int) -> Page:
    """Show the form with what the insight says now."""
    insight = access.load(Insight, subject_id, "insight.edit")
    return web.render("insights/edit.html", insight=insight, form=InsightForm(insight=insight))


@bp.post("/<int:subject_id>")
@access.requires("insight.edit")
def update(subject_id: int) -> Page:
    """Save a revision; a stale one is shown beside the newer text."""
    insight = access.load(Insight, subject_id, "insight.edit")
    form = InsightForm(insight=insight)
    if not form.validate():
        return web.render("insights/edit.html", 422, insight=insight, form=form)
    try:
        service.revise(
            insight,
            form.draft(),
            current_user,
            based_on=form.based_on.data or 0,
            comment=form.comment.data or "",
            team=form.chosen_team(),
        )
    except Conflict as conflict:
        form.based_on.raw_data = None
        form.based_on.data = insight.revision_number
        return web.render(
            "insights/conflict.html", 409, insight=insight, form=form, conflict=conflict
        )
    except DomainError as error:
        web.show_on(form, error)
        return web.render("insights/edit.html", error.status, insight=insight, form=form)
    return web.saved(_("Saved."), web.address(insight))


@bp.post("/preview")
@access.requires("insight.create")
def preview() -> Page:
    """Render Markdown as it will look: a fragment, or a page of its own without JavaScript."""
    html = richtext.to_html(request.form.get("body", "")[: settings().max_text])
    part = "_preview" if request.htmx else "preview"  # type: ignore[attr-defined]
    return web.render(f"insights/{part}.html", html=html)


@bp.get("/<int:subject_id>/revisions")
@access.requires("view")
def revisions(subject_id: int) -> Page:
    """List all saved states."""
    insight = access.load(Insight, subject_id, "view")
    return web.render(
        "insights/revisions.html", insight=insight, revisions=service.revisions_of(insight)
    )


@bp.get("/<int:subject_id>/revisions/<int:number>")
@access.requires("view")
def revision(subject_id: int, number: int) -> Page:
    """Show one saved state."""
    insight = access.load(Insight, subject_id, "view")
    saved = service.revision(insight, number) or abort(404)
    return web.render("insights/revision.html", insight=insight, revision=saved)


@bp.route("/<int:subject_id>/vote", methods=["POST", "DELETE"])
@access.requires("insight.vote")
def vote(subject_id: int) -> Response:
    """Say that it affects one's team too, or take that back."""
    insight = access.load(Insight, subject_id, "insight.vote")
    act = voting.cast if request.method == "POST" else voting.withdraw
    act(insight, by=current_user)
    return web.fragments("insights/_vote.html", to=web.address(insight), **_voted(insight))


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
    service.add_evidence(
        insight, form.text.data or "", current_user, form.source.data or "", form.said_on.data
    )
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


def _voted(insight: Insight) -> dict[str, Any]:
    return {
        "insight": insight,
        "teams": voting.voices(insight),
        "voted": voting.has_voted(insight, current_user),
    }

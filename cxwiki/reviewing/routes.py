"""Pages of reviews."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.reviewing import leaving, listing, presenting, reviewable, service
from cxwiki.reviewing.forms import DoubtForm, FilterForm, HandOverForm, PlanForm, VerificationForm
from cxwiki.reviewing.leaving import Report
from cxwiki.reviewing.models import Review
from cxwiki.subjects import Subject

bp = Blueprint("reviewing", __name__, url_prefix="/reviews")
PER_PAGE = 50
Page = Response | tuple[str, int]


@bp.get("/")
@access.requires("view")
def index() -> Page:
    """List the reviewed pages that the filters in the address choose."""
    return _list()


@bp.post("/handovers")
@access.requires("review.hand_over")
def hand_over() -> Page:
    """Give the chosen pages to another owner."""
    form = HandOverForm()
    owner = form.chosen_owner() if form.validate() else None
    numbers = [access.number_in(number) or 0 for number in request.form.getlist("page")]
    try:
        if owner is None:
            raise DomainError(_("Choose the new owner."), "owner")
        report = leaving.hand_over(numbers, owner, current_user)
    except DomainError as error:
        web.show_on(form, error)
        return _list(error.status, hand_over=form, chosen=numbers)
    if report.refused:
        left = [refusal.subject_id for refusal in report.refused]
        return _list(422, hand_over=form, report=report, chosen=left)
    count = len(report.handed)
    told = ngettext("%(num)s page handed over.", "%(num)s pages handed over.", count)
    return web.saved(told, web.safe_next(url_for("reviewing.index")))


@bp.get("/<int:subject_id>")
@access.requires("view")
def show(subject_id: int) -> Page:
    """Show who looks after a page, who said that it is true, and what one can do about it."""
    return _show(_reviewed(subject_id, "view"))


@bp.post("/<int:subject_id>")
@access.requires("review.edit")
def plan(subject_id: int) -> Page:
    """Save who looks after a page, and how often."""
    subject = _reviewed(subject_id, "review.edit")
    form = PlanForm(review=_review(subject))
    if not form.validate():
        return _show(subject, 422, plan=form)
    changes_interval = (form.months.data or None) != form.months.object_data
    same_day = form.review_on.data == form.review_on.object_data
    try:
        service.plan(
            subject,
            form.chosen_owner(),
            form.months.data,
            None if changes_interval and same_day else form.review_on.data,
            current_user,
        )
    except DomainError as error:
        web.show_on(form, error)
        return _show(subject, error.status, plan=form)
    return web.saved(_("Saved."), web.address(subject))


@bp.post("/<int:subject_id>/verifications")
@access.requires("review.edit")
def verify(subject_id: int) -> Page:
    """Say that a page is still true."""
    subject, form = _reviewed(subject_id, "review.edit"), VerificationForm()
    if not form.validate():
        return _show(subject, 422, verification=form)
    service.verify(subject, current_user, form.note.data or "")
    return web.saved(_("Thank you: everybody can rely on it again."), _back(subject))


@bp.post("/<int:subject_id>/doubts")
@access.requires("review.edit")
def doubt(subject_id: int) -> Page:
    """Say that a page is no longer true."""
    subject, form = _reviewed(subject_id, "review.edit"), DoubtForm()
    try:
        if not form.validate():
            return _show(subject, 422, doubt=form)
        service.call_outdated(subject, current_user, form.why.data or "")
    except DomainError as error:
        web.show_on(form, error)
        return _show(subject, error.status, doubt=form)
    return web.saved(_("Thank you. Its owner is told, and readers are warned."), _back(subject))


def _reviewed(subject_id: int, verb: str) -> Subject:
    subject = access.load(Subject, subject_id, verb)
    return subject if reviewable.of(subject) else abort(404)


def _review(subject: Subject) -> Review | None:
    return db.session.get(Review, subject.id)


def _back(subject: Subject) -> str:
    return web.safe_next(web.address(subject))


def _show(subject: Subject, status: int = 200, **forms: Any) -> Page:
    review = _review(subject)
    filled: dict[str, Any] = {
        "plan": PlanForm(formdata=None, review=review),
        "verification": VerificationForm(formdata=None),
        "doubt": DoubtForm(formdata=None),
        **forms,
    }
    return web.render(
        "reviewing/show.html",
        status,
        subject=subject,
        standing=presenting.standing_of(subject),
        verifications=presenting.verifications_of(subject),
        forms=filled,
    )


def _list(
    status: int = 200,
    hand_over: HandOverForm | None = None,
    report: Report | None = None,
    chosen: Any = (),
) -> Page:
    filters = listing.read(request.args)
    page = presenting.page_of(filters, paging.page_number(), PER_PAGE)
    return web.render(
        "reviewing/index.html",
        status,
        page=page,
        rows=presenting.rows_of(page.items),
        filters=filters,
        sentence=listing.in_words(filters),
        form=FilterForm(MultiDict(request.args)),
        hand_over=hand_over or HandOverForm(formdata=None),
        report=report,
        chosen=set(chosen),
    )

"""Reviews over HTTP."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, apibase
from cxwiki.accounts.naming import person_with
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.reviewing import leaving, presenting, reviewable, service
from cxwiki.reviewing.models import Review
from cxwiki.reviewing.schemas import (
    DoubtIn,
    HandOverIn,
    HandOverOut,
    ReviewChange,
    ReviewList,
    ReviewOut,
    ReviewQuery,
    VerificationIn,
    listed,
    reported,
    shown,
)
from cxwiki.subjects import Subject

bp = apibase.blueprint(
    "reviews",
    "Against decay: who looks after a page, and until when it holds",
    fields={"owner": "owner_email"},
)


@bp.get("")
@access.requires("view")
@bp.input(ReviewQuery, location="query", arg_name="query")
@bp.output(ReviewList)
def index(query: ReviewQuery) -> dict[str, Any]:
    """List reviewed pages."""
    page = presenting.page_of(query.filters(), query.page, query.per_page)
    return apibase.listed(page, listed(presenting.rows_of(page.items)))


@bp.get("/<int:subject_id>")
@access.requires("view")
@bp.output(ReviewOut)
def show(subject_id: int) -> ReviewOut:
    """Read how a page stands."""
    return _shown(_reviewed(subject_id, "view"))


@bp.patch("/<int:subject_id>")
@access.requires("review.edit")
@bp.input(ReviewChange, arg_name="body")
@bp.output(ReviewOut)
def update(subject_id: int, body: ReviewChange) -> ReviewOut:
    """Say who looks after a page, and how often."""
    subject = _reviewed(subject_id, "review.edit")
    review, sent = db.session.get(Review, subject.id), body.model_fields_set
    owner = review.owner if review else None
    if "owner_email" in sent:
        owner = person_with(body.owner_email, "owner_email")
    months = body.months if "months" in sent else (review.months if review else None)
    review_on = review.review_on if review and "months" not in sent else None
    if "review_on" in sent:
        review_on = body.review_on
        if months is None:
            raise DomainError(_("Say how often it is reviewed."), "months")
    service.plan(subject, owner, months, review_on, current_user)
    return _shown(subject)


@bp.post("/<int:subject_id>/verifications")
@access.requires("review.edit")
@bp.input(VerificationIn, arg_name="body")
@bp.output(ReviewOut, 201)
def verify(subject_id: int, body: VerificationIn) -> tuple[ReviewOut, int]:
    """Say that a page is still true."""
    subject = _reviewed(subject_id, "review.edit")
    service.verify(subject, current_user, body.note)
    return _shown(subject), 201


@bp.post("/<int:subject_id>/doubts")
@access.requires("review.edit")
@bp.input(DoubtIn, arg_name="body")
@bp.output(ReviewOut, 201)
def doubt(subject_id: int, body: DoubtIn) -> tuple[ReviewOut, int]:
    """Say that a page is no longer true."""
    subject = _reviewed(subject_id, "review.edit")
    service.call_outdated(subject, current_user, body.why)
    return _shown(subject), 201


@bp.post("/handovers")
@access.requires("review.hand_over")
@bp.input(HandOverIn, arg_name="body")
@bp.output(HandOverOut)
def hand_over(body: HandOverIn) -> HandOverOut:
    """Give pages to another owner; each that is refused says why."""
    owner = person_with(body.owner_email, "owner_email")
    if owner is None:
        raise DomainError(_("Choose the new owner."), "owner")
    return reported(leaving.hand_over(body.page_ids, owner, current_user))


def _reviewed(subject_id: int, verb: str) -> Subject:
    subject = access.load(Subject, subject_id, verb)
    return subject if reviewable.of(subject) else abort(404)


def _shown(subject: Subject) -> ReviewOut:
    return shown(subject, db.session.get(Review, subject.id))

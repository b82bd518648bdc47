"""Keeping, listing and throwing away drafts."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, abort, flash, jsonify, url_for
from flask_babel import format_time
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from cxwiki import access, web
from cxwiki.database import db
from cxwiki.subjects import Subject
from cxwiki.writing import drafts, offering, rescuing
from cxwiki.writing.models import Draft

bp = Blueprint("drafts", __name__, url_prefix="/drafts")


@bp.get("/")
@access.requires("text.write")
def index() -> tuple[str, int]:
    """List what one has begun to write."""
    found = drafts.of_person(current_user.id)
    subjects = offering.texts_of(found)
    return web.render(
        "writing/drafts.html",
        drafts=found,
        subjects=subjects,
        title_of=drafts.title_of,
        address_of={draft.id: _address(draft, subjects) for draft in found},
    )


@bp.post("/")
@access.requires("text.write")
def keep() -> Response:
    """Keep what an open form says now."""
    key = offering.note_sent()
    if key is None or key.user_id != current_user.id:
        abort(403)
    if key.subject_id is not None and not _is_there(key.subject_id):
        abort(404)
    draft = drafts.keep(key, offering.values_sent(), offering.based_on_sent())
    at = format_time(draft.updated_at, "short") if draft else None
    return jsonify(kept_at=at, said=_("Draft kept at %(time)s", time=at) if at else "")


@bp.get("/token")
@access.requires("text.write")
def token() -> Response:
    """A new token for a form that outlived its session: its sender is signed in again."""
    return jsonify(csrf_token=generate_csrf())


@bp.delete("/<int:draft_id>")
@access.requires("text.write")
def throw_away(draft_id: int) -> BaseResponse:
    """Forget a draft."""
    draft = drafts.own(current_user.id, draft_id) or abort(404)
    drafts.throw_away(draft)
    flash(_("The draft was thrown away."), "good")
    return web.go(web.safe_next(url_for("drafts.index")))


def _address(draft: Draft, subjects: Mapping[int, Subject]) -> str:
    about = subjects.get(draft.subject_id) if draft.subject_id is not None else None
    return rescuing.address_of(drafts.key_of(draft), draft, about)


def _is_there(subject_id: int) -> bool:
    """Whether the person still sees what they write on."""
    subject = db.session.get(Subject, subject_id)
    return subject is not None and access.sees(current_user, subject)

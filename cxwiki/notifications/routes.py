"""The page of notices."""

from __future__ import annotations

from flask import Blueprint, abort, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.notifications import presenting, service
from cxwiki.notifications.models import Notice

bp = Blueprint("notifications", __name__, url_prefix="/notifications")
PER_PAGE = 40


@bp.get("/")
@access.requires("view")
def index() -> tuple[str, int]:
    """Show what the person was told."""
    page = paging.paginate(service.inbox(current_user), Notice, paging.page_number(), PER_PAGE)
    lines = presenting.lines(page.items, current_user)
    return web.render(
        "notifications/index.html",
        page=page,
        parts=presenting.in_parts(lines),
        latest=service.latest_id(page.items),
        has_unread=any(line.notice.read_at is None for line in lines),
    )


@bp.post("/reading")
@access.requires("view")
def read_all() -> Response:
    """Mark everything as read that was there when the page was shown."""
    service.read_all(current_user, access.number_in(request.form.get("up_to", "")))
    return web.go(url_for("notifications.index"))


@bp.post("/<int:notice_id>/reading/subject")
@access.requires("view")
def read_subject(notice_id: int) -> Response:
    """Mark all that was told of the same subject until then; `next` leads on to it."""
    notice = service.find(current_user, notice_id) or abort(404)
    service.read_about(current_user, notice.event.subject_id, notice.id)
    return web.go(web.safe_next(url_for("notifications.index")))


@bp.route("/<int:notice_id>/reading", methods=["POST", "DELETE"])
@access.requires("view")
def read(notice_id: int) -> Response:
    """Mark one notice as read, or as unread again; `next` leads on to what it is about."""
    notice = service.find(current_user, notice_id) or abort(404)
    service.set_read(notice, read=request.method == "POST")
    return web.go(web.safe_next(url_for("notifications.index")))

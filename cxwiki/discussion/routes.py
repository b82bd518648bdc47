"""Comments and watches on any subject."""

from __future__ import annotations

from flask import Blueprint, abort, flash, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.database import db
from cxwiki.discussion import service
from cxwiki.discussion.forms import CommentForm
from cxwiki.discussion.models import Comment
from cxwiki.subjects import Subject

bp = Blueprint("discussion", __name__)


def show_thread(subject: Subject) -> Markup:
    """Render the comments on a subject, with the form for those who may comment."""
    context = {"subject": subject, "comments": service.comments_of(subject), "form": CommentForm()}
    return Markup(render_template("discussion/_thread.html", **context))  # noqa: S704


@bp.post("/subjects/<int:subject_id>/comments")
@access.requires("comment.create")
def create(subject_id: int) -> Response | tuple[str, int]:
    """Add a comment."""
    subject, form = access.load(Subject, subject_id, "comment.create"), CommentForm()
    if not form.validate():
        return web.render("discussion/comment.html", 422, subject=subject, form=form)
    said = service.comment(subject, form.body.data or "", by=current_user)
    return _thread(subject, anchor=f"comment-{said.id}")


@bp.post("/comments/<int:comment_id>/archival")
@access.requires("comment.archive")
def archive(comment_id: int) -> Response:
    """Take a comment off the page."""
    said = db.session.get(Comment, comment_id)
    if said is None or not access.sees(current_user, said.subject):
        abort(404)
    if not access.can("comment.archive", said):
        abort(403)
    service.archive_comment(said, by=current_user)
    flash(_("The comment was removed."), "good")
    return _thread(said.subject)


@bp.route("/subjects/<int:subject_id>/watch", methods=["POST", "DELETE"])
@access.requires("subject.watch")
def watch(subject_id: int) -> Response:
    """Begin to hear about a subject, or stop."""
    subject = access.load(Subject, subject_id, "subject.watch")
    service.set_watching(subject, current_user, watching=request.method == "POST")
    return web.fragments("discussion/_watch.html", to=web.address(subject), subject=subject)


def _thread(subject: Subject, anchor: str = "comments") -> Response:
    return web.fragments(
        "discussion/_thread.html",
        to=web.address(subject, _anchor=anchor),
        subject=subject,
        comments=service.comments_of(subject),
        form=CommentForm(formdata=None),
    )

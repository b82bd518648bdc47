"""Comments and watches on any subject."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.database import db
from cxwiki.discussion import policy, service, threads
from cxwiki.discussion.forms import AnswerForm, CommentForm, WordsForm
from cxwiki.discussion.models import Comment
from cxwiki.errors import DomainError
from cxwiki.linking.showing import shown_texts
from cxwiki.subjects import Subject
from cxwiki.writing import drafts

bp = Blueprint("discussion", __name__)
Page = Response | tuple[str, int]


def show_thread(subject: Subject) -> Markup:
    """Render the comments on a subject, with the form for those who may comment."""
    page = render_template(
        "discussion/_thread.html", **_context(subject, CommentForm(current_user))
    )
    return Markup(page)  # noqa: S704


@bp.post("/subjects/<int:subject_id>/comments")
@access.requires("comment.create")
def create(subject_id: int) -> Page:
    """Add a comment."""
    subject = access.load(Subject, subject_id, "comment.create")
    form = CommentForm(current_user)
    if not form.validate():
        return _comment_form(subject, form, 422)
    body = form.body.data or ""
    try:
        said = service.comment(subject, body, current_user, team_id=form.team_id)
    except DomainError as error:
        web.show_on(form, error)
        return _comment_form(subject, form, error.status)
    return _thread(subject, said.id)


@bp.get("/comments/<int:comment_id>/answers/new")
@access.requires("comment.create")
def new_answer(comment_id: int) -> Page:
    """Show the form for an answer: within the thread, or on a page of its own."""
    said = _load(comment_id, "comment.create")
    return _answer_form(said, AnswerForm())


@bp.post("/comments/<int:comment_id>/answers")
@access.requires("comment.create")
def answer(comment_id: int) -> Page:
    """Answer a comment; whoever sees that one sees the answer."""
    said, form = _load(comment_id, "comment.create"), AnswerForm()
    if not form.validate():
        return _answer_form(said, form, 422)
    try:
        given = service.comment(said.subject, form.body.data or "", current_user, answers=said)
    except DomainError as error:
        web.show_on(form, error)
        return _answer_form(said, form, error.status)
    return _thread(said.subject, given.id)


@bp.get("/comments/<int:comment_id>/edit")
@access.requires("comment.edit")
def edit(comment_id: int) -> Page:
    """Show a comment of one's own in the form."""
    said = _load(comment_id, "comment.edit")
    form = WordsForm(formdata=None, body=said.body)
    return _edit_form(said, form)


@bp.post("/comments/<int:comment_id>")
@access.requires("comment.edit")
def update(comment_id: int) -> Page:
    """Say it differently."""
    said, form = _load(comment_id, "comment.edit"), WordsForm()
    if not form.validate():
        return _edit_form(said, form, 422)
    try:
        service.edit_comment(said, form.body.data or "", by=current_user)
    except DomainError as error:
        web.show_on(form, error)
        return _edit_form(said, form, error.status)
    return _thread(said.subject, said.id)


@bp.post("/comments/<int:comment_id>/archival")
@access.requires("comment.archive")
def archive(comment_id: int) -> Response:
    """Take a comment off the page."""
    said = _load(comment_id, "comment.archive")
    service.archive_comment(said, by=current_user)
    flash(_("The comment was removed."), "good")
    return _thread(said.subject)


@bp.route("/comments/<int:comment_id>/resolution", methods=["POST", "DELETE"])
@access.requires("comment.resolve")
def resolution(comment_id: int) -> Response:
    """Say that a thread is settled, or open it again."""
    said = _load(comment_id, "comment.resolve")
    service.set_resolved(said, by=current_user, resolved=request.method == "POST")
    return _thread(said.subject, said.id)


@bp.route("/subjects/<int:subject_id>/watch", methods=["POST", "DELETE"])
@access.requires("subject.watch")
def watch(subject_id: int) -> Response:
    """Begin to hear about a subject, or stop."""
    subject = access.load(Subject, subject_id, "subject.watch")
    service.set_watching(subject, current_user, watching=request.method == "POST")
    return web.fragments("discussion/_watch.html", to=web.address(subject), subject=subject)


def _load(comment_id: int, verb: str) -> Comment:
    """The comment, if it exists for the person and `verb` is allowed on it, or on its subject."""
    said = db.session.get(Comment, comment_id)
    if said is None or not policy.sees(current_user, said):
        abort(404)
    subject = access.load(Subject, said.subject_id, "view")
    if not access.can(verb, subject if verb == "comment.create" else said):
        abort(403)
    return said


def _comment_form(subject: Subject, form: CommentForm, status: int) -> Page:
    """Show the form for a new comment again: below the thread, or on a page of its own."""
    if not request.htmx:  # type: ignore[attr-defined]
        return web.render("discussion/comment.html", status, subject=subject, form=form)
    return _part("discussion/_thread.html", status, **_context(subject, form))


def _answer_form(said: Comment, form: FlaskForm, status: int = 200) -> Page:
    return _form("answer", f"answer-{said.id}", said, form, status)


def _edit_form(said: Comment, form: FlaskForm, status: int = 200) -> Page:
    return _form("edit", f"comment-words-{said.id}", said, form, status)


def _form(name: str, place: str, said: Comment, form: FlaskForm, status: int) -> Page:
    """Show a form about a comment: at its place within the thread, or on a page of its own.

    What is sent after the session ended becomes a draft. It comes back in the form for a new
    comment, which everybody sees: hence no draft of what is internal to a team.
    """
    note = drafts.seal(drafts.new_key(current_user.id, "comment", said.subject_id))
    context = {"said": said, "form": form, "note": None if said.team_id else note}
    if not request.htmx:  # type: ignore[attr-defined]
        return web.render(f"discussion/{name}.html", status, **context)
    answer = _part(f"discussion/_{name}.html", status, **context)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = f"#{place}", "innerHTML"
    return answer


def _part(template: str, status: int, **context: Any) -> Response:
    """A part of the page with what is to be said, also when it was refused."""
    flashes = render_template("shared/_flash.html", oob=True)
    return Response(f"{render_template(template, **context)}\n{flashes}", status)


def _context(subject: Subject, form: CommentForm) -> dict[str, Any]:
    found = threads.threads_of(subject, current_user)
    every = [said for thread in found for said in (thread.first, *thread.answers)]
    return {
        "subject": subject,
        "threads": found,
        "count": sum(thread.size for thread in found),
        "shown": shown_texts(every),
        "form": form,
    }


def _thread(subject: Subject, comment_id: int | None = None) -> Response:
    anchor = f"comment-{comment_id}" if comment_id else "comments"
    return web.fragments(
        "discussion/_thread.html",
        "discussion/_watch.html",  # who comments, watches
        to=web.address(subject, _anchor=anchor),
        **_context(subject, CommentForm(current_user, formdata=None)),
    )

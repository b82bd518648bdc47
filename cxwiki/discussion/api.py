"""Comments over HTTP."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.database import command, db
from cxwiki.discussion import policy, service, threads
from cxwiki.discussion.models import Comment
from cxwiki.discussion.schemas import (
    CommentChange,
    CommentIn,
    CommentList,
    CommentOut,
    CommentQuery,
    shown,
)
from cxwiki.errors import DomainError
from cxwiki.subjects import Subject

bp = apibase.blueprint("comments", "What people say about anything", fields={"parent": "parent_id"})


@bp.get("")
@access.requires("view")
@bp.input(CommentQuery, location="query", arg_name="query")
@bp.output(CommentList)
def index(query: CommentQuery) -> dict[str, Any]:
    """List the comments on something."""
    subject = apibase.named(query.subject, "view", "subject")
    found = service.query_of(subject, current_user)
    page = paging.paginate(found, Comment, query.page, query.per_page)
    return apibase.listed(page, shown(page.items))


@bp.post("")
@access.requires("comment.create")
@bp.input(CommentIn, arg_name="body")
@bp.output(CommentOut, 201)
def create(body: CommentIn) -> tuple[CommentOut, int]:
    """Comment, or answer a comment."""
    subject = apibase.named(body.subject_id, "comment.create", "subject_id")
    answered = None
    if body.parent_id is not None:
        answered = _seen(body.parent_id)
        if answered is None:
            raise DomainError(_("There is no such comment."), "parent")
    said = service.comment(
        subject, body.body, current_user, answers=answered, team_id=_team_id(body.team)
    )
    return shown([said])[0], 201


@bp.patch("/<int:comment_id>")
@access.requires("comment.resolve")
@bp.input(CommentChange, arg_name="body")
@bp.output(CommentOut)
def update(comment_id: int, body: CommentChange) -> CommentOut:
    """Change one's own words, or mark a thread as resolved."""
    said = _load(comment_id)
    sent = body.model_fields_set
    allowed = {"body": "comment.edit", "resolved": "comment.resolve"}
    if not all(access.can(allowed[name], said) for name in sent):
        abort(403)
    _change(said, body)
    return shown([said])[0]


@bp.delete("/<int:comment_id>")
@access.requires("comment.archive")
@bp.output({}, 204)
def archive(comment_id: int) -> tuple[str, int]:
    """Take a comment off its page."""
    said = _load(comment_id)
    if not access.can("comment.archive", said):
        abort(403)
    service.archive_comment(said, by=current_user)
    return "", 204


@command
def _change(said: Comment, body: CommentChange) -> None:
    if "body" in body.model_fields_set:
        service.edit_comment(said, body.body, current_user)
    if "resolved" in body.model_fields_set:
        service.set_resolved(said, current_user, resolved=body.resolved)


def _seen(comment_id: int) -> Comment | None:
    said = db.session.get(Comment, comment_id)
    return said if said is not None and policy.sees(current_user, said) else None


def _load(comment_id: int) -> Comment:
    said = _seen(comment_id)
    if said is None or said.archived_at is not None:
        abort(404)
    access.load(Subject, said.subject_id, "view")
    return said


def _team_id(name: str | None) -> int | None:
    if name is None:
        return None
    found = next((team for team in threads.audiences(current_user) if team.name == name), None)
    if found is None:
        raise DomainError(_("You can keep a comment internal to your own teams only."), "team")
    return found.id

"""Histories of texts: what was said when, what changed, bringing back, taking away."""

from __future__ import annotations

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.errors import DomainError
from cxwiki.subjects import Subject
from cxwiki.writing import conflicts, differences, restoring, revisions, saving, suppression, texts
from cxwiki.writing import history as histories
from cxwiki.writing.models import Revision
from cxwiki.writing.suppressing_form import SuppressionForm

bp = Blueprint("history", __name__, url_prefix="/subjects/<int:subject_id>/revisions")
PER_PAGE = 40
Page = Response | tuple[str, int]


@bp.get("")
@access.requires("view")
def index(subject_id: int) -> Page:
    """List who saved when, as far as the person may read it."""
    text = _load(subject_id, "view")
    page = histories.of(text, current_user, paging.page_number(), PER_PAGE)
    return web.render("writing/history.html", text=text, page=page)


@bp.get("/<int:number>")
@access.requires("view")
def show(subject_id: int, number: int) -> Page:
    """Show one saved state."""
    text = _load(subject_id, "view")
    saved = _readable(text, number)
    return web.render(
        "writing/revision.html",
        text=text,
        revision=saved,
        before=histories.before(text, number, current_user),
        way=texts.of(text),
        fields=revisions.content(saved).fields,
    )


@bp.get("/changes")
@access.requires("view")
def compare(subject_id: int) -> Page:
    """Show what changed between two states; by default, with the latest change."""
    text = _load(subject_id, "view")
    new = _readable(text, access.number_in(request.args.get("to", "")) or conflicts.number_of(text))
    number = access.number_in(request.args.get("from", ""))
    if number is None:
        number = histories.before(text, new.number, current_user)
    old = _readable(text, number) if number else None
    if old and old.number > new.number:
        old, new = new, old
    taken_away = [one for one in (old, new) if one and one.suppressed_at is not None]
    before = revisions.content(old) if old else texts.Content("", "", {})
    return web.render(
        "writing/compare.html",
        text=text,
        old=old,
        new=new,
        taken_away=taken_away,
        view="inline" if request.args.get("view") == "inline" else "side",
        changes=None
        if taken_away
        else differences.between(before, revisions.content(new), texts.of(text)),
    )


@bp.post("")
@access.requires("text.edit")
def settle(subject_id: int) -> Page:
    """Save what somebody made of two texts by choosing at each place where they touch."""
    text = _load(subject_id, "text.edit")
    opened = saving.unseal(text, request.form.get("sealed", ""))
    if opened is None:
        abort(400)
    (merge, comment), choices = opened, saving.read_choices()
    everywhere = request.form.get("everywhere")
    if everywhere in (conflicts.MINE, conflicts.THEIRS):
        choices = dict.fromkeys(conflicts.places(merge), everywhere)
    if conflicts.missing(merge, choices):
        return saving.ask(text, merge, comment, 422, choices)
    try:
        return saving.answer(text, merge.chosen(choices), merge.number, comment)
    except DomainError as error:
        flash(error.message, "bad")
        return saving.ask(text, merge, comment, error.status, choices)


@bp.post("/<int:number>/restoration")
@access.requires("text.edit")
def restore(subject_id: int, number: int) -> Page:
    """Let the text say again what it said then."""
    text = _load(subject_id, "text.edit")
    try:
        changed = restoring.restore(text, _readable(text, number), current_user)
    except DomainError as error:
        flash(error.message, "bad")
        return web.go(url_for("history.show", subject_id=text.id, number=number))
    words = _("Restored.") if changed else _("It says that already.")
    return web.saved(words, web.address(text))


@bp.get("/<int:number>/suppression")
@access.requires("text.suppress")
def ask_suppression(subject_id: int, number: int) -> Page:
    """Ask why the text of a revision has to go."""
    text = _load(subject_id, "text.suppress")
    saved = _readable(text, number)
    form = SuppressionForm(first=number, last=number)
    return web.render("writing/suppression.html", text=text, revision=saved, form=form)


@bp.post("/<int:number>/suppression")
@access.requires("text.suppress")
def suppress(subject_id: int, number: int) -> Page:
    """Take the text of a revision, or of several, away for good."""
    text, form = _load(subject_id, "text.suppress"), SuppressionForm()
    saved = _readable(text, number)
    try:
        if not form.validate():
            return web.render("writing/suppression.html", 422, text=text, revision=saved, form=form)
        count = suppression.suppress(
            text, form.first.data or 0, form.last.data or 0, form.reason.data or "", current_user
        )
    except DomainError as error:
        web.show_on(form, error)
        return web.render(
            "writing/suppression.html", error.status, text=text, revision=saved, form=form
        )
    message = ngettext(
        "The text of %(num)s revision was taken away.",
        "The texts of %(num)s revisions were taken away.",
        count,
    )
    return web.saved(message, url_for("history.index", subject_id=text.id))


def _load(subject_id: int, verb: str) -> Subject:
    text = access.load(Subject, subject_id, verb)
    if not texts.is_text(text):
        abort(404)
    return text


def _readable(text: Subject, number: int) -> Revision:
    saved = revisions.readable(text, number, current_user)
    if saved is None:
        abort(404)
    return saved

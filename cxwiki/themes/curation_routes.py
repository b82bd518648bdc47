"""Pages and addresses for curating themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.insights.models import Insight
from cxwiki.themes import curation, merging, page, proposals, service, splitting, undoing
from cxwiki.themes.forms import (
    DescriptionForm,
    MembersForm,
    MergeForm,
    NameForm,
    PinForm,
    ReasonForm,
)
from cxwiki.themes.models import Theme, ThemeEdit, ThemeProposal
from cxwiki.themes.routes import Page, bp

# --- what a theme is like -------------------------------------------------------------------------


@bp.get("/<int:subject_id>/name")
@access.requires("theme.curate")
def edit_name(subject_id: int) -> Page:
    """Ask for a name."""
    theme = _theme(subject_id)
    return _ask("name", theme, NameForm(name=service.label(theme)))


@bp.post("/<int:subject_id>/name")
@access.requires("theme.curate")
def name(subject_id: int) -> Page:
    """Give the theme a name that stays."""
    theme, form = _theme(subject_id), NameForm()
    return _do(
        "name",
        theme,
        form,
        lambda: curation.rename(theme, form.name.data or "", current_user, form.reason.data or ""),
    )


@bp.get("/<int:subject_id>/description")
@access.requires("theme.curate")
def edit_description(subject_id: int) -> Page:
    """Ask what the theme is about."""
    theme = _theme(subject_id)
    return _ask("description", theme, DescriptionForm(summary=theme.summary))


@bp.post("/<int:subject_id>/description")
@access.requires("theme.curate")
def description(subject_id: int) -> Page:
    """Say what the theme is about, in words that stay."""
    theme, form = _theme(subject_id), DescriptionForm()
    return _do(
        "description",
        theme,
        form,
        lambda: curation.describe(
            theme, form.summary.data or "", current_user, form.reason.data or ""
        ),
    )


@bp.get("/<int:subject_id>/merger")
@access.requires("theme.curate")
def edit_merger(subject_id: int) -> Page:
    """Ask in which theme this one goes up."""
    theme = _theme(subject_id)
    return _ask("merger", theme, MergeForm(theme, current_user))


@bp.post("/<int:subject_id>/merger")
@access.requires("theme.curate")
def merger(subject_id: int) -> Page:
    """Let the theme go up in another."""
    theme, form = _theme(subject_id), MergeForm(_theme(subject_id), current_user)

    def merge() -> None:
        into = access.load(Theme, form.other_id.data, "theme.curate")
        merging.merge(theme, into, current_user, form.reason.data or "")

    return _do("merger", theme, form, merge)


@bp.get("/<int:subject_id>/retirement")
@access.requires("theme.curate")
def edit_retirement(subject_id: int) -> Page:
    """Ask why the theme retires."""
    return _ask("retirement", _theme(subject_id), ReasonForm())


@bp.post("/<int:subject_id>/retirement")
@access.requires("theme.curate")
def retirement(subject_id: int) -> Page:
    """Take the theme from the lists."""
    theme, form = _theme(subject_id), ReasonForm()
    return _do(
        "retirement",
        theme,
        form,
        lambda: curation.retire(theme, current_user, retired=True, reason=form.reason.data or ""),
    )


@bp.delete("/<int:subject_id>/retirement")
@access.requires("theme.curate")
def end_retirement(subject_id: int) -> Response:
    """Bring a retired theme back."""
    theme = _theme(subject_id)
    curation.retire(theme, current_user, retired=False, reason=_reason())
    return web.saved(_("Saved. The theme is in the lists again."), web.address(theme))


@bp.route("/<int:subject_id>/lock", methods=["POST", "DELETE"])
@access.requires("theme.curate")
def lock(subject_id: int) -> Response:
    """Let the theme keep exactly its insights, or open it again."""
    theme = _theme(subject_id)
    curation.lock(theme, current_user, locked=request.method == "POST", reason=_reason())
    return web.saved(_("Saved. This stays until somebody changes it."), web.address(theme))


# --- what belongs to it ---------------------------------------------------------------------------


@bp.post("/pins")
@access.requires("theme.curate")
def pin() -> Response:
    """Put an insight into a theme, or take it out."""
    form = PinForm()
    theme = _theme(form.theme_id.data or 0)
    insight = access.load(Insight, form.insight_id.data or 0, "view")
    curation.pin(theme, insight, current_user, belongs=form.belongs.data == "1", reason=_reason())
    flash(_("Saved. This stays until somebody changes it."), "good")
    return web.go(web.safe_next(web.address(theme)))


@bp.delete("/<int:subject_id>/pins/<int:insight_id>")
@access.requires("theme.curate")
def unpin(subject_id: int, insight_id: int) -> Response:
    """Take a decision back."""
    theme = _theme(subject_id)
    curation.unpin(theme, access.load(Insight, insight_id, "view"), by=current_user)
    return web.saved(_("Saved. The software decides again."), web.address(theme))


@bp.post("/<int:subject_id>/moves")
@access.requires("theme.curate")
def move(subject_id: int) -> Page:
    """Let chosen insights belong to another theme."""
    theme, form = _theme(subject_id), MembersForm()
    target = access.load(Theme, form.other_id.data or 0, "theme.curate")

    def move_them() -> Response:
        splitting.move(theme, target, _chosen(theme, form), current_user, _reason())
        return web.saved(_("Moved. They stay there."), web.address(theme))

    return _with_chosen(theme, form, move_them)


@bp.post("/<int:subject_id>/splits")
@access.requires("theme.curate")
def split(subject_id: int) -> Page:
    """Make chosen insights a theme of their own."""
    theme, form = _theme(subject_id), MembersForm()

    def split_them() -> Response:
        some, name = _chosen(theme, form), form.name.data or ""
        made = splitting.split(theme, some, current_user, name, _reason())
        return web.saved(_("This is a theme of its own now."), web.address(made))

    return _with_chosen(theme, form, split_them)


@bp.post("/<int:subject_id>/removals")
@access.requires("theme.curate")
def remove_members(subject_id: int) -> Page:
    """Take chosen insights out."""
    theme, form = _theme(subject_id), MembersForm()

    def take_them_out() -> Response:
        curation.take_out(theme, _chosen(theme, form), current_user, _reason())
        return web.saved(_("Taken out. The software finds where they belong."), web.address(theme))

    return _with_chosen(theme, form, take_them_out)


# --- undo and proposals ---------------------------------------------------------------------------


@bp.delete("/<int:subject_id>/edits/<int:edit_id>")
@access.requires("theme.curate")
def undo(subject_id: int, edit_id: int) -> Response:
    """Take an edit back."""
    theme, edit = _theme(subject_id), db.session.get(ThemeEdit, edit_id)
    if edit is None or not {edit.theme_id, edit.other_id} & set(merging.family(theme)):
        abort(404)
    for sentence in undoing.undo(edit, current_user):
        flash(sentence, "attention")
    # A theme that was split off is gone now: what it was split from has its insights again.
    left = merging.heir(theme.id) or db.session.get_one(Theme, edit.theme_id)
    return web.saved(_("Undone."), web.address(left))


@bp.post("/<int:subject_id>/proposals")
@access.requires("theme.curate")
def ask_for_split(subject_id: int) -> Response:
    """Let the software look whether the theme falls into several."""
    theme = _theme(subject_id)
    proposals.ask_for_split(theme, current_user)
    flash(_("The software looks for parts. They appear here as a proposal in a moment."), "info")
    return web.go(web.address(theme))


@bp.post("/proposals/<int:proposal_id>/acceptance")
@access.requires("theme.curate")
def accept(proposal_id: int) -> Response:
    """Do what the software proposes."""
    theme = proposals.accept(_proposal(proposal_id), current_user)
    return web.saved(_("Done. You can undo it in the history."), web.address(theme))


@bp.post("/proposals/<int:proposal_id>/refusal")
@access.requires("theme.curate")
def decline(proposal_id: int) -> Response:
    """Say no to a proposal."""
    row = _proposal(proposal_id)
    proposals.decline(row, current_user)
    to = web.address(db.session.get_one(Theme, row.theme_id))
    return web.saved(_("Declined. The same is not proposed again."), web.safe_next(to))


# --- shared ---------------------------------------------------------------------------------------


def _theme(theme_id: int) -> Theme:
    return access.load(Theme, theme_id, "theme.curate")


def _proposal(proposal_id: int) -> ThemeProposal:
    return db.session.get(ThemeProposal, proposal_id) or abort(404)


def _reason() -> str:
    return request.form.get("reason", "")


def _chosen(theme: Theme, form: MembersForm) -> Any:
    return splitting.chosen(theme, form.insight_ids, current_user)


def _with_chosen(theme: Theme, form: MembersForm, deed: Callable[[], Response]) -> Page:
    """Do it, or show the theme again with the reason why not and what was ticked and typed."""
    try:
        return deed()
    except DomainError as error:
        shown = page.of(theme, current_user, {"all": "1"})
        context = {"refused": error.message, "given": form, "ticked": form.insight_ids}
        return web.render("themes/show.html", error.status, **shown, **context)


def _ask(what: str, theme: Theme, form: FlaskForm, status: int = 200) -> Page:
    return web.render("themes/edit.html", status, what=what, theme=theme, form=form)


def _do(what: str, theme: Theme, form: FlaskForm, edit: Callable[[], None]) -> Page:
    """Do an edit and show the theme, or show the form again with what is wrong."""
    try:
        if not form.validate():
            return _ask(what, theme, form, 422)
        edit()
    except DomainError as error:
        web.show_on(form, error)
        return _ask(what, theme, form, error.status)
    heir = merging.heir(theme.id) or theme
    return web.saved(_("Saved. This stays until somebody changes it."), web.address(heir))

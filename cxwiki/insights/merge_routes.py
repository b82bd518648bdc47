"""Pages on which two insights become one, and on which suggested duplicates are answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.errors import DomainError
from cxwiki.insights import following, likely, merging, similar, voting
from cxwiki.insights.forms import MergeForm
from cxwiki.insights.models import Insight
from cxwiki.insights.policy import same_readers
from cxwiki.insights.routes import Page, bp

OFFERED = 8


@bp.get("/<int:subject_id>/merger")
@access.requires("insight.edit")
def ask_merger(subject_id: int) -> Page:
    """Ask with which insight this one is to be merged, or show both and ask which one stays."""
    insight = access.load(Insight, subject_id, "insight.edit")
    other_id = access.number_in(request.args.get("other", ""))
    if other_id is None:
        words = request.args.get("q", "").strip()
        return web.render(
            "insights/merger_choice.html",
            insight=insight,
            words=words,
            offered=_offered(insight, words),
        )
    other = access.load(Insight, other_id, "insight.edit")
    return _compare(insight, other, MergeForm(formdata=None, other=other.id))


@bp.post("/<int:subject_id>/merger")
@access.requires("insight.merge")
def merge(subject_id: int) -> Page:
    """Merge two insights into the one that was chosen."""
    insight, form = access.load(Insight, subject_id, "insight.edit"), MergeForm()
    other = access.load(Insight, form.other.data or 0, "insight.edit")
    if not form.validate() or form.survivor.data not in (insight.id, other.id):
        return _compare(insight, other, form, 422)
    merged, into = (other, insight) if form.survivor.data == insight.id else (insight, other)
    if not access.can("insight.merge", merged):
        abort(403)
    try:
        merging.merge(merged, into, current_user, form.reason.data or "")
    except DomainError as error:
        flash(error.message, "bad")
        return _compare(insight, other, form, error.status)
    return web.saved(
        _("Merged. Votes, quotes, comments and all the rest are here now."), web.address(into)
    )


@bp.delete("/<int:subject_id>/merger")
@access.requires("insight.unmerge")
def unmerge(subject_id: int) -> Response:
    """Take an insight out of the one that it was merged into."""
    insight = access.load(Insight, subject_id, "insight.unmerge")
    if merging.survivor_of(insight, current_user) is None:
        abort(404)
    merging.unmerge(insight, by=current_user)
    return web.saved(_("Taken out again, with all that it had."), web.address(insight))


@bp.get("/duplicates")
@access.requires("insight.edit")
def duplicates() -> Page:
    """List what is likely the same and waits for an answer, or what was denied."""
    denied = request.args.get("answered") == likely.NO
    page = likely.waiting(current_user, paging.page_number(), denied=denied)
    return web.render("insights/duplicates.html", page=page, denied=denied)


@bp.route("/duplicates/<int:first_id>/<int:second_id>/answer", methods=["POST", "DELETE"])
@access.requires("insight.edit")
def answer_duplicate(first_id: int, second_id: int) -> Response:
    """Say yes or no to a suggested duplicate, or take the answer back."""
    pair = likely.pair_of(first_id, second_id, current_user) or abort(404)
    said = request.form.get("answer", "") if request.method == "POST" else ""
    if request.method == "POST" and said not in (likely.YES, likely.NO):
        abort(422)
    likely.answer(pair, said, current_user)
    if said == likely.YES:
        return web.go(url_for("insights.ask_merger", subject_id=first_id, other=second_id))
    told = {likely.NO: _("Remembered: the two are not suggested again.")}
    return web.saved(
        told.get(said, _("It waits for an answer again.")),
        web.safe_next(url_for("insights.duplicates")),
    )


def _offered(insight: Insight, words: str) -> Sequence[Insight]:
    """What the insight may be merged with: what is likely the same, or what words find."""
    if words:
        found = [one.insight for one in similar.find(words, "", current_user, OFFERED + 1)]
    else:
        pairs = likely.waiting_for(insight, current_user)
        alike = similar.find(insight.title, insight.body, current_user, OFFERED)
        known = [pair.other(insight) for pair in pairs] + [one.insight for one in alike]
        found = [*{one.id: one for one in known}.values()]
    return [one for one in found if one.id != insight.id][:OFFERED]


def _compare(insight: Insight, other: Insight, form: MergeForm, status: int = 200) -> Page:
    """Both side by side; the one that more people share is suggested to stay."""
    both = sorted((insight, other), key=lambda one: (-one.reach, -one.votes_count, one.id))
    allowed = [
        into
        for into, merged in (both, both[::-1])
        if same_readers(insight, other) and access.can("insight.merge", merged)
    ]
    return web.render(
        "insights/merger.html",
        status,
        insight=insight,
        other=other,
        both=[_side(into, merged) for into, merged in (both, both[::-1])],
        allowed=allowed,
        suggested=form.survivor.data or (allowed[0].id if allowed else None),
        refusal=merging.why_not(insight, other) if insight.id != other.id else "",
        form=form,
    )


def _side(into: Insight, merged: Insight) -> dict[str, Any]:
    """One of two insights, and what would come to it from the other one."""
    return {
        "insight": into,
        "teams": [team for team, _votes in voting.voices(into)],
        "coming": following.preview(merged.id, into.id, current_user),
    }

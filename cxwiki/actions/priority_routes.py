"""Pages of priorities: the matrix with its ranking, and the weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.actions import listing, priorities, scoring, views, weighting
from cxwiki.actions.filter_form import FilterForm
from cxwiki.actions.models import Action
from cxwiki.actions.priority_forms import WeightingForm
from cxwiki.actions.progress import FINISHED
from cxwiki.errors import DomainError

bp = Blueprint("priorities", __name__, url_prefix="/actions")
Page = Response | tuple[str, int]


@bp.get("/matrix")
@access.requires("view")
def matrix() -> Page:
    """Show the open actions between impact and effort, ranked by their score."""
    filters, way = listing.read(request.args), priorities.read_way(request.args)
    found = priorities.matrix(
        filters,
        way,
        current_user,
        paging.page_number(),
        priorities.read_quarter(request.args),
    )
    return web.render(
        "actions/matrix.html",
        matrix=found,
        page=found.page,
        way=way,
        filters=filters,
        sentence=listing.in_words(replace(filters, status=listing.UNFINISHED)),
        form=FilterForm(MultiDict(request.args)),
        weights=weighting.weights_in_force(),
        **views.bar("matrix", current_user),
        **_words(),
    )


@bp.get("/weighting")
@access.requires("weighting.set")
def edit_weighting() -> Page:
    """Ask how much each ingredient counts."""
    form = WeightingForm(obj=weighting.weights_in_force())
    return web.render("actions/weighting.html", form=form)


@bp.post("/weighting")
@access.requires("weighting.set")
def set_weighting() -> Page:
    """Save how much each ingredient counts."""
    form = WeightingForm()
    if not form.validate():
        return web.render("actions/weighting.html", 422, form=form)
    try:
        weighting.set_weights(form.weights(), by=current_user)
    except DomainError as error:
        web.show_on(form, error)
        return web.render("actions/weighting.html", error.status, form=form)
    return web.saved(_("Saved. All scores follow."), url_for("priorities.matrix"))


def rail(action: Action) -> str:
    """What an open action's page says of its score."""
    if action.status in FINISHED:
        return ""
    score = scoring.score_of([action], current_user)[action.id]
    return render_template("actions/_priority.html", action=action, score=score, **_words())


def _words() -> dict[str, Any]:
    return {
        "ways": priorities.WAYS,
        "quarters": priorities.QUARTERS,
        "quarter_of": priorities.quarter_of,
        "weights_in_words": weighting.in_words,
        "drawing": priorities,
    }

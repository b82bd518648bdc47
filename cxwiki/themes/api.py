"""Themes over HTTP."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.database import command
from cxwiki.themes import counting, curation, growing, merging, service, splitting
from cxwiki.themes.models import Theme
from cxwiki.themes.schemas import (
    MergerIn,
    SplitIn,
    ThemeChange,
    ThemeList,
    ThemeQuery,
    ThemeWithMembers,
    shown,
    shown_with_members,
)

bp = apibase.blueprint(
    "themes",
    "Insights that say the same, grouped by meaning across teams",
    fields={"name": "title", "other_id": "into_id"},
)


@bp.get("")
@access.requires("view")
@bp.input(ThemeQuery, location="query", arg_name="query")
@bp.output(ThemeList)
def index(query: ThemeQuery) -> dict[str, Any]:
    """List themes."""
    found = service.query(query.sort, show=query.show)
    page = paging.paginate(found, Theme, query.page, query.per_page)
    ids = [theme.id for theme in page.items]
    growth, paces = counting.growth(ids), growing.paces(ids)
    return apibase.listed(page, [shown(theme, growth, paces) for theme in page.items])


@bp.get("/<int:subject_id>")
@access.requires("view")
@bp.output(ThemeWithMembers)
def show(subject_id: int) -> apibase.Answer:
    """Read a theme with its members and parts."""
    return _one(access.load(Theme, subject_id, "view"))


@bp.patch("/<int:subject_id>")
@access.requires("theme.curate")
@bp.input(ThemeChange, arg_name="body")
@bp.output(ThemeWithMembers)
def update(subject_id: int, body: ThemeChange) -> apibase.Answer:
    """Rename, describe, lock or retire a theme."""
    theme = access.load(Theme, subject_id, "theme.curate")
    apibase.check_unchanged(theme)
    _change(theme, body)
    return _one(theme)


@bp.post("/<int:subject_id>/mergers")
@access.requires("theme.curate")
@bp.input(MergerIn, arg_name="body")
@bp.output(ThemeWithMembers)
def merge(subject_id: int, body: MergerIn) -> apibase.Answer:
    """Let a theme go up in another; answers with the other."""
    theme = access.load(Theme, subject_id, "theme.curate")
    into = access.load(Theme, body.into_id, "theme.curate")
    merging.merge(theme, into, current_user, body.reason)
    return _one(into)


@bp.post("/<int:subject_id>/splits")
@access.requires("theme.curate")
@bp.input(SplitIn, arg_name="body")
@bp.output(ThemeWithMembers, 201)
def split(subject_id: int, body: SplitIn) -> apibase.Answer:
    """Make insights of a theme one of their own; answers with the new one."""
    theme = access.load(Theme, subject_id, "theme.curate")
    insights = splitting.chosen(theme, body.insight_ids, current_user)
    made = splitting.split(theme, insights, current_user, body.name, body.reason)
    return apibase.created(made, _shown(made), "themes", new=True)


@command
def _change(theme: Theme, body: ThemeChange) -> None:
    sent = body.model_fields_set
    if "title" in sent:
        curation.rename(theme, body.title, current_user, body.reason)
    if "summary" in sent:
        curation.describe(theme, body.summary, current_user, body.reason)
    if "locked" in sent:
        curation.lock(theme, current_user, locked=body.locked, reason=body.reason)
    if "retired" in sent:
        curation.retire(theme, current_user, retired=body.retired, reason=body.reason)


def _one(theme: Theme) -> apibase.Answer:
    return apibase.one(theme, _shown(theme))


def _shown(theme: Theme) -> ThemeWithMembers:
    growth, paces = counting.growth([theme.id]), growing.paces([theme.id])
    return shown_with_members(theme, growth, paces, service.members(theme, current_user))

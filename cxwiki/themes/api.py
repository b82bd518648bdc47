"""Themes over HTTP."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.themes import counting, service
from cxwiki.themes.models import Theme
from cxwiki.themes.schemas import (
    ThemeList,
    ThemeQuery,
    ThemeWithMembers,
    shown,
    shown_with_members,
)

bp = apibase.blueprint("themes", "Insights that say the same, grouped by meaning across teams")


@bp.get("")
@access.requires("view")
@bp.input(ThemeQuery, location="query", arg_name="query")
@bp.output(ThemeList)
def index(query: ThemeQuery) -> dict[str, Any]:
    """List themes."""
    page = paging.paginate(service.query(query.sort), Theme, query.page, query.per_page)
    growth = counting.growth([theme.id for theme in page.items])
    return apibase.listed(page, [shown(theme, growth) for theme in page.items])


@bp.get("/<int:subject_id>")
@access.requires("view")
@bp.output(ThemeWithMembers)
def show(subject_id: int) -> apibase.Answer:
    """Read a theme with its members."""
    theme = access.load(Theme, subject_id, "view")
    growth, places = counting.growth([theme.id]), service.members(theme, current_user)
    return apibase.one(theme, shown_with_members(theme, growth, places))

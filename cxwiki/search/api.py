"""Search over HTTP."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.search import searchlog, service, suggestions
from cxwiki.search.schemas import (
    FoundList,
    SearchQuery,
    SuggestionList,
    SuggestionQuery,
    counted,
    offered,
    shown,
)

bp = apibase.blueprint("search", "Find by words and by meaning, in German and English")


@bp.get("")
@access.requires("view")
@bp.input(SearchQuery, location="query", arg_name="query")
@bp.output(FoundList)
def index(query: SearchQuery) -> dict[str, Any]:
    """Find insights, actions, projects and KPIs."""
    offset = (query.page - 1) * query.limit
    results = service.search(
        query.q, current_user, query.filters(), query.limit, offset, query.sort
    )
    if query.page == 1:
        searchlog.note(query.q, current_user, in_vain=results.total == 0 and not query.narrows)
    page = paging.Page(results.items, results.total, query.page, query.limit)
    return {
        **apibase.listed(page, [shown(found) for found in results.items]),
        "notices": results.notices,
        "corrections": service.corrected(query.q, results.corrections),
        "facets": [counted(facet) for facet in results.facets],
    }


@bp.get("/suggestions")
@access.requires("view")
@bp.input(SuggestionQuery, location="query", arg_name="query")
@bp.output(SuggestionList)
def suggest(query: SuggestionQuery) -> dict[str, Any]:
    """Offer what could be meant while somebody types."""
    return {"items": [offered(one) for one in suggestions.suggest(query.q, current_user)]}

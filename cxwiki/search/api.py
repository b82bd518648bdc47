"""Search over HTTP."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.search import service
from cxwiki.search.schemas import FoundList, SearchQuery, shown

bp = apibase.blueprint("search", "Find by words and by meaning, in German and English")


@bp.get("")
@access.requires("view")
@bp.input(SearchQuery, location="query", arg_name="query")
@bp.output(FoundList)
def index(query: SearchQuery) -> dict[str, Any]:
    """Find insights, actions, projects and KPIs."""
    offset = (query.page - 1) * query.limit
    results = service.search(query.q, current_user, query.filters(), query.limit, offset)
    page = paging.Page(results.items, results.total, query.page, query.limit)
    items = [shown(found) for found in results.items]
    return {**apibase.listed(page, items), "notices": results.notices}

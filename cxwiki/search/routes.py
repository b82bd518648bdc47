"""The result page, and what is offered while somebody types."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, request
from flask_login import current_user

from cxwiki import access, paging, web
from cxwiki.search import controls, recent, saved, searchlog, service, suggestions
from cxwiki.search.controls import Controls
from cxwiki.search.forms import SavedSearchForm, SearchForm
from cxwiki.search.service import Results

bp = Blueprint("search", __name__)
PER_PAGE = 20
MOST_KEPT_SHOWN = 8
SINGLE = ("q", "phrase", "without", "author", "since", "until", "mine", "overdue", "sort")


@bp.get("/search")
@access.requires("view")
def index() -> tuple[str, int]:
    """Show what was found."""
    wish, number = controls.read(request.args), paging.page_number()
    offset = (number - 1) * PER_PAGE
    results = service.search(wish.text, current_user, wish.filters, PER_PAGE, offset, wish.sort)
    if number == 1 and wish.q.strip() and not _is_refined(wish.q):
        in_vain = results.total == 0 and not wish.narrows
        searchlog.note(wish.q, current_user, in_vain=in_vain, remember=True)
    return web.render("search/index.html", **_shown(wish, results, number))


@bp.get("/search/suggestions")
@access.requires("view")
def suggest() -> tuple[str, int]:
    """Offer what could be meant, as options of a list."""
    found = suggestions.suggest(request.args.get("q", ""), current_user)
    return web.render("search/_suggestions.html", found=found)


def _is_refined(typed: str) -> bool:
    """Whether only a control changed on a page that shows the results of the same text."""
    before = parse_qs(urlsplit(request.headers.get("HX-Current-URL", "")).query)
    return before.get("q", [""])[0] == typed


def _shown(wish: Controls, results: Results, number: int) -> dict[str, Any]:
    """What the page needs: the fields, the filters in force, and what was found."""
    form = SearchForm(formdata=None, data={name: getattr(wish, name) for name in SINGLE})
    return {
        "form": form,
        "wish": wish,
        "chips": wish.chips(form.teams),
        "kept": wish.in_operators(form.teams),
        "keeping": SavedSearchForm(current_user, formdata=None, data={"name": wish.q[:100]}),
        "page": paging.Page(results.items, results.total, number, PER_PAGE),
        "results": results,
        "meant": service.corrected(wish.q, results.corrections),
        **({} if wish.asks else _before(current_user)),
    }


def _before(person: Any) -> dict[str, Any]:
    """What somebody may want to ask again."""
    kept = [*saved.of(person), *saved.of_teams(person)]
    return {"kept_searches": kept[:MOST_KEPT_SHOWN], "recent": recent.of(person)}
